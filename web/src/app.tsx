// The table of pages, and what surrounds them all: component kit, query cache, router, session.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { MantineProvider } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy } from "react";
import { useTranslation } from "react-i18next";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { keys } from "./api/keys.js";
import { RequireSession } from "./components/session.js";
import { Shell } from "./components/shell.js";
import { HomePage } from "./pages/home/home-page.js";
import { InstancePage } from "./pages/instance/instance-page.js";
import { InstancesPage } from "./pages/instances/instances-page.js";
import { LoginPage } from "./pages/login/login-page.js";
import { ProcessPage } from "./pages/process/process-page.js";
import { ProcessesPage } from "./pages/processes/processes-page.js";
import { theme } from "./theme.js";

// Pages that one does not begin with come when they are asked for.
const OperationsPage = lazy(async () => ({
  default: (await import("./pages/operations/operations-page.js")).OperationsPage,
}));
const AccessPage = lazy(async () => ({ default: (await import("./pages/access/access-page.js")).AccessPage }));
const ControllerPage = lazy(async () => ({
  default: (await import("./pages/controller/controller-page.js")).ControllerPage,
}));
const EventsPage = lazy(async () => ({ default: (await import("./pages/events/events-page.js")).EventsPage }));
const LogsPage = lazy(async () => ({ default: (await import("./pages/logs/logs-page.js")).LogsPage }));
const OperationPage = lazy(async () => ({
  default: (await import("./pages/operation/operation-page.js")).OperationPage,
}));

/** Every page behind the login. */
const PAGES = [
  { path: "/", page: <HomePage /> },
  { path: "/processes", page: <ProcessesPage /> },
  { path: "/logs", page: <LogsPage /> },
  { path: "/operations", page: <OperationsPage /> },
  { path: "/operations/:id", page: <OperationPage /> },
  { path: "/events", page: <EventsPage /> },
  { path: "/access/:part?", page: <AccessPage /> },
  { path: "/controller", page: <ControllerPage /> },
  { path: "/instances", page: <InstancesPage /> },
  { path: "/instances/:instance", page: <InstancePage /> },
  { path: "/instances/:instance/processes/:group/:name", page: <ProcessPage /> },
] as const;

const client = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // Wherever it happens: the session is over, and RequireSession sends to the login and back.
      if (FleetError.from(error).kind === "unauthenticated") client.setQueryData(keys.session, null);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => FleetError.from(error).kind === "unavailable" && count < 2,
    },
  },
});

export function App() {
  // Words are read while drawing, wherever that is: another language draws all of it anew.
  const { i18n } = useTranslation();
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <BrowserRouter>
          <Routes key={i18n.language}>
            <Route path="/login" element={<LoginPage />} />
            <Route
              element={
                <RequireSession>
                  <Shell />
                </RequireSession>
              }
            >
              {PAGES.map(({ path, page }) => (
                <Route key={path} path={path} element={page} />
              ))}
              <Route path="*" element={<Navigate to="/" replace />} />
            </Route>
          </Routes>
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  );
}

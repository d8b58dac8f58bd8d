// Who is logged in: lets pages through once the controller knows the person, else sends to the login and back.
import type { Session } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Loader } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { Navigate, useLocation } from "react-router";
import { fetchSession } from "../api/actions.js";
import { keys } from "../api/keys.js";
import { Live } from "../api/live.js";
import { LiveContext } from "../api/live-context.js";
import { t } from "../i18n/i18n.js";
import classes from "./session.module.css";
import { Failed } from "./words.js";

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession outside of a logged-in page");
  return session;
}

/** Where to go after the login: kept in the history entry of the login page. */
export interface LoginState {
  readonly from: string;
  /** There was a session a moment ago. */
  readonly ended: boolean;
}

export function RequireSession({ children }: { readonly children: ReactNode }) {
  const { pathname, search } = useLocation();
  const had = useRef(false);
  const session = useQuery<Session | null>({
    queryKey: keys.session,
    queryFn: async ({ signal }) => {
      try {
        return await fetchSession(signal);
      } catch (error) {
        if (FleetError.from(error).kind === "unauthenticated") return null;
        throw error;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (session.data === null) {
    const state: LoginState = { from: pathname + search, ended: had.current };
    return <Navigate to="/login" replace state={state} />;
  }
  had.current ||= session.data !== undefined;
  if (session.data === undefined) {
    return session.isError ? (
      <main>
        <Failed error={session.error} what={t("shell:noAnswer")} retry={() => void session.refetch()} />
      </main>
    ) : (
      <main className={classes.waiting} role="status" aria-label={t("shell:askingWho")}>
        <Loader size="sm" />
      </main>
    );
  }
  return (
    <SessionContext value={session.data}>
      <WithLive>{children}</WithLive>
    </SessionContext>
  );
}

/** The live stream lives as long as the session is shown. */
function WithLive({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [live, setLive] = useState<Live | null>(null);
  useEffect(() => {
    const created = new Live(client);
    created.start();
    setLive(created);
    return () => created.stop();
  }, [client]);
  return live === null ? null : <LiveContext value={live}>{children}</LiveContext>;
}

// Logging in: by the one-time link at once, else by name and password; then back to where one was going.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Alert, Button, Loader, PasswordInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { login } from "../../api/actions.js";
import { keys } from "../../api/keys.js";
import type { LoginState } from "../../components/session.js";
import { usePageTitle } from "../../lib/page-title.js";
import classes from "./login-page.module.css";

export function LoginPage() {
  usePageTitle("Log in");
  const navigate = useNavigate();
  const client = useQueryClient();
  const location = useLocation();
  const { from, ended } = (location.state as LoginState | null) ?? { from: "/", ended: false };
  const [code] = useState(() => new URLSearchParams(location.hash.slice(1)).get("code"));
  const [username, setUsername] = useState("admin");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(code !== null);
  const used = useRef(false);

  useEffect(() => {
    if (code === null || used.current) return;
    // A link works once, so it must not be tried twice, and must not stay in the address or the history.
    used.current = true;
    window.history.replaceState(window.history.state, "", "/login");
    void enter({ code });
  });

  async function enter(request: Parameters<typeof login>[0]) {
    setBusy(true);
    setProblem(null);
    try {
      client.setQueryData(keys.session, await login(request));
      void navigate(from, { replace: true });
    } catch (error) {
      setProblem(FleetError.from(error).message);
      setPassword("");
      setBusy(false);
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void enter({ username, password });
  }

  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <h1 className={classes.brand}>
          <img src="/favicon.svg" alt="" width={32} height={32} />
          fleetvisor
        </h1>
        {ended && problem === null && (
          <Alert color="indigo" variant="light" role="status">
            Your session has ended. Log in to go on where you were.
          </Alert>
        )}
        {problem !== null && (
          <Alert color="red" variant="light" role="alert">
            <span className="sentence any-break">{problem}</span>
          </Alert>
        )}
        {busy && password === "" ? (
          <p className={classes.busy} role="status">
            <Loader size="sm" /> Logging in…
          </p>
        ) : (
          <form className={classes.form} onSubmit={submit}>
            <TextInput
              label="User name"
              name="username"
              autoComplete="username"
              required
              withAsterisk={false}
              value={username}
              onChange={(event) => setUsername(event.currentTarget.value)}
            />
            <PasswordInput
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button type="submit" fullWidth loading={busy}>
              Log in
            </Button>
          </form>
        )}
        <p className={classes.hint}>
          No password? The controller prints a one-time link at its first start, and{" "}
          <code className="mono no-break">fvcontroller login-link</code> prints another.
        </p>
      </div>
    </main>
  );
}

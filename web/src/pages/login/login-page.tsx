// Logging in: by the one-time link at once, else by name and password; then back to where one was going.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Alert, Button, Loader, PasswordInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Trans } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { login } from "../../api/actions.js";
import { keys } from "../../api/keys.js";
import { LanguageChoice } from "../../components/language-choice.js";
import type { LoginState } from "../../components/session.js";
import { t } from "../../i18n/i18n.js";
import { usePageTitle } from "../../lib/page-title.js";
import classes from "./login-page.module.css";

export function LoginPage() {
  usePageTitle(t("shell:login.title"));
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
            {t("shell:login.ended")}
          </Alert>
        )}
        {problem !== null && (
          <Alert color="red" variant="light" role="alert">
            <span className="sentence any-break">{problem}</span>
          </Alert>
        )}
        {busy && password === "" ? (
          <p className={classes.busy} role="status">
            <Loader size="sm" /> {t("shell:login.busy")}
          </p>
        ) : (
          <form className={classes.form} onSubmit={submit}>
            <TextInput
              label={t("shell:login.user")}
              name="username"
              autoComplete="username"
              required
              withAsterisk={false}
              value={username}
              onChange={(event) => setUsername(event.currentTarget.value)}
            />
            <PasswordInput
              label={t("shell:login.password")}
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button type="submit" fullWidth loading={busy}>
              {t("shell:login.submit")}
            </Button>
          </form>
        )}
        <p className={classes.hint}>
          <Trans ns="shell" i18nKey="login.hint" components={{ command: <code className="mono no-break" /> }} />
        </p>
      </div>
      <LanguageChoice className={classes.language} />
    </main>
  );
}

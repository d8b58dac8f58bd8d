// The strip above a page that asks for a password: by itself on the page of the fleet while there is none, where it keeps nobody from what
// they came for, or when the account menu calls for it.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Button, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useLocation } from "react-router";
import { choosePassword } from "../api/actions.js";
import { keys } from "../api/keys.js";
import { t } from "../i18n/i18n.js";
import { links } from "../model/links.js";
import classes from "./password-prompt.module.css";
import { useSession } from "./session.js";

/** Dismissed until the browser is closed. */
const LATER = "fleetvisor-password-later";
const SHORTEST = 8;

interface PasswordPromptProps {
  /** Somebody asked for it in the menu. */
  readonly asked: boolean;
  readonly done: () => void;
}

export function PasswordPrompt({ asked, done }: PasswordPromptProps) {
  const session = useSession();
  const client = useQueryClient();
  const [later, setLater] = useState(() => sessionStorage.getItem(LATER) !== null);
  const [password, setPassword] = useState("");
  const [current, setCurrent] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const atHome = useLocation().pathname === links.home();
  if (!asked && (session.passwordSet || later || !atHome)) return null;

  function dismiss() {
    sessionStorage.setItem(LATER, "1");
    setLater(true);
    setPassword("");
    setCurrent("");
    setProblem(null);
    done();
  }

  async function save(event: FormEvent) {
    event.preventDefault();
    if (password.length < SHORTEST) return setProblem(t("shell:password.tooShort", { count: SHORTEST }));
    setBusy(true);
    try {
      await choosePassword({ password, ...(session.passwordSet ? { current } : {}) });
      await client.invalidateQueries({ queryKey: keys.session });
      dismiss();
    } catch (error) {
      setProblem(FleetError.from(error).message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className={classes.strip} onSubmit={(event) => void save(event)} aria-label={t("shell:password.form")}>
      <div className={classes.words}>
        <strong>{t(session.passwordSet ? "shell:password.change" : "shell:password.choose")}</strong>
        {!session.passwordSet && <span className="dim">{t("shell:password.why")}</span>}
      </div>
      <input type="text" name="username" autoComplete="username" value={session.user} readOnly hidden />
      {session.passwordSet && (
        <PasswordInput
          className={classes.field}
          label={t("shell:password.current")}
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
      )}
      <PasswordInput
        className={classes.field}
        label={t("shell:password.next")}
        autoComplete="new-password"
        value={password}
        error={problem}
        onChange={(event) => {
          setPassword(event.currentTarget.value);
          setProblem(null);
        }}
      />
      <div className={classes.buttons}>
        <Button type="submit" loading={busy}>
          {t("shell:password.save")}
        </Button>
        <Button variant="default" onClick={dismiss}>
          {t(session.passwordSet ? "cancel" : "shell:password.later")}
        </Button>
      </div>
    </form>
  );
}

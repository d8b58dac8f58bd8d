// What is asked of the audit: choices take effect at once, words when the writer pauses.
import { NativeSelect, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { t } from "../../i18n/i18n.js";
import { AUDIT_ACTIONS, type AuditView } from "../../model/audit.js";
import { SPANS } from "../../model/spans.js";
import classes from "./access-page.module.css";

const PAUSE_MS = 300;

interface AuditFilterProps {
  readonly view: AuditView;
  readonly onChange: (view: AuditView) => void;
}

export function AuditFilter({ view, onChange }: AuditFilterProps) {
  const [user, setUser] = useState(view.user);
  const [text, setText] = useState(view.text);
  const latest = useRef({ view, onChange });
  latest.current = { view, onChange };
  useEffect(() => {
    const timer = setTimeout(() => {
      const { view: now, onChange: change } = latest.current;
      if (user !== now.user || text !== now.text) change({ ...now, user, text });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [user, text]);
  const pick = (part: Partial<AuditView>) => onChange({ ...view, user, text, ...part });
  return (
    <form
      className={classes.form}
      aria-label={t("access:audit.search")}
      onSubmit={(event) => {
        event.preventDefault();
        pick({});
      }}
    >
      <TextInput
        className={classes.field ?? ""}
        label={t("access:audit.user")}
        placeholder={t("access:audit.userExample")}
        value={user}
        onChange={(event) => setUser(event.currentTarget.value)}
      />
      <NativeSelect
        label={t("access:audit.action")}
        data={[
          { value: "", label: t("access:audit.anything") },
          ...AUDIT_ACTIONS.map((action) => ({ value: action, label: t(`access:audit.actions.${action}`) })),
        ]}
        value={view.action ?? ""}
        onChange={({ currentTarget: { value } }) =>
          pick({ action: AUDIT_ACTIONS.find((each) => each === value) ?? null })
        }
      />
      <TextInput
        className={classes.field ?? ""}
        label={t("access:audit.text")}
        placeholder={t("access:audit.textExample")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <NativeSelect
        label={t("access:audit.outcome")}
        data={[
          { value: "", label: t("access:audit.any") },
          { value: "done", label: t("access:audit.done") },
          { value: "refused", label: t("access:audit.onlyRefused") },
        ]}
        value={view.outcome ?? ""}
        onChange={({ currentTarget: { value } }) =>
          pick({ outcome: value === "done" || value === "refused" ? value : null })
        }
      />
      <NativeSelect
        label={t("access:audit.when")}
        data={[
          { value: "", label: t("access:audit.always") },
          ...SPANS.map(({ key, word }) => ({ value: key, label: word })),
        ]}
        value={view.span ?? ""}
        onChange={({ currentTarget: { value } }) => pick({ span: value === "" ? null : value })}
      />
    </form>
  );
}

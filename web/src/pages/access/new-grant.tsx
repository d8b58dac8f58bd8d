// The form for a new grant: to whom, a role or one verb, over what.
import { ACCESS_VERB_NAMES, type AccessVerb, ROLES } from "@fleetvisor/proto/vocabulary/access";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { accessChanges, useChange } from "../../api/access.js";
import { t } from "../../i18n/i18n.js";
import { roleMeaning, verbMeaning } from "../../model/access.js";
import classes from "./access-page.module.css";

/** What can be granted: a role, or one verb. */
const whats = () => [
  ...ROLES.map((role) => ({
    value: `role ${role}`,
    label: t("access:users.role", { role: t(`access:roleNamed.${role}`), verbs: roleMeaning(role) }),
  })),
  ...ACCESS_VERB_NAMES.map((verb) => ({
    value: `verb ${verb}`,
    label: t("access:users.onlyVerb", { verb, meaning: verbMeaning(verb) }),
  })),
];

export function NewGrant({ users }: { readonly users: readonly string[] }) {
  const change = useChange();
  const [user, setUser] = useState("");
  const [what, setWhat] = useState("role viewer");
  const [selector, setSelector] = useState("");
  const chosen = users.includes(user) ? user : (users[0] ?? "");
  async function grant(event: FormEvent) {
    event.preventDefault();
    const role = ROLES.find((each) => what === `role ${each}`);
    const verbs: AccessVerb[] = ACCESS_VERB_NAMES.filter((each) => what === `verb ${each}`);
    const request = { user: chosen, selector: selector.trim(), ...(role === undefined ? { verbs } : { role }) };
    if ((await change("grant", () => accessChanges.addGrant(request))) !== null) setSelector("");
  }
  return (
    <form className={classes.form} onSubmit={(event) => void grant(event)} aria-label={t("access:users.newGrant")}>
      <NativeSelect
        label={t("access:users.to")}
        data={[...users]}
        value={chosen}
        onChange={(event) => setUser(event.currentTarget.value)}
      />
      <NativeSelect
        className={classes.field ?? ""}
        label={t("access:users.what")}
        data={whats()}
        value={what}
        onChange={(event) => setWhat(event.currentTarget.value)}
      />
      <TextInput
        className={classes.field ?? ""}
        label={t("access:users.over")}
        placeholder={t("access:users.overExample")}
        value={selector}
        onChange={(event) => setSelector(event.currentTarget.value)}
      />
      <Button type="submit" disabled={selector.trim() === ""}>
        {t("access:users.grant")}
      </Button>
    </form>
  );
}

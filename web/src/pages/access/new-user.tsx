// The form for a new user.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { accessChanges, useChange } from "../../api/access.js";
import { t } from "../../i18n/i18n.js";
import classes from "./access-page.module.css";

export function NewUser() {
  const change = useChange();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  async function add(event: FormEvent) {
    event.preventDefault();
    const request = { name: name.trim(), ...(password === "" ? {} : { password }) };
    if ((await change("add", () => accessChanges.addUser(request))) === null) return;
    setName("");
    setPassword("");
  }
  return (
    <form className={classes.form} onSubmit={(event) => void add(event)} aria-label={t("access:users.newUser")}>
      <TextInput
        className={classes.field ?? ""}
        label={t("access:users.newUser")}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordInput
        className={classes.field ?? ""}
        label={t("access:users.firstPassword")}
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" disabled={name.trim() === ""}>
        {t("access:users.add")}
      </Button>
    </form>
  );
}

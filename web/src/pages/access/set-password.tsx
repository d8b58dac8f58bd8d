// Sets somebody else's password, in a dialog: their sessions end with it.
import { Button, Group, Modal, PasswordInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { accessChanges, useChange } from "../../api/access.js";
import { t } from "../../i18n/i18n.js";
import classes from "./access-page.module.css";

/** As the API wants it. */
const FEWEST_CHARS = 8;

export function SetPassword({ name }: { readonly name: string }) {
  const change = useChange();
  const [opened, setOpened] = useState(false);
  const [password, setPassword] = useState("");
  const title = t("access:users.passwordTitle", { name });
  const close = () => {
    setOpened(false);
    setPassword("");
  };
  async function set(event: FormEvent) {
    event.preventDefault();
    const done = await change("setPassword", () => accessChanges.setPassword(name, password).then(() => true));
    if (done !== null) close();
  }
  return (
    <>
      <Button variant="default" size="compact-xs" aria-label={title} onClick={() => setOpened(true)}>
        {t("access:users.password")}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={title}
        size="md"
        centered
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <form onSubmit={(event) => void set(event)}>
          <p className={classes.answer}>{t("access:users.passwordMore", { name })}</p>
          <PasswordInput
            mt="sm"
            label={t("access:users.newPassword")}
            autoComplete="new-password"
            data-autofocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs" mt="md">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" disabled={password.length < FEWEST_CHARS}>
              {t("access:users.password")}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}

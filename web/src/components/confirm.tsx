// A question before something that cannot be taken back; what it will touch is said by who asks.
import { Button, Group, Modal } from "@mantine/core";
import { type ReactNode, useRef } from "react";
import { t } from "../i18n/i18n.js";
import classes from "./act.module.css";

interface ConfirmProps {
  readonly opened: boolean;
  readonly title: string;
  /** On the button that does it. */
  readonly word: string;
  readonly dangerous?: boolean;
  readonly onClose: () => void;
  /** The dialog is closed after it. */
  readonly onConfirm: () => void;
  readonly children: ReactNode;
}

export function Confirm({ opened, title, word, dangerous = false, onClose, onConfirm, children }: ConfirmProps) {
  // What was asked stays while the dialog fades.
  const last = useRef({ title, word, children });
  if (opened) last.current = { title, word, children };
  const shown = last.current;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      classNames={{ content: classes.content ?? "" }}
      size="md"
      centered
    >
      <Modal.Title className={`${classes.title} any-break`}>{shown.title}</Modal.Title>
      <div className="any-break">{shown.children}</div>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus={dangerous || undefined}>
          {t("cancel")}
        </Button>
        <Button
          color={dangerous ? "red" : "indigo"}
          data-autofocus={!dangerous || undefined}
          onClick={() => {
            onConfirm();
            onClose();
          }}
        >
          {shown.word}
        </Button>
      </Group>
    </Modal>
  );
}

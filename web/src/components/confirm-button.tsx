// A small button whose deed is done after a question.
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Confirm } from "./confirm.js";

interface ConfirmButtonProps {
  readonly word: string;
  /** Names the thing for those who hear the page. */
  readonly label: string;
  readonly title: string;
  readonly onConfirm: () => void;
  /** What will happen. */
  readonly children: ReactNode;
}

export function ConfirmButton({ word, label, title, onConfirm, children }: ConfirmButtonProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" size="compact-xs" aria-label={label} onClick={() => setOpened(true)}>
        {word}
      </Button>
      <Confirm dangerous {...{ opened, title, word, onConfirm }} onClose={() => setOpened(false)}>
        <p>{children}</p>
      </Confirm>
    </>
  );
}

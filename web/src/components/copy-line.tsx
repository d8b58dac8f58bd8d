// A line to be copied whole: shown in full, copied by one button.
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { t } from "../i18n/i18n.js";
import classes from "./copy-line.module.css";

export function CopyLine({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  const line = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className={classes.box}>
      <code ref={line} className={classes.text}>
        {text}
      </code>
      <Tooltip label={t(copied ? "copy.done" : "copy.do")}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t(copied ? "copy.doneLabel" : "copy.doLabel", { what: label })}
          onClick={() => void copy(text, line.current).then(setCopied)}
        >
          {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

/** The clipboard exists on https and localhost only; elsewhere the text is selected and copied the old way. */
async function copy(text: string, element: HTMLElement | null): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by the browser: the selection below still lets the person copy.
    }
  }
  if (element === null) return false;
  window.getSelection()?.selectAllChildren(element);
  return document.execCommand("copy");
}

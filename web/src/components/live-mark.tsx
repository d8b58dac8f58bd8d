// Says whether what is on the screen is live.
import { Tooltip } from "@mantine/core";
import { useLiveStatus } from "../api/live-context.js";
import type { LiveStatus } from "../api/live-status.js";
import classes from "./live-mark.module.css";

const WORDS: Readonly<Record<LiveStatus, { readonly word: string; readonly more: string }>> = {
  connecting: { word: "Connecting", more: "Asking the controller for live changes" },
  live: { word: "Live", more: "Changes appear as they happen" },
  reconnecting: { word: "Reconnecting", more: "The controller is not heard; what is shown may be old" },
  paused: { word: "Paused", more: "This page was hidden; it goes on when shown" },
};

export function LiveMark() {
  const status = useLiveStatus();
  const { word, more } = WORDS[status];
  return (
    <Tooltip label={more}>
      <span className={classes.mark} data-status={status} role="status">
        <span className={classes.dot} aria-hidden />
        <span className={classes.word}>{word}</span>
      </span>
    </Tooltip>
  );
}

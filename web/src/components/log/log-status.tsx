// What is going on with a log: whether it is followed, paused or read before its end, and what is in the way.
import { Button } from "@mantine/core";
import type { PastView } from "../../api/log-past.js";
import { t } from "../../i18n/i18n.js";
import type { LogBuffer } from "../../model/log-buffer.js";
import classes from "./log-viewer.module.css";
import type { FollowedLog } from "./use-log.js";

interface LogStatusProps {
  readonly log: FollowedLog;
  readonly past: PastView;
  /** What is shown while paused. */
  readonly frozen: LogBuffer | null;
  /** The reader has seen why something could not be read. */
  readonly onSeen: () => void;
}

export function LogStatus({ log, past, frozen, onSeen }: LogStatusProps) {
  const { status, problem, buffer } = log.view;
  const isPast = past.window !== null;
  const { dropped } = frozen ?? buffer;
  return (
    <p
      className={classes.status}
      data-problem={past.problem !== null || (problem !== null && !isPast) || undefined}
      role="status"
    >
      <span>
        {past.problem !== null
          ? `${t("logs:cannotRead")}: ${past.problem}`
          : isPast
            ? pastWords(past)
            : frozen !== null
              ? pausedWords(buffer.nextId - frozen.nextId)
              : problem !== null
                ? t("logs:tryingAgain", { problem })
                : t(`logs:status.${status}`)}
      </span>
      {past.problem !== null && (
        <Button variant="subtle" size="compact-xs" onClick={onSeen}>
          {t("logs:dismiss")}
        </Button>
      )}
      {problem !== null && !isPast && (
        <Button variant="subtle" size="compact-xs" onClick={log.again}>
          {t("logs:tryNow")}
        </Button>
      )}
      {dropped > 0 && !isPast && <span>{t("logs:dropped", { count: dropped })}</span>}
    </p>
  );
}

function pausedWords(waiting: number): string {
  return waiting > 0 ? t("logs:pausedNew", { count: waiting }) : t("logs:paused");
}

function pastWords({ window, reading, rowId }: PastView): string {
  if (reading === "earlier") return t("logs:readingEarlier");
  if (reading === "later") return t("logs:readingLater");
  const first = window?.pages[0]?.page;
  if (first === undefined) return "";
  if (first.isOldest && rowId === null) return t("logs:oldest");
  return first.backup === 0 ? t("logs:pastCurrent") : t("logs:pastRotated", { backup: first.backup });
}

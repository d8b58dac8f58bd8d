// Why a process is down, or was a moment ago, said first: how its last life ended and its last words.
import type { HistoryEvent, Process } from "@fleetvisor/proto/api/v1";
import { Button } from "@mantine/core";
import { LogBlock } from "../../components/log-text.js";
import { t } from "../../i18n/i18n.js";
import { Ago } from "../../lib/clock.js";
import { formatUptime } from "../../lib/format.js";
import { buildHistory, channelOfLastWords } from "../../model/history.js";
import { reasonOf } from "../../model/reason.js";
import { STATE_LOOKS } from "../../model/states.js";
import { Before } from "./before.js";
import classes from "./last-end.module.css";

/** Lines of last words shown here; all of them are in the history. */
const LINES = 8;

interface LastEndProps {
  readonly process: Process;
  readonly end: HistoryEvent | null;
  readonly skewMs: number;
  /** Null where the log may not be read. */
  readonly onJump: ((end: HistoryEvent, channel: "stdout" | "stderr") => void) | null;
}

export function LastEnd({ process, end, skewMs, onJump }: LastEndProps) {
  const isUp = process.state === "RUNNING" || process.state === "STARTING";
  const reason = isUp && end !== null ? (buildHistory([end])[0]?.words ?? "") : reasonOf(process);
  const channel = channelOfLastWords(end);
  const words = (channel === "stdout" ? end?.stdoutTail : end?.stderrTail) ?? "";
  return (
    <section
      className={classes.box}
      style={{ borderInlineStartColor: `var(--mantine-color-${STATE_LOOKS[process.state].colour}-6)` }}
      aria-label={t(isUp ? "process:down.labelUp" : "process:down.label")}
    >
      <p className={`${classes.reason} any-break`}>
        {isUp && <span>{t("process:down.up")} </span>}
        <strong className={isUp ? undefined : classes.what}>
          {reason === "" ? STATE_LOOKS[process.state].meaning : reason}
        </strong>
        {end !== null && (
          <span className="dim num">
            {end.uptimeMs !== null && ` ${t("process:down.after", { span: formatUptime(end.uptimeMs) })}`}{" "}
            <Ago atMs={end.atMs} skewMs={skewMs} />
            {end.user !== null && `, ${t("process:down.asked", { user: end.user })}`}
          </span>
        )}
      </p>
      {channel !== null && (
        <>
          <div className={classes.channel}>
            <span>{t("process:down.lastLines", { channel })}</span>
            {end !== null && onJump !== null && (
              <Button variant="subtle" size="compact-xs" onClick={() => onJump(end, channel)}>
                {t("process:down.inLog")}
              </Button>
            )}
          </div>
          <LogBlock text={words.trimEnd().split("\n").slice(-LINES).join("\n")} />
        </>
      )}
      {end !== null && <Before end={end} skewMs={skewMs} />}
    </section>
  );
}

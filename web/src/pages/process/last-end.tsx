// Why a process is down, said first: how its last life ended and its last words.
import type { HistoryEvent, Process } from "@fleetvisor/proto/api/v1";
import { LogBlock } from "../../components/log-text.js";
import { Ago } from "../../lib/clock.js";
import { formatUptime } from "../../lib/format.js";
import { channelOfLastWords } from "../../model/history.js";
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
}

export function LastEnd({ process, end, skewMs }: LastEndProps) {
  const reason = reasonOf(process);
  const channel = channelOfLastWords(end);
  const words = (channel === "stdout" ? end?.stdoutTail : end?.stderrTail) ?? "";
  return (
    <section
      className={classes.box}
      style={{ borderInlineStartColor: `var(--mantine-color-${STATE_LOOKS[process.state].colour}-6)` }}
      aria-label="Why it is down"
    >
      <p className={`${classes.reason} any-break`}>
        <strong className={classes.what}>{reason === "" ? STATE_LOOKS[process.state].meaning : reason}</strong>
        {end !== null && (
          <span className="dim num">
            {end.uptimeMs !== null && ` after ${formatUptime(end.uptimeMs)},`} <Ago atMs={end.atMs} skewMs={skewMs} />
            {end.user !== null && `, asked by ${end.user}`}
          </span>
        )}
      </p>
      {channel !== null && (
        <>
          <p className={classes.channel}>Last lines of {channel}</p>
          <LogBlock text={words.trimEnd().split("\n").slice(-LINES).join("\n")} />
        </>
      )}
      {end !== null && <Before end={end} />}
    </section>
  );
}

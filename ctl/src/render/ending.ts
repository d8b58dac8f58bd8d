// How a life ended, in words: `exited with code 1 (unexpected)`, `killed by SIGKILL`. Pure.
import type { HistoryEvent, Process } from "@fleetvisor/proto/api/v1";

type Ended = Pick<Process, "exitCode" | "exitSignal" | "exitExpected"> &
  Partial<Pick<HistoryEvent, "coreDumped" | "oomKilled">>;

/** Null when no life has ended. */
export function describeEnd({
  exitCode,
  exitSignal,
  exitExpected,
  coreDumped = false,
  oomKilled = false,
}: Ended): string | null {
  if (oomKilled) return "killed: out of memory";
  const core = coreDumped ? ", core dumped" : "";
  if (exitSignal !== null) return `${exitSignal === "SIGKILL" ? "killed" : "ended"} by ${exitSignal}${core}`;
  if (exitCode === null) return null;
  return `exited with code ${exitCode}${exitExpected === false ? " (unexpected)" : ""}${core}`;
}

/** What supervisord says of every start that ended within `startsecs`, whatever ended it (process.py, Subprocess.finish). */
const TOO_QUICKLY = /^Exited too quickly\b/;
/** What it says of a later end that was not expected, in the same place. */
const BAD_EXIT = /^Bad exit code\b/;

/** Why a start failed or a life ended: `can't find command '/x'`, `exited with code 3 (unexpected), too quickly`, or null. */
export function describeFailure(what: Ended & Pick<Process, "spawnError">): string | null {
  const end = describeEnd(what);
  if (what.spawnError === null || (end !== null && BAD_EXIT.test(what.spawnError))) return end;
  if (!TOO_QUICKLY.test(what.spawnError)) return what.spawnError;
  return end === null ? "exited too quickly" : `${end}, too quickly`;
}

/** The last line that says anything, for `stderr: cannot bind`; null when there is none. */
export function lastWords({ stderrTail, stdoutTail }: Pick<HistoryEvent, "stderrTail" | "stdoutTail">): string | null {
  for (const [channel, tail] of [["stderr", stderrTail] as const, ["stdout", stdoutTail] as const]) {
    const line = tail?.trimEnd().split("\n").at(-1)?.trim();
    if (line !== undefined && line !== "") return `${channel}: ${line.slice(0, LONGEST_WORDS)}`;
  }
  return null;
}

const LONGEST_WORDS = 120;

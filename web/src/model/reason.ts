// Why a process is where it is, in one line for people.
import type { Process } from "@fleetvisor/proto/api/v1";

export interface End {
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly exitExpected: boolean | null;
  readonly coreDumped?: boolean;
  readonly oomKilled?: boolean;
}

/** `exited with code 1 (unexpected)`, `killed by SIGKILL`; null when no life has ended. */
export function describeEnd(end: End): string | null {
  if (end.oomKilled === true) return "killed: out of memory";
  const core = end.coreDumped === true ? ", core dumped" : "";
  if (end.exitSignal !== null)
    return `${end.exitSignal === "SIGKILL" ? "killed" : "ended"} by ${end.exitSignal}${core}`;
  if (end.exitCode === null) return null;
  return `exited with code ${end.exitCode}${end.exitExpected === false ? " (unexpected)" : ""}${core}`;
}

type Told = Pick<
  Process,
  "state" | "exitCode" | "exitSignal" | "exitExpected" | "spawnError" | "tries" | "description" | "stoppedAtMs" | "pid"
>;

/** supervisord's words for a life that ended badly (process.py, Subprocess.finish); the end itself says more. */
const SAYS_LESS_THAN_THE_END = /^(Exited too quickly|Bad exit code)/;

/** Whether a spawn error only repeats that a life ended. */
export function saysLessThanTheEnd(spawnError: string): boolean {
  return SAYS_LESS_THAN_THE_END.test(spawnError);
}

/** The telling one of a spawn error and the end of the last life; null when there is neither. */
export function causeOf(spawnError: string | null, end: string | null): string | null {
  return spawnError === null || (end !== null && saysLessThanTheEnd(spawnError)) ? end : spawnError;
}

/** Whether a process is where nobody wants it: given up, failing, or ended against its `exitcodes`. */
export function isBadEnd({ state, exitExpected }: Pick<Process, "state" | "exitExpected">): boolean {
  return (
    state === "FATAL" || state === "BACKOFF" || state === "UNKNOWN" || (state === "EXITED" && exitExpected === false)
  );
}

/** The line beside a state; empty when there is nothing to say, as for a process that simply runs. */
export function reasonOf(process: Told): string {
  const end = describeEnd(process);
  switch (process.state) {
    case "FATAL":
      return withTries(causeOf(process.spawnError, end), process.tries) ?? sentence(process.description);
    case "BACKOFF":
      return withTries(causeOf(process.spawnError, end), process.tries) ?? sentence(process.description);
    case "UNKNOWN":
      return sentence(process.description) || "the supervisor lost track of it";
    case "EXITED":
      return end ?? sentence(process.description);
    case "STOPPED":
      return process.stoppedAtMs === null ? "not started" : (end ?? "stopped");
    case "STOPPING":
      return process.pid === null ? "" : "waiting for it to end";
    case "STARTING":
    case "RUNNING":
      return "";
  }
}

function withTries(what: string | null, tries: number): string | null {
  if (what === null) return null;
  return tries > 0 ? `${what}, ${tries} ${tries === 1 ? "attempt" : "attempts"}` : what;
}

function sentence(text: string): string {
  return text.trim();
}

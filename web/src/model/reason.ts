// Why a process is where it is, in one line for people.
import type { Process } from "@fleetvisor/proto/api/v1";
import { t } from "../i18n/i18n.js";

export interface End {
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly exitExpected: boolean | null;
  readonly coreDumped?: boolean;
  readonly oomKilled?: boolean;
}

/** `exited with code 1 (unexpected)`, `killed by SIGKILL`; null when no life has ended. */
export function describeEnd(end: End): string | null {
  if (end.oomKilled === true) return t("end.outOfMemory");
  const words = endWords(end);
  return words !== null && end.coreDumped === true ? t("end.core", { end: words }) : words;
}

function endWords({ exitCode, exitSignal, exitExpected }: End): string | null {
  if (exitSignal !== null) return t(exitSignal === "SIGKILL" ? "end.killed" : "end.signal", { signal: exitSignal });
  if (exitCode === null) return null;
  return t(exitExpected === false ? "end.unexpected" : "end.code", { code: exitCode });
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
      return sentence(process.description) || t("reason.lostTrack");
    case "EXITED":
      return end ?? sentence(process.description);
    case "STOPPED":
      return process.stoppedAtMs === null ? t("reason.notStarted") : (end ?? t("reason.stopped"));
    case "STOPPING":
      return process.pid === null ? "" : t("reason.ending");
    case "STARTING":
    case "RUNNING":
      return "";
  }
}

function withTries(what: string | null, tries: number): string | null {
  if (what === null) return null;
  return tries > 0 ? t("reason.attempts", { what, count: tries }) : what;
}

function sentence(text: string): string {
  return text.trim();
}

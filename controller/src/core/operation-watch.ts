// What counts as done after the agent said OK: a process that stays RUNNING, a daemon that is back, one that is gone. Pure; judged from
// what the instance reports.
//
//   start, restart, signal   the same child RUNNING for waitRunningMs: succeeded; out of RUNNING or another child: failed
//   reload                   the agent is back as a new start: succeeded
//   shutdown                 the agent said SHUTDOWN, and is not there any more: succeeded
//
// Silence proves nothing: a process counts once its agent was heard after its time. A child that is still the same when it is heard again
// has been RUNNING all along.
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import type { OperationTarget, Verb, Watched } from "./operation.js";

/** An instance as it is known at a moment. */
export interface Look {
  /** Whether it is heard, and its rows are as it last told them. */
  readonly present: boolean;
  /** When anything came from it last, by the clock of the judgement. */
  readonly heardAtMs: number;
  /** Its start; null while it has not been heard of since the controller started. */
  readonly bootId: string | null;
  readonly mood: string | null;
  process(group: string, name: string): Row | undefined;
}

export interface Row {
  readonly state: ProcessState;
  readonly pid: number | null;
  readonly sinceMs: number;
}

export type Verdict =
  /** Nothing to say yet; the target may know more. */
  | { readonly type: "open"; readonly target: OperationTarget }
  | { readonly type: "succeeded"; readonly message: string }
  | { readonly type: "failed"; readonly message: string };

/** Ends of a life that only come after RUNNING, once a start was answered with OK. */
const ENDED: ReadonlySet<ProcessState> = new Set(["EXITED", "FATAL", "BACKOFF"]);

/** Whether the verb counts as done only when more is known than that the agent did it. */
export function isWatched(verb: Verb, waitRunningMs: number): boolean {
  return verb === "reload" || verb === "shutdown" || waitRunningMs > 0;
}

/** What there is to remember of a target as its order leaves. */
export function beforeOrder(target: OperationTarget, look: Look): Watched {
  return { answered: false, pid: null, runningSinceMs: null, rowSinceMs: rowOf(target, look)?.sinceMs ?? 0 };
}

/** What a look at its instance says of a watched target. */
export function judge(target: OperationTarget, verb: Verb, waitRunningMs: number, look: Look, nowMs: number): Verdict {
  const anew = look.bootId !== null && look.bootId !== target.sentTo;
  if (verb === "reload") {
    return anew && look.present ? { type: "succeeded", message: "began anew" } : { type: "open", target };
  }
  if (verb === "shutdown") {
    const gone = anew || (!look.present && look.mood === "SHUTDOWN");
    return gone ? { type: "succeeded", message: "shut down" } : { type: "open", target };
  }
  if (anew) {
    return {
      type: "failed",
      message: `the agent was started anew before it had been RUNNING for ${span(waitRunningMs)}`,
    };
  }
  return look.present ? judgeProcess(target, verb, waitRunningMs, look, nowMs) : { type: "open", target };
}

function judgeProcess(target: OperationTarget, verb: Verb, waitRunningMs: number, look: Look, nowMs: number): Verdict {
  const { watched } = target;
  const row = rowOf(target, look);
  if (watched === null) return { type: "open", target };
  if (row === undefined) return { type: "failed", message: "it was removed before it counted as done" };
  const { pid, runningSinceMs } = watched;
  // The report of what the order did may still be on its way; a signal alone leaves the row as it is.
  const isOld = pid === null && row.sinceMs === watched.rowSinceMs && !(verb === "signal" && row.state === "RUNNING");
  if (isOld) return { type: "open", target };
  if (row.state !== "RUNNING") {
    if (pid === null && !ENDED.has(row.state)) return { type: "open", target };
    const howLong = runningSinceMs === null ? "" : ` for ${span(nowMs - runningSinceMs)}`;
    return { type: "failed", message: `was RUNNING${howLong}, then ${row.state}` };
  }
  if (pid === null || runningSinceMs === null) {
    return { type: "open", target: { ...target, watched: { ...watched, pid: row.pid, runningSinceMs: nowMs } } };
  }
  if (row.pid !== pid) {
    return {
      type: "failed",
      message: `ended and was started anew before it had been RUNNING for ${span(waitRunningMs)}`,
    };
  }
  if (look.heardAtMs < runningSinceMs + waitRunningMs) return { type: "open", target };
  return { type: "succeeded", message: "OK" };
}

/** What is said of a watched target when its time is over. A failure only where it is known to be one. */
export function overdue(
  target: OperationTarget,
  verb: Verb,
  waitRunningMs: number,
  look: Look,
): Exclude<Verdict, { type: "succeeded" }> {
  if (verb === "reload") return unclear(target, "it went down to begin anew, and is not back yet");
  if (verb === "shutdown") return unclear(target, "it began to shut down, and is not known to be gone");
  const row = rowOf(target, look);
  // RUNNING to the last that was heard, and not heard since.
  if (!look.present || isDue(target, waitRunningMs, look.heardAtMs, row)) {
    return unclear(target, `the agent was lost before it had been RUNNING for ${span(waitRunningMs)}`);
  }
  return { type: "failed", message: `not RUNNING for ${span(waitRunningMs)} in time: it is ${row?.state ?? "gone"}` };
}

function isDue({ watched }: OperationTarget, waitRunningMs: number, heardAtMs: number, row: Row | undefined): boolean {
  const since = watched?.runningSinceMs ?? null;
  return since !== null && row?.state === "RUNNING" && heardAtMs < since + waitRunningMs;
}

const unclear = (target: OperationTarget, message: string) =>
  ({ type: "open", target: { ...target, message } }) as const;

function rowOf({ group, name }: OperationTarget, look: Look): Row | undefined {
  return group === null || name === null ? undefined : look.process(group, name);
}

/** `10 s`, `0.4 s`. */
function span(ms: number): string {
  return `${Math.round(Math.max(0, ms) / 100) / 10} s`;
}

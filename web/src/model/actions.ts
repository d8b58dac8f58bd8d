// What may be asked of a process in each state, and the words for operations: titles, progress and outcome.
import type { Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import {
  type ProcessState,
  RUNNING_STATES,
  SIGNALLABLE_STATES,
  STOPPED_STATES,
} from "@fleetvisor/proto/vocabulary/states";
import { formatCount, listWords, plural } from "../lib/format.js";

export type Verb = Operation["verb"];

/** Whether supervisord would take the verb for a process in this state; UNKNOWN takes a start, as there. */
export function allows(verb: Verb, state: ProcessState): boolean {
  if (verb === "start") return STOPPED_STATES.has(state);
  if (verb === "stop") return RUNNING_STATES.has(state);
  if (verb === "signal") return SIGNALLABLE_STATES.has(state);
  return true;
}

export interface VerbWords {
  readonly name: string;
  readonly doing: string;
  readonly done: string;
  /** What it does to the targets, for the question before it. */
  readonly effect: string;
}

/** What is offered for processes. */
export type ProcessVerb = "start" | "stop" | "restart" | "signal";

export const VERB_WORDS: Readonly<Record<Verb, VerbWords>> = {
  start: {
    name: "Start",
    doing: "Starting",
    done: "Started",
    effect: "Stopped ones are started; running ones refuse.",
  },
  stop: { name: "Stop", doing: "Stopping", done: "Stopped", effect: "They stay down until somebody starts them." },
  restart: { name: "Restart", doing: "Restarting", done: "Restarted", effect: "Each is stopped and started again." },
  signal: { name: "Signal", doing: "Sending", done: "Sent", effect: "The signal goes to each process as it is." },
  clear: { name: "Clear", doing: "Clearing logs of", done: "Cleared logs of", effect: "Their logs are emptied." },
  update: {
    name: "Update",
    doing: "Updating",
    done: "Updated",
    effect: "Each reads its configuration anew; groups that changed are restarted.",
  },
  add: {
    name: "Add",
    doing: "Adding groups to",
    done: "Added groups to",
    effect: "Groups of the configuration are used.",
  },
  remove: {
    name: "Remove",
    doing: "Removing groups from",
    done: "Removed groups from",
    effect: "Stopped groups are used no longer.",
  },
  reload: {
    name: "Reload",
    doing: "Reloading",
    done: "Reloaded",
    effect: "Each stops everything and begins anew with its configuration.",
  },
  shutdown: {
    name: "Shut down",
    doing: "Shutting down",
    done: "Shut down",
    effect: "Each stops everything and ends; it does not come back by itself.",
  },
};

/** Signals that operators send to a process, with what programs usually do on them. */
export const SIGNALS: readonly { readonly name: string; readonly use: string }[] = [
  { name: "HUP", use: "read configuration again" },
  { name: "USR1", use: "up to the program, often reopen logs" },
  { name: "USR2", use: "up to the program" },
  { name: "INT", use: "as Ctrl-C" },
  { name: "QUIT", use: "end and dump core" },
  { name: "TERM", use: "end in good order" },
  { name: "KILL", use: "end at once, nothing saved" },
];

/** `Restart 12 processes`, `Send HUP to web1/api:api`. */
export function askTitle(verb: Verb, signal: string | null, targets: readonly string[]): string {
  const what = targets.length === 1 ? (targets[0] ?? "") : plural(targets.length, "process", "processes");
  return verb === "signal" ? `Send ${signal ?? "a signal"} to ${what}` : `${VERB_WORDS[verb].name} ${what}`;
}

/** Which instances the targets lie on and how many on each, most first: `web1 (4), web2 (4) and 3 more`. */
export function impactWords(targets: readonly Pick<OperationTarget, "instance">[]): string {
  const perInstance = new Map<string, number>();
  for (const { instance } of targets) perInstance.set(instance, (perInstance.get(instance) ?? 0) + 1);
  const words = [...perInstance]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .map(([instance, count]) => `${instance} (${formatCount(count)})`);
  return `${plural(perInstance.size, "instance", "instances")}: ${listWords(words, 4)}`;
}

export interface OperationView {
  readonly title: string;
  readonly tone: "busy" | "good" | "bad";
  readonly finished: number;
  readonly total: number;
  /** Targets that did not succeed, with the server's own words. */
  readonly failures: readonly { readonly target: string; readonly message: string }[];
}

/** What a notice about an operation shows. */
export function buildOperation(operation: Operation): OperationView {
  const { targets, verb } = operation;
  const finished = targets.filter(({ result }) => !["pending", "sent", "waiting"].includes(result)).length;
  const failed = targets.filter(({ result }) => ["failed", "unknown", "skipped"].includes(result));
  const words = VERB_WORDS[verb];
  const [first] = targets;
  const many =
    first?.group === null
      ? plural(targets.length, "instance", "instances")
      : plural(targets.length, "process", "processes");
  const what = targets.length === 1 ? (first?.target ?? "") : many;
  const signal = operation.signal ?? "signal";
  const isRunning = ["running", "paused", "aborting"].includes(operation.state);
  const title = isRunning
    ? verb === "signal"
      ? `Sending ${signal} to ${what}`
      : `${words.doing} ${what}`
    : failed.length === 0
      ? verb === "signal"
        ? `Sent ${signal} to ${what}`
        : `${words.done} ${what}`
      : targets.length === 1
        ? `Could not ${verb} ${what}`
        : `Could not ${verb} ${formatCount(failed.length)} of ${what}`;
  return {
    title,
    tone: isRunning ? "busy" : failed.length === 0 ? "good" : "bad",
    finished,
    total: targets.length,
    failures: failed.map(({ target, result, message }) => ({
      target,
      message: result === "unknown" ? `outcome unknown: ${message || "the answer never came"}` : message || "failed",
    })),
  };
}

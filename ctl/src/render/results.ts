// What became of an operation: a row a target, a line on the whole, the exit. Pure.
import type { Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import { FAULTS, faultName } from "@fleetvisor/proto/vocabulary/faults";
import { formatNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { operationVerb } from "@fleetvisor/proto/vocabulary/operations";
import { type Exit, worst } from "../exit.js";
import type { Colors } from "./colors.js";
import type { Row } from "./table.js";
import { plural } from "./words.js";

type Verb = Operation["verb"];

/** The word for a target that did. */
const DONE: Readonly<Record<Verb, string>> = {
  start: "started",
  stop: "stopped",
  restart: "restarted",
  signal: "signalled",
  clear: "cleared",
  update: "updated",
  add: "added",
  remove: "removed",
  reload: "reloaded",
  shutdown: "shut down",
};

type Outcome = "done" | "unchanged" | "skipped" | "failed" | "unknown" | "under way";

/** Worst first. */
const OUTCOMES: readonly Outcome[] = ["failed", "unknown", "under way", "skipped", "unchanged", "done"];

/** Of results by themselves; any other is under way. */
const OUTCOME_OF: Readonly<Record<string, Outcome>> = {
  succeeded: "done",
  unknown: "unknown",
  skipped: "skipped",
  failed: "failed",
};

function outcomeOf(verb: Verb, { result, code }: OperationTarget): Outcome {
  // As supervisorctl forgives it: it was so already.
  if (result === "failed" && code !== null && code === operationVerb(verb).harmless) return "unchanged";
  return OUTCOME_OF[result] ?? "under way";
}

const PAINT = {
  done: "green",
  unchanged: "dim",
  skipped: "dim",
  failed: "red",
  unknown: "yellow",
  "under way": "yellow",
} as const;

const EXIT_OF: Readonly<Record<Outcome, Exit>> = {
  done: "ok",
  unchanged: "ok",
  skipped: "failed",
  failed: "failed",
  unknown: "unknown",
  "under way": "unknown",
};

export const RESULT_HEAD = ["TARGET", "RESULT", "DETAIL"] as const;

/** Rows in the controller's order. */
export function resultRows({ verb, targets }: Operation, colors: Colors): readonly Row[] {
  return targets.map((target) => {
    const outcome = outcomeOf(verb, target);
    const text = outcome === "done" ? DONE[verb] : outcome;
    return [target.target, { text, paint: colors[PAINT[outcome]] }, detailOf(verb, target)];
  });
}

/** Why it is so; of what is done, what it was where there is more to say than that. */
function detailOf(verb: Verb, target: OperationTarget): string {
  if (target.result !== "succeeded") return faultWords(target);
  return target.message === "OK" || target.message === DONE[verb] ? "" : target.message;
}

/** `SPAWN_ERROR: web:api` as `spawn error`; words beyond the name stay: `no file: can't find command '/x'`. */
function faultWords({ code, message, group, name }: OperationTarget): string {
  const fault = code === null ? null : faultName(code);
  if (fault === null) return message;
  const words = fault.toLowerCase().replaceAll("_", " ");
  const extra = message.startsWith(fault) ? message.slice(fault.length).replace(/^: /, "") : message;
  const names = group === null || name === null ? [] : [formatNamespec(group, name), `${group}:${name}`, name];
  const isName = ["", ...names].includes(extra);
  if (isName) return words;
  return code === FAULTS.FAILED ? extra : `${words}: ${extra}`;
}

/** Targets by outcome. Where not all of them are told the counts tell, which do not know what was so already. */
function outcomeCounts({ verb, targets, moreTargets, counts }: Operation): Readonly<Record<Outcome, number>> {
  const tally = { failed: 0, unknown: 0, "under way": 0, skipped: 0, unchanged: 0, done: 0 };
  const isTold = moreTargets === undefined && targets.length > 0;
  if (isTold || counts === undefined) for (const target of targets) tally[outcomeOf(verb, target)] += 1;
  else for (const [result, count] of Object.entries(counts)) tally[OUTCOME_OF[result] ?? "under way"] += count;
  return tally;
}

/** `2 failed, 1 unknown, 9 restarted`; worst first. */
export function resultSummary(operation: Operation): string {
  const counts = outcomeCounts(operation);
  return OUTCOMES.filter((outcome) => counts[outcome] > 0)
    .map((outcome) => `${counts[outcome]} ${outcome === "done" ? DONE[operation.verb] : outcome}`)
    .join(", ");
}

/** Whether it is done step by step, so that what becomes of each target is news. */
export function isRolling({ plan, batches }: Operation): boolean {
  return (batches ?? 1) > 1 || (plan?.waitRunningMs ?? 0) > 0;
}

export interface ProgressCounts {
  readonly done: number;
  readonly failed: number;
  readonly unknown: number;
  readonly total: number;
}

/** How far it is, also where its targets were not asked for. */
export function progressCounts(operation: Operation): ProgressCounts {
  const counts = outcomeCounts(operation);
  const total = OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
  return { done: total - counts["under way"], failed: counts.failed, unknown: counts.unknown, total };
}

/** What there is to say beside the count: `, batch 2 of 10, 1 failed, paused`. */
export function progressWords(operation: Operation): string {
  const { batch, batches, state, resumesAtMs } = operation;
  const { failed, unknown } = progressCounts(operation);
  const words = [
    ...(batch !== undefined && batches !== undefined && batches > 1 ? [`batch ${batch} of ${batches}`] : []),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(unknown === 0 ? [] : [`${unknown} unknown`]),
    ...(state === "paused" || state === "aborting" ? [state] : resumesAtMs == null ? [] : ["pause between batches"]),
  ];
  return words.map((word) => `, ${word}`).join("");
}

/** While it runs: `restart: 3 of 12 targets done, batch 1 of 4, 1 failed`. */
export function progressLine(operation: Operation): string {
  const { done, total } = progressCounts(operation);
  return `${operation.verb}: ${done} of ${plural(total, "target", "targets")} done${progressWords(operation)}`;
}

/** One target that is over: `web-1/api:api restarted`, `web-1/api:api failed: spawn error`. */
export function doneLine({ verb }: Operation, target: OperationTarget): string {
  const outcome = outcomeOf(verb, target);
  const detail = detailOf(verb, target);
  return `${target.target} ${outcome === "done" ? DONE[verb] : outcome}${detail === "" ? "" : `: ${detail}`}`;
}

/** The worst outcome wins. */
export function resultExit(operation: Operation): Exit {
  const counts = outcomeCounts(operation);
  return worst(...OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => EXIT_OF[outcome]));
}

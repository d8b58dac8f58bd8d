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

function outcomeOf(verb: Verb, { result, code }: OperationTarget): Outcome {
  if (result === "succeeded") return "done";
  if (result === "unknown" || result === "skipped") return result;
  if (result !== "failed") return "under way";
  // As supervisorctl forgives it: it was so already.
  return code !== null && code === operationVerb(verb).harmless ? "unchanged" : "failed";
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

/** `2 failed, 1 unknown, 9 restarted`; worst first. */
export function resultSummary({ verb, targets }: Operation): string {
  const outcomes = targets.map((target) => outcomeOf(verb, target));
  return (["failed", "unknown", "under way", "skipped", "unchanged", "done"] as const)
    .map((outcome) => ({ outcome, count: outcomes.filter((one) => one === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${outcome === "done" ? DONE[verb] : outcome}`)
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
export function progressCounts({ verb, targets, counts }: Operation): ProgressCounts {
  if (targets.length === 0 && counts !== undefined) {
    const of = (...results: readonly string[]) => results.reduce((sum, result) => sum + (counts[result] ?? 0), 0);
    const total = of(...Object.keys(counts));
    return { done: total - of("pending", "sent", "waiting"), failed: of("failed"), unknown: of("unknown"), total };
  }
  const outcomes = targets.map((target) => outcomeOf(verb, target));
  const count = (outcome: Outcome) => outcomes.filter((one) => one === outcome).length;
  return {
    done: targets.length - count("under way"),
    failed: count("failed"),
    unknown: count("unknown"),
    total: targets.length,
  };
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
export function resultExit({ verb, targets }: Operation): Exit {
  return worst(...targets.map((target) => EXIT_OF[outcomeOf(verb, target)]));
}

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
    return [target.target, { text, paint: colors[PAINT[outcome]] }, detailOf(target)];
  });
}

/** Why it is so; of what is done, what it was where there is more to say than that. */
function detailOf(target: OperationTarget): string {
  if (target.result !== "succeeded") return faultWords(target);
  return target.message === "OK" ? "" : target.message;
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

/** While it runs: `restart: 3 of 12 done, 1 failed`. */
export function progressLine({ verb, targets }: Operation): string {
  const outcomes = targets.map((target) => outcomeOf(verb, target));
  const known = outcomes.filter((outcome) => outcome !== "under way").length;
  const failed = outcomes.filter((outcome) => outcome === "failed").length;
  return `${verb}: ${known} of ${plural(targets.length, "target", "targets")} done${failed === 0 ? "" : `, ${failed} failed`}`;
}

/** The worst outcome wins. */
export function resultExit({ verb, targets }: Operation): Exit {
  return worst(...targets.map((target) => EXIT_OF[outcomeOf(verb, target)]));
}

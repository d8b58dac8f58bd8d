// What somebody may know of an operation: its covered targets, and what follows from those alone. Pure.
import { formatTarget } from "@fleetvisor/proto/vocabulary/namespec";
import { escapeGlob } from "../core/glob.js";
import { isDone, type Operation, type OperationTarget } from "../core/operation.js";

const SPELLED_OUT = 20;

/** Null when no target is covered. The words of the selector may name what is not, so they stay with whoever wrote them. */
export function coveredOperation(
  operation: Operation,
  covers: (target: OperationTarget) => boolean,
  mine: boolean,
): Operation | null {
  const targets = operation.targets.filter(covers);
  if (targets.length === 0) return null;
  const whole = targets.length === operation.targets.length;
  return {
    ...operation,
    targets,
    selector: mine ? operation.selector : selectorOf(targets),
    finishedAtMs: whole ? operation.finishedAtMs : finishedAtMs(targets),
  };
}

function selectorOf(targets: readonly OperationTarget[]): string {
  if (targets.length > SPELLED_OUT) return `${targets.length} targets`;
  const spelled = targets.map(({ instance, group, name }) =>
    formatTarget(escapeGlob(instance), escapeGlob(group), escapeGlob(name)),
  );
  return spelled.join(" ");
}

/** When the last of them was known, whatever the others do. */
function finishedAtMs(targets: readonly OperationTarget[]): number | null {
  return targets.every(isDone) ? Math.max(...targets.map((target) => target.finishedAtMs ?? 0)) : null;
}

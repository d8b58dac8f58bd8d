// What somebody may know of an operation: its covered targets, and what follows from those alone. Pure.
import { formatTarget } from "@fleetvisor/proto/vocabulary/namespec";
import { escapeGlob } from "../core/glob.js";
import {
  isDone,
  type Operation,
  type OperationPlan,
  type OperationSummary,
  type OperationTarget,
} from "../core/operation.js";

const SPELLED_OUT = 20;

/** An operation as somebody sees it. */
export interface SeenOperation extends Omit<Operation, "plan"> {
  /** Null for who may not see everything: it could tell of targets that are not seen, or that there are none. */
  readonly plan: OperationPlan | null;
  /** Places in the whole operation of the targets seen; null where that is all of them. */
  readonly places: readonly number[] | null;
}

/** A summary as somebody sees it. */
export type SeenSummary = Omit<OperationSummary, "plan"> & Pick<SeenOperation, "plan">;

/** The operation as who sees all of it sees it. */
export function wholeOperation(operation: Operation): SeenOperation {
  return { ...operation, places: null };
}

/** Null when no target is covered. The words of the selector may name what is not, so they stay with whoever wrote them. */
export function coveredOperation(
  operation: Operation,
  covers: (target: OperationTarget) => boolean,
  mine: boolean,
): SeenOperation | null {
  const places = [...operation.targets.keys()].filter((place) => {
    const target = operation.targets[place];
    return target !== undefined && covers(target);
  });
  if (places.length === 0) return null;
  const selector = (targets: readonly OperationTarget[]) => (mine ? operation.selector : selectorOf(targets));
  const shared = mine ? {} : { plan: null, holdUntilMs: null };
  if (places.length === operation.targets.length) {
    return { ...wholeOperation(operation), ...shared, selector: selector(operation.targets) };
  }
  const { targets, batches } = batchedAnew(places.flatMap((place) => operation.targets[place] ?? []));
  const begun = batches.filter((batch) => batch <= operation.batch).length;
  return {
    ...operation,
    targets,
    places,
    ...shared,
    selector: selector(targets),
    batch: Math.max(0, begun - 1),
    finishedAtMs: finishedAtMs(targets),
  };
}

/** Numbers of batches counted over these targets alone: one left out would tell that something is there. */
function batchedAnew(targets: readonly OperationTarget[]) {
  const batches = [...new Set(targets.map(({ batch }) => batch))].sort((a, b) => a - b);
  const numbers = new Map(batches.map((batch, number) => [batch, number]));
  return { targets: targets.map((target) => ({ ...target, batch: numbers.get(target.batch) ?? 0 })), batches };
}

function selectorOf(targets: readonly OperationTarget[]): string {
  if (targets.length > SPELLED_OUT) return `${targets.length} targets`;
  const spelled = targets.map(({ instance, group, name }) =>
    group === null || name === null
      ? escapeGlob(instance)
      : formatTarget(escapeGlob(instance), escapeGlob(group), escapeGlob(name)),
  );
  return spelled.join(" ");
}

/** When the last of them was known, whatever the others do. */
function finishedAtMs(targets: readonly OperationTarget[]): number | null {
  return targets.every(isDone) ? Math.max(...targets.map((target) => target.finishedAtMs ?? 0)) : null;
}

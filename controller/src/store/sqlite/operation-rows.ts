// Operations and their targets as rows, both ways; and what is handed to the writer of one that changed.
import {
  type Operation,
  type OperationPlan,
  type OperationSummary,
  type OperationTarget,
  summarize,
  type TargetResult,
  type Verb,
  type Watched,
} from "../../core/operation.js";

/** An operation and those of its targets, with their places, that are to be written. */
export interface OperationChange {
  readonly operation: Omit<Operation, "targets">;
  /** What follows from all of its targets, once it is over; null while it is under way. */
  readonly outcome: Outcome | null;
  readonly targets: readonly (readonly [place: number, target: OperationTarget])[];
}

/** Part of a summary, as it is kept beside the operation. */
export type Outcome = Pick<OperationSummary, "counts" | "batches" | "skipReason">;

export interface OperationRow extends Omit<Operation, "targets" | "verb" | "groups" | "plan" | "wanted"> {
  readonly verb: string;
  readonly groups: string;
  readonly plan: string;
  readonly wanted: string;
  /** An `Outcome`; null for one that is under way, or was over before outcomes were kept. */
  readonly outcome: string | null;
}

export interface TargetRow extends Omit<OperationTarget, "group" | "name" | "result" | "watched"> {
  readonly group: string;
  readonly name: string;
  readonly result: string;
  readonly watched: string | null;
}

export function operationRow(
  { groups, plan, ...row }: Omit<Operation, "targets">,
  outcome: Outcome | null,
): OperationRow {
  return {
    ...row,
    groups: JSON.stringify(groups),
    plan: JSON.stringify(plan),
    outcome: outcome === null ? null : JSON.stringify(outcome),
  };
}

export function outcomeOf({ finishedAtMs, targets }: Operation): Outcome | null {
  return finishedAtMs === null ? null : summarize({ targets });
}

export function operationOfRow(row: OperationRow, targets: readonly TargetRow[]): Operation {
  return { ...headOfRow(row), targets: targets.map(targetOfRow) };
}

/** `count` is asked for what is not kept with the row. */
export function summaryOfRow(row: OperationRow, count: () => Outcome): OperationSummary {
  return { ...headOfRow(row), ...(row.outcome === null ? count() : (JSON.parse(row.outcome) as Outcome)) };
}

function headOfRow({ outcome: _, ...row }: OperationRow): Omit<Operation, "targets"> {
  return {
    ...row,
    verb: row.verb as Verb,
    groups: JSON.parse(row.groups) as string[],
    plan: JSON.parse(row.plan) as OperationPlan,
    wanted: row.wanted as Operation["wanted"],
  };
}

export function targetRow({ group, name, watched, ...row }: OperationTarget): TargetRow {
  return { ...row, group: group ?? "", name: name ?? "", watched: watched === null ? null : JSON.stringify(watched) };
}

export function targetOfRow({ group, name, watched, result, ...row }: TargetRow): OperationTarget {
  return {
    ...row,
    group: group === "" ? null : group,
    name: name === "" ? null : name,
    result: result as TargetResult,
    watched: watched === null ? null : (JSON.parse(watched) as Watched),
  };
}

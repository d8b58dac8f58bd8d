// Operations and their targets as rows, both ways; and what is handed to the writer of one that changed.
import type { Operation, OperationPlan, OperationTarget, TargetResult, Verb, Watched } from "../../core/operation.js";

/** An operation and those of its targets, with their places, that are to be written. */
export interface OperationChange {
  readonly operation: Omit<Operation, "targets">;
  readonly targets: readonly (readonly [place: number, target: OperationTarget])[];
}

export interface OperationRow extends Omit<Operation, "targets" | "verb" | "groups" | "plan" | "wanted"> {
  readonly verb: string;
  readonly groups: string;
  readonly plan: string;
  readonly wanted: string;
}

export interface TargetRow extends Omit<OperationTarget, "group" | "name" | "result" | "watched"> {
  readonly group: string;
  readonly name: string;
  readonly result: string;
  readonly watched: string | null;
}

export function operationRow({ groups, plan, ...row }: Omit<Operation, "targets">): OperationRow {
  return { ...row, groups: JSON.stringify(groups), plan: JSON.stringify(plan) };
}

export function operationOfRow(row: OperationRow, targets: readonly TargetRow[]): Operation {
  return {
    ...row,
    verb: row.verb as Verb,
    groups: JSON.parse(row.groups) as string[],
    plan: JSON.parse(row.plan) as OperationPlan,
    wanted: row.wanted as Operation["wanted"],
    targets: targets.map(targetOfRow),
  };
}

export function targetRow({ group, name, watched, ...row }: OperationTarget): TargetRow {
  return { ...row, group: group ?? "", name: name ?? "", watched: watched === null ? null : JSON.stringify(watched) };
}

function targetOfRow({ group, name, watched, result, ...row }: TargetRow): OperationTarget {
  return {
    ...row,
    group: group === "" ? null : group,
    name: name === "" ? null : name,
    result: result as TargetResult,
    watched: watched === null ? null : (JSON.parse(watched) as Watched),
  };
}

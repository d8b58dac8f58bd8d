// What the status page shows, as plain values: a row for each process with what may be done to it, sorted, counted.
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import type { ManagedProcess } from "../run/managed-process.js";
import { displayName, processInfo } from "./describe.js";

/** How much a state asks for attention; the class names of supervisord's page, which style sheets of operators know. */
export type Mark = "statusrunning" | "statusnominal" | "statuserror";

/** What a button of a process asks for. */
export type ProcessAction = "start" | "stop" | "restart" | "clearlog";

export interface StatusRow {
  readonly name: string;
  /** Lower case. */
  readonly state: string;
  readonly mark: Mark;
  readonly description: string;
  readonly actions: readonly ProcessAction[];
}

/** A row (supervisor 4.x web.py, StatusView): what runs can be restarted and stopped, what is stopped can be started. */
function statusRow(process: ManagedProcess, nowWallMs: number): StatusRow {
  const { state } = process.value;
  return {
    name: displayName(process),
    state: state.toLowerCase(),
    mark: markOf(state),
    description: String(processInfo(process, nowWallMs).description),
    actions: actionsOf(state),
  };
}

function markOf(state: ProcessState): Mark {
  if (state === "RUNNING") return "statusrunning";
  return state === "FATAL" || state === "BACKOFF" ? "statuserror" : "statusnominal";
}

function actionsOf(state: ProcessState): readonly ProcessAction[] {
  if (state === "RUNNING") return ["restart", "stop", "clearlog"];
  return state === "STOPPED" || state === "EXITED" || state === "FATAL" ? ["start", "clearlog"] : ["clearlog"];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Rows by group, then name. */
export function statusRows(processes: readonly ManagedProcess[], nowWallMs: number): StatusRow[] {
  return [...processes]
    .sort((a, b) => compare(a.group, b.group) || compare(a.name, b.name))
    .map((process) => statusRow(process, nowWallMs));
}

/** How many are in each state, most first. */
export function countStates(rows: readonly StatusRow[]): [state: string, mark: Mark, count: number][] {
  const counts = new Map<string, [string, Mark, number]>();
  for (const { state, mark } of rows) counts.set(state, [state, mark, (counts.get(state)?.[2] ?? 0) + 1]);
  return [...counts.values()].sort((a, b) => b[2] - a[2] || compare(a[0], b[0]));
}

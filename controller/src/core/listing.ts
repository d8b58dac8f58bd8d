// Lists of processes: filtering by a selection, three orders, and pages that survive changes between them (keyset cursors).
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import type { Fleet, Instance } from "./fleet.js";
import { compareNames } from "./names.js";
import type { Process } from "./rows.js";
import type { Selection } from "./selection.js";

export type SortKey = "target" | "state" | "since";

/** A process with the instance it is on. */
export interface Located {
  readonly instance: Instance;
  readonly process: Process;
}

/** What is wrong comes first, then what is on its way, then what is quiet. */
const WORST_FIRST: readonly ProcessState[] = [
  "FATAL",
  "UNKNOWN",
  "BACKOFF",
  "EXITED",
  "STOPPING",
  "STARTING",
  "RUNNING",
  "STOPPED",
];
const SEVERITY = Object.fromEntries(WORST_FIRST.map((state, i) => [state, i])) as Record<ProcessState, number>;

/** Place of a row in an order: enough to find the next one though the row itself is gone. */
interface Position {
  readonly rank: number;
  readonly instance: string;
  readonly group: string;
  readonly index: number;
  readonly name: string;
}

export interface Page {
  readonly rows: readonly Located[];
  readonly total: number;
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

export interface PageRequest {
  readonly sort: SortKey;
  readonly limit: number;
  readonly cursor: string | null;
}

/** Every selected process, in no order. Costs what the selected instances have, not what the fleet has. */
export function* selected(fleet: Fleet, selection: Selection): Generator<Located> {
  for (const instance of candidates(fleet, selection)) {
    const within = selection.within(instance.name, instance.labels);
    if (within === null) continue;
    for (const process of instance.processes.values()) {
      if (within.everything || within.matches(process)) yield { instance, process };
    }
  }
}

/** Every instance of which the selection takes all that there is. */
export function* selectedInstances(fleet: Fleet, selection: Selection): Generator<Instance> {
  for (const instance of candidates(fleet, selection)) {
    if (selection.within(instance.name, instance.labels)?.itself === true) yield instance;
  }
}

function* candidates(fleet: Fleet, selection: Selection): Generator<Instance> {
  if (selection.instances === null) {
    yield* fleet.instances.values();
    return;
  }
  for (const name of selection.instances) {
    const instance = fleet.instances.get(name);
    if (instance !== undefined) yield instance;
  }
}

/** Severity of a state: the lower, the more somebody should look. */
export function severityOf(state: ProcessState): number {
  return SEVERITY[state];
}

/** One page of the selected processes. Throws `invalid-argument` for a cursor that is not of this order. */
export function pageOf(fleet: Fleet, selection: Selection, request: PageRequest): Page {
  const position = (row: Located) => positionOf(row, request.sort);
  const rows = [...selected(fleet, selection)].map((row) => ({ row, position: position(row) }));
  rows.sort((a, b) => comparePositions(a.position, b.position));
  const after = request.cursor === null ? null : readCursor(request.cursor, request.sort);
  const from = after === null ? 0 : firstAfter(rows, after);
  const page = rows.slice(from, from + request.limit);
  const last = page.at(-1);
  const more = last !== undefined && from + page.length < rows.length;
  return {
    rows: page.map(({ row }) => row),
    total: rows.length,
    nextCursor: more ? writeCursor(last.position, request.sort) : null,
  };
}

function positionOf({ instance, process }: Located, sort: SortKey): Position {
  const { group, index, name } = process;
  const rank = sort === "state" ? severityOf(process.state) : sort === "since" ? -process.sinceMs : 0;
  return { rank, instance: instance.name, group, index, name };
}

function comparePositions(a: Position, b: Position): number {
  return (
    a.rank - b.rank ||
    compareNames(a.instance, b.instance) ||
    compareNames(a.group, b.group) ||
    a.index - b.index ||
    compareNames(a.name, b.name)
  );
}

/** Index of the first row behind a position, by halving. */
function firstAfter(rows: readonly { readonly position: Position }[], after: Position): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && comparePositions(row.position, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function writeCursor(position: Position, sort: SortKey): string {
  const { rank, instance, group, index, name } = position;
  return Buffer.from(JSON.stringify([sort, rank, instance, group, index, name])).toString("base64url");
}

function readCursor(cursor: string, sort: SortKey): Position {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (!Array.isArray(value) || value[0] !== sort) throw new Error("of another order");
    const [, rank, instance, group, index, name] = value as unknown[];
    if (typeof rank !== "number" || typeof index !== "number") throw new Error("no position");
    if (typeof instance !== "string" || typeof group !== "string" || typeof name !== "string")
      throw new Error("no names");
    return { rank, instance, group, index, name };
  } catch (cause) {
    throw new FleetError("invalid-argument", "the cursor is not one of this list", { cause });
  }
}

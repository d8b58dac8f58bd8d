// Lists of processes: filtering by a selection, orders, and pages that survive changes between them (keyset cursors).
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import type { Fleet, Instance } from "./fleet.js";
import { compareNames } from "./names.js";
import { nth } from "./nth.js";
import { type Process, processKey } from "./rows.js";
import type { InstanceSelection, Selection } from "./selection.js";
import type { Steps } from "./steps.js";

export type SortKey = "target" | "state" | "since" | "cpu" | "memory";

/** What the processes of one instance use now, asked for by key; null where it is not known. */
export type FiguresOf = (instance: string) => (key: string) => Figures | null;

interface Figures {
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
}

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
  /** Rows before the page; none where there is a cursor. */
  readonly offset?: number;
  /** For the orders by use; without it nothing is known of any. */
  readonly figuresOf?: FiguresOf;
}

/** Every selected process, in no order. Costs what the selected instances have, not what the fleet has. */
export function* selected(fleet: Fleet, selection: Selection): Generator<Located> {
  for (const instance of candidates(fleet, selection)) {
    const within = selection.within(instance.name, instance.labels);
    if (within !== null) yield* selectedOf(instance, within);
  }
}

function* selectedOf(instance: Instance, within: InstanceSelection): Generator<Located> {
  for (const process of instance.processes.values()) {
    if (within.everything || within.matches(process)) yield { instance, process };
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

/** Rows that are looked at before others have their turn: about a millisecond. */
const TURN_ROWS = 10_000;

/**
 * One page of the selected processes, step by step: what there is may change between two steps, so that of a large fleet the page is of
 * about one moment. Throws `invalid-argument` for a cursor that is not of this order, or beside an offset.
 */
export function* pageSteps(
  fleet: Fleet,
  selection: Selection,
  { sort, limit, cursor, offset = 0, figuresOf = NO_FIGURES }: PageRequest,
): Steps<Page> {
  if (cursor !== null && offset > 0)
    throw new FleetError("invalid-argument", "a page begins at a cursor or at an offset, not at both");
  const rankOf = sort === "target" ? null : rankBy(sort, figuresOf);
  let after: Position | null = null;
  if (cursor !== null) after = readCursor(cursor, sort);
  else if (offset > 0) after = yield* placeOf(fleet, selection, rankOf, offset - 1);
  // One more than the page holds tells whether there is a next.
  const { found, total } =
    rankOf === null
      ? yield* firstByTarget(fleet, selection, after, limit + 1)
      : yield* firstOfAll(selected(fleet, selection), rankOf, after, limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map(({ row }) => row),
    total,
    nextCursor: last !== undefined && found.length > limit ? writeCursor(last.position, sort) : null,
  };
}

/** The selected rows of one instance. */
interface Part {
  readonly instance: Instance;
  readonly size: number;
  readonly rows: () => Generator<Located>;
}

/** By instance, as people count. */
function* partsOf(fleet: Fleet, selection: Selection): Steps<readonly Part[]> {
  const parts: Part[] = [];
  let looked = 0;
  for (const instance of candidates(fleet, selection)) {
    const within = selection.within(instance.name, instance.labels);
    if (within === null) continue;
    const rows = () => selectedOf(instance, within);
    let size = 0;
    if (within.everything) size = instance.processes.size;
    else for (const _ of rows()) size += 1;
    if (size > 0) parts.push({ instance, size, rows });
    looked += within.everything ? 1 : instance.processes.size;
    if (looked < TURN_ROWS) continue;
    looked = 0;
    yield;
  }
  return parts.sort(byInstance);
}

const byInstance = (a: Part, b: Part) => compareNames(a.instance.name, b.instance.name);

interface Placed {
  readonly row: Located;
  readonly position: Position;
}

/** The first rows behind a position, and how many there are at all. */
interface First {
  readonly found: readonly Placed[];
  readonly total: number;
}

const byPosition = (a: Placed, b: Placed) => comparePositions(a.position, b.position);

/**
 * By target whole instances stand one behind the other, so that only those of the page are looked into: reading a large fleet page
 * by page then costs what there is once, and not once a page.
 */
function* firstByTarget(fleet: Fleet, selection: Selection, after: Position | null, count: number): Steps<First> {
  const parts = yield* partsOf(fleet, selection);
  const found: Placed[] = [];
  for (const { instance, rows } of parts) {
    if (found.length >= count) break;
    if (after !== null && compareNames(instance.name, after.instance) < 0) continue;
    found.push(...(yield* firstOfAll(rows(), () => 0, after, count - found.length)).found);
  }
  return { found, total: sizeOf(parts) };
}

const sizeOf = (parts: readonly Part[]) => parts.reduce((sum, { size }) => sum + size, 0);

/** Keeps no more than a few pages at a time: the rest is known to come later. */
function* firstOfAll(rows: Iterable<Located>, rankOf: RankOf, after: Position | null, count: number): Steps<First> {
  let total = 0;
  let kept: Placed[] = [];
  let last: Position | null = null;
  let current: Instance | null = null;
  /** How the instance of now stands to those of the two positions. */
  let toAfter = 0;
  let toLast = 0;
  for (const row of rows) {
    total += 1;
    if (total % TURN_ROWS === 0) yield;
    if (row.instance !== current) {
      current = row.instance;
      if (after !== null) toAfter = compareNames(current.name, after.instance);
      if (last !== null) toLast = compareNames(current.name, last.instance);
    }
    const rank = rankOf(row);
    // Of a large fleet most rows end here, before anything is made of them.
    if (last !== null && (rank > last.rank || (rank === last.rank && toLast > 0))) continue;
    if (after !== null && (rank < after.rank || (rank === after.rank && toAfter < 0))) continue;
    const position = positionOf(row, rank);
    if (after !== null && comparePositions(position, after) <= 0) continue;
    if (last !== null && comparePositions(position, last) >= 0) continue;
    kept.push({ row, position });
    if (kept.length < 4 * count) continue;
    kept = kept.sort(byPosition).slice(0, count);
    last = kept.at(-1)?.position ?? null;
    if (last !== null) toLast = compareNames(current.name, last.instance);
  }
  return { found: kept.sort(byPosition).slice(0, count), total };
}

/**
 * Where the row stands that has so many before it, or the last one where there are fewer; null where there is none. Its rank is found
 * first, then instances are passed over by their count of rows of that rank: only the rows of one are put in order.
 */
function* placeOf(fleet: Fleet, selection: Selection, rankOf: RankOf | null, before: number): Steps<Position | null> {
  const parts = yield* partsOf(fleet, selection);
  if (rankOf === null) {
    const sizes = parts.map((part) => ({ part, count: part.size }));
    return placeAmong(sizes, () => 0, 0, Math.min(before, sizeOf(parts) - 1));
  }
  const ranked: { readonly part: Part; readonly ranks: readonly number[] }[] = [];
  let total = 0;
  for (const part of parts) {
    const ranks = Array.from(part.rows(), rankOf);
    if (total % TURN_ROWS > (total + ranks.length) % TURN_ROWS) yield;
    total += ranks.length;
    ranked.push({ part, ranks });
  }
  const chosen = yield* nth(
    ranked.map(({ ranks }) => ranks),
    Math.min(before, total - 1),
  );
  if (chosen === null) return null;
  const counts = ranked.map(({ part, ranks }) => ({
    part,
    count: ranks.reduce((count, rank) => count + Number(rank === chosen.value), 0),
  }));
  return placeAmong(counts, rankOf, chosen.value, chosen.left);
}

/** The place of a row among those of one rank, by target. */
function placeAmong(
  parts: readonly { readonly part: Part; readonly count: number }[],
  rankOf: RankOf,
  rank: number,
  place: number,
): Position | null {
  let left = place;
  for (const { part, count } of parts) {
    if (left >= count) {
      left -= count;
      continue;
    }
    const equals = [...part.rows()].filter((row) => rankOf(row) === rank).map((row) => positionOf(row, rank));
    // What changed meanwhile may have left fewer: then the place is before all others of the instance.
    const before = { rank, instance: part.instance.name, group: "", index: -1, name: "" };
    return equals.sort(comparePositions)[left] ?? before;
  }
  return null;
}

/** The lower, the earlier. */
type RankOf = (row: Located) => number;

const NO_FIGURES: FiguresOf = () => () => null;
/** Behind everything of which something is known. */
const NOT_KNOWN = 1;

function rankBy(sort: SortKey, figuresOf: FiguresOf): RankOf {
  switch (sort) {
    case "target":
      return () => 0;
    case "state":
      return ({ process }) => severityOf(process.state);
    case "since":
      return ({ process }) => -process.sinceMs;
    case "cpu":
      return rankByUse(figuresOf, (figures) => figures.cpuPercent);
    case "memory":
      return rankByUse(figuresOf, (figures) => figures.memoryBytes);
  }
}

/** Most first. Rows of one instance come one behind the other, so that it is looked up once. */
function rankByUse(figuresOf: FiguresOf, useOf: (figures: Figures) => number | null): RankOf {
  let last: { readonly instance: Instance; readonly figures: ReturnType<FiguresOf> } | null = null;
  return ({ instance, process }) => {
    if (last?.instance !== instance) last = { instance, figures: figuresOf(instance.name) };
    const figures = last.figures(processKey(process.group, process.name));
    const use = figures === null ? null : useOf(figures);
    return use === null ? NOT_KNOWN : -use;
  };
}

function positionOf({ instance, process }: Located, rank: number): Position {
  const { group, index, name } = process;
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

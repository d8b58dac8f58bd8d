// Reads of history: newest first, page by page by id, on a connection of the main thread and therefore in bounded time. How is chosen
// by what is asked: a few targets by their index, few events of a kind by theirs, else a walk from the newest over those blocks of ids
// whose times can fit.
import type { Database } from "better-sqlite3";
import type { HistoryExtent } from "../../core/retention.js";
import type { HistoryAnswer, HistoryRequest, Moment } from "../store.js";
import { BLOCK_IDS, type EventRow, eventOfRow } from "./event-rows.js";
import { Clauses, type TargetRow, targetOf } from "./history-clauses.js";
import { narrowing } from "./history-narrowing.js";

/** Up to so many targets, each is asked by its index; for more, events are walked. */
const INDEXED_TARGETS = 512;
/** Rows of one reading of a target. */
const FEWEST_ROWS = 8;
/** Rows of one statement of a walk, and the time after which a page is handed out as it is. */
const WALK_ROWS = 500;
const WALK_MS = 4;
/** What is read of an event to know whether it is asked for. */
type Seen = readonly [id: number, target: number, toState: number | null, fits: number | null];
interface MomentRow extends TargetRow {
  readonly id: number;
  readonly committed_ms: number;
}
type Named = Record<string, number | string | null>;

export function historyQueries(db: Database) {
  const extent = db.prepare<[], { oldestId: number | null; newestId: number | null }>(
    "SELECT (SELECT min(id) FROM event) AS oldestId, (SELECT max(id) FROM event) AS newestId",
  );
  const committedAt = db.prepare<[number], { id: number; committed_ms: number }>(
    "SELECT id, committed_ms FROM event WHERE id >= ? ORDER BY id LIMIT 1",
  );
  const below = db.prepare<[number], MomentRow>(
    `SELECT event.id, committed_ms, target.ref, target.instance, target.grp, target.name FROM event
     JOIN target ON target.ref = event.target WHERE event.id < ? ORDER BY event.id DESC`,
  );
  const rows = db.prepare<[string], EventRow>(
    `SELECT event.*, target.instance, target.grp, target.name FROM event JOIN target ON target.ref = event.target
     WHERE event.id IN (SELECT value FROM json_each(?)) ORDER BY event.id DESC`,
  );
  const spans = db
    .prepare<[{ top: number; since: number; until: number }], number>(
      `SELECT block FROM event_span WHERE block <= @top AND min_at_ms <= @until AND max_at_ms >= @since
       ORDER BY block DESC`,
    )
    .pluck();

  function read(ids: readonly number[], nextBeforeId: number | null): HistoryAnswer {
    return { events: rows.all(JSON.stringify(ids)).map(eventOfRow), nextBeforeId };
  }

  function history(request: HistoryRequest): HistoryAnswer {
    const { newestId } = extent.get() ?? { newestId: null };
    if (newestId === null) return { events: [], nextBeforeId: null };
    const clauses = new Clauses(db, request.clauses);
    const { index, within, where, values } = narrowing(request, clauses.states);
    const before = Math.min(request.beforeId ?? newestId + 1, newestId + 1);
    const { sinceMs, untilMs } = request;
    const times = { since: sinceMs ?? Number.MIN_SAFE_INTEGER, until: untilMs ?? Number.MAX_SAFE_INTEGER };
    const named = { ...values, ...times };
    // Left out where nothing asks for it: what an index holds need not be read from the table.
    const state = clauses.askStates ? "to_state" : "NULL";
    const targets = clauses.targets(INDEXED_TARGETS);
    const timed = sinceMs !== null || untilMs !== null;
    const inTime = timed ? "at_ms BETWEEN @since AND @until" : "TRUE";
    const blocks = timed || index === null ? spans.all({ ...times, top: Math.floor(before / BLOCK_IDS) }) : [];
    if (timed && blocks.length === 0) return { events: [], nextBeforeId: null };

    // Nothing outside these ids can fit.
    const highest = timed ? Math.min(before, endOf(blocks[0])) : before;
    const lowest = timed ? startOf(blocks.at(-1)) : 0;
    if (targets !== null && (index === null || index === "event_trouble")) {
      const source = index === null ? "event_target" : "event_target_trouble";
      return ofTargets({
        source,
        state,
        inTime,
        within,
        where,
        named,
        targets,
        highest,
        lowest,
        clauses,
        limit: request.limit,
      });
    }
    const ranges =
      index === null
        ? blocks.map((block): [number, number] => [startOf(block), Math.min(before, endOf(block))])
        : [[lowest, highest] as [number, number]];
    return walk({ source: index, state, inTime, within, where, named, ranges, clauses, limit: request.limit });
  }

  function ofTargets(search: {
    source: string;
    state: string;
    inTime: string;
    within: string;
    where: string;
    named: Named;
    targets: readonly number[];
    highest: number;
    lowest: number;
    clauses: Clauses;
    limit: number;
  }): HistoryAnswer {
    const { source, state, inTime, within, where, named, targets, highest, lowest, clauses, limit } = search;
    const step = db
      .prepare<[Named], Seen>(
        `SELECT id, target, ${state}, ${where} FROM event INDEXED BY ${source}
         WHERE target = @target AND id < @before AND id >= @lowest AND ${inTime}
         AND ${within} ORDER BY id DESC LIMIT @rows`,
      )
      .raw();
    const found: number[] = [];
    const end = performance.now() + WALK_MS;
    const size = Math.max(FEWEST_ROWS, Math.ceil((2 * limit) / Math.max(1, targets.length)));
    /** Each target is read as far down as the page reaches, and no further. One more than asked for tells whether there is another. */
    let open = targets.map((target) => ({ target, before: highest }));
    let reach = 0;
    while (open.length > 0 && performance.now() <= end) {
      for (const one of open) {
        const seen = step.all({ ...named, target: one.target, before: one.before, lowest, rows: size });
        for (const [id, ref, toState, fits] of seen) if (fits === 1 && clauses.take(ref, toState)) found.push(id);
        one.before = seen.length < size ? 0 : (seen.at(-1)?.[0] ?? 0);
      }
      found.sort((a, b) => b - a);
      reach = found[limit] ?? 0;
      open = open.filter(({ before }) => before > reach);
    }
    // Below the highest place where reading stopped for want of time, something may be missing.
    const unread = Math.max(0, ...open.map(({ before }) => before));
    const page = found.filter((id) => id >= unread).slice(0, limit);
    if (unread > 0) return read(page, page.length === limit ? (page.at(-1) ?? null) : unread);
    return read(page, found.length > limit ? (page.at(-1) ?? null) : null);
  }

  /** A statement reads a bounded number of rows: of the table a block, of an index of rare events so many. */
  function walk(search: {
    source: string | null;
    state: string;
    inTime: string;
    within: string;
    where: string;
    named: Named;
    /** Lowest id and the one after the highest, newest first. */
    ranges: readonly (readonly [number, number])[];
    clauses: Clauses;
    limit: number;
  }): HistoryAnswer {
    const { source, state, inTime, within, where, named, ranges, clauses, limit } = search;
    const { states, processes } = clauses;
    const fits = [
      inTime,
      where,
      ...(states === null ? [] : [`to_state IN (${[...states].join(", ")})`]),
      // What is not of these names need not be looked at one by one.
      ...(processes === null
        ? []
        : [
            "target IN (SELECT ref FROM target WHERE (grp, name) IN (SELECT value ->> 0, value ->> 1 FROM json_each(@processes)))",
          ]),
    ].join(" AND ");
    const asked = { ...named, processes: JSON.stringify(processes?.map(({ group, name }) => [group, name]) ?? []) };
    const step = db
      .prepare<[Named], Seen>(
        source === null
          ? `SELECT id, target, ${state}, 1 FROM event NOT INDEXED
             WHERE id < @before AND id >= @floor AND ${fits} ORDER BY id DESC LIMIT ${WALK_ROWS}`
          : `SELECT id, target, ${state}, ${fits} FROM event INDEXED BY ${source}
             WHERE id < @before AND id >= @floor AND ${within} ORDER BY id DESC LIMIT ${WALK_ROWS}`,
      )
      .raw();
    const ids: number[] = [];
    const end = performance.now() + WALK_MS;
    for (const [floor, top] of ranges) {
      for (let before = top; before > floor; ) {
        const seen = step.all({ ...asked, before, floor });
        for (const [id, target, toState, fit] of seen) {
          if (fit !== 1 || !clauses.take(target, toState)) continue;
          if (ids.length === limit) return read(ids, ids.at(-1) ?? null);
          ids.push(id);
        }
        before = seen.length < WALK_ROWS ? floor : (seen.at(-1)?.[0] ?? floor);
        if (performance.now() > end) return read(ids, before);
      }
    }
    return read(ids, null);
  }

  function momentBefore(id: number): Moment | null {
    const found: MomentRow[] = [];
    for (const row of below.iterate(id)) {
      if (row.committed_ms !== (found[0]?.committed_ms ?? row.committed_ms)) break;
      found.push(row);
    }
    const [newest] = found;
    if (newest === undefined) return null;
    return { atMs: newest.committed_ms, events: found.reverse().map((row) => ({ id: row.id, ...targetOf(row) })) };
  }

  /** Ids rise with the time of commit, so halving finds the place without an index on it. */
  function firstIdSince(atMs: number): number | null {
    const { oldestId, newestId } = extent.get() ?? { oldestId: null, newestId: null };
    if (oldestId === null || newestId === null) return null;
    let low = oldestId;
    let high = newestId + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = committedAt.get(middle);
      if (row === undefined || row.committed_ms >= atMs) high = middle;
      else low = row.id + 1;
    }
    return low > newestId ? null : low;
  }

  return {
    history,
    firstIdSince,
    momentBefore,
    extent: (): HistoryExtent => extent.get() ?? { oldestId: null, newestId: null },
  };
}

const startOf = (block = 0) => block * BLOCK_IDS;
const endOf = (block = 0) => (block + 1) * BLOCK_IDS;

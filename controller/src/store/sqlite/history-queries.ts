// Reads of history: newest first, page by page by id, on a connection of the main thread and therefore in bounded time.
import { PROCESS_STATES } from "@fleetvisor/proto/vocabulary/states";
import type { Database } from "better-sqlite3";
import type { HistoryExtent } from "../../core/retention.js";
import type { HistoryAnswer, HistoryClause, HistoryRequest, Moment, TargetName } from "../store.js";
import { type EventRow, eventOfRow } from "./event-rows.js";

/** Up to so many targets, each is asked by its index; for more, events are walked from the newest. */
const INDEXED_TARGETS = 512;
/** Ids walked by one statement, and the time after which a page is handed out as it is. */
const WALK_IDS = 20_000;
const WALK_MS = 25;

/** A clause with its targets looked up: null for every target, states as numbers. */
interface Resolved {
  readonly refs: readonly number[] | null;
  readonly states: readonly number[] | null;
}

export function historyQueries(db: Database) {
  const targets = new Targets(db);
  const extent = db.prepare<[], { oldestId: number | null; newestId: number | null }>(
    "SELECT (SELECT min(id) FROM event) AS oldestId, (SELECT max(id) FROM event) AS newestId",
  );
  const committedAt = db.prepare<[number], { id: number; committed_ms: number }>(
    "SELECT id, committed_ms FROM event WHERE id >= ? ORDER BY id LIMIT 1",
  );
  const below = db.prepare<[number], MomentRow>(
    `SELECT event.id, committed_ms, target.instance, target.grp, target.name FROM event
     JOIN target ON target.ref = event.target WHERE event.id < ? ORDER BY event.id DESC`,
  );
  const rows = db.prepare<[string], EventRow>(
    `SELECT event.*, target.instance, target.grp, target.name FROM event JOIN target ON target.ref = event.target
     WHERE event.id IN (SELECT value FROM json_each(?)) ORDER BY event.id DESC`,
  );
  const ofTarget = db
    .prepare<
      [{ target: number; before: number; since: number; until: number; states: string | null; limit: number }],
      number
    >(
      `SELECT id FROM event WHERE target = @target AND id < @before AND at_ms BETWEEN @since AND @until
         AND (@states IS NULL OR to_state IN (SELECT value FROM json_each(@states)))
       ORDER BY id DESC LIMIT @limit`,
    )
    .pluck();

  function read(ids: readonly number[], nextBeforeId: number | null): HistoryAnswer {
    return { events: rows.all(JSON.stringify(ids)).map(eventOfRow), nextBeforeId };
  }

  function history(request: HistoryRequest): HistoryAnswer {
    const { oldestId, newestId } = extent.get() ?? { oldestId: null, newestId: null };
    if (oldestId === null || newestId === null) return { events: [], nextBeforeId: null };
    const before = request.beforeId ?? newestId + 1;
    const since = request.sinceMs ?? Number.MIN_SAFE_INTEGER;
    const until = request.untilMs ?? Number.MAX_SAFE_INTEGER;
    const clauses = request.clauses === null ? null : resolve(request.clauses, targets);
    const count = clauses?.reduce((sum, clause) => sum + (clause.refs?.length ?? Number.POSITIVE_INFINITY), 0);
    if (clauses === null || count === undefined || count > INDEXED_TARGETS) {
      return walk({ clauses, before, since, until, oldestId, limit: request.limit });
    }
    // One more than asked for tells whether there is another page.
    const ids = new Set<number>();
    for (const { refs, states } of clauses) {
      const wanted = states === null ? null : JSON.stringify(states);
      for (const target of refs ?? []) {
        for (const id of ofTarget.all({ target, before, since, until, states: wanted, limit: request.limit + 1 })) {
          ids.add(id);
        }
      }
    }
    const newest = [...ids].sort((a, b) => b - a);
    const page = newest.slice(0, request.limit);
    return read(page, newest.length > request.limit ? (page.at(-1) ?? null) : null);
  }

  function walk(search: {
    clauses: readonly Resolved[] | null;
    before: number;
    since: number;
    until: number;
    oldestId: number;
    limit: number;
  }): HistoryAnswer {
    const { clauses, since, until, oldestId, limit } = search;
    const where = (clauses ?? []).map(
      (_, index) =>
        `((@refs${index} IS NULL OR +target IN (SELECT value FROM json_each(@refs${index})))
          AND (@states${index} IS NULL OR to_state IN (SELECT value FROM json_each(@states${index}))))`,
    );
    const step = db
      .prepare<[Record<string, number | string | null>], number>(
        `SELECT id FROM event WHERE id < @before AND id >= @floor AND at_ms BETWEEN @since AND @until
         ${where.length === 0 ? "" : `AND (${where.join(" OR ")})`} ORDER BY id DESC LIMIT @limit`,
      )
      .pluck();
    const named: Record<string, number | string | null> = { since, until };
    clauses?.forEach(({ refs, states }, index) => {
      named[`refs${index}`] = refs === null ? null : JSON.stringify(refs);
      named[`states${index}`] = states === null ? null : JSON.stringify(states);
    });
    const ids: number[] = [];
    const end = performance.now() + WALK_MS;
    let before = search.before;
    while (before > oldestId && ids.length < limit) {
      const floor = Math.max(oldestId, before - WALK_IDS);
      const found = step.all({ ...named, before, floor, limit: limit - ids.length });
      ids.push(...found);
      before = ids.length >= limit ? (ids.at(-1) ?? floor) : floor;
      if (performance.now() > end) break;
    }
    return read(ids, before > oldestId ? before : null);
  }

  function momentBefore(id: number): Moment | null {
    const found: MomentRow[] = [];
    for (const row of below.iterate(id)) {
      if (row.committed_ms !== (found[0]?.committed_ms ?? row.committed_ms)) break;
      found.push(row);
    }
    const [newest] = found;
    if (newest === undefined) return null;
    return { atMs: newest.committed_ms, events: found.reverse().map((row) => ({ id: row.id, ...targetOfRow(row) })) };
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

function resolve(clauses: readonly HistoryClause[], targets: Targets): Resolved[] {
  return clauses.map((clause) => ({
    refs: clause.exact === null ? targets.matching((target) => clause.covers(target)) : targets.named(clause.exact),
    states: clause.states === null ? null : [...clause.states].map((state) => PROCESS_STATES[state]),
  }));
}

interface MomentRow {
  readonly id: number;
  readonly committed_ms: number;
  readonly instance: string;
  readonly grp: string;
  readonly name: string;
}

function targetOfRow({ instance, grp, name }: { instance: string; grp: string; name: string }): TargetName {
  return grp === "" ? { instance, group: null, name: null } : { instance, group: grp, name };
}

/** The targets events are about, remembered, since patterns are matched here and not by the database. */
class Targets {
  readonly #known: { readonly ref: number; readonly target: TargetName }[] = [];
  readonly #newer;
  readonly #byName;
  #highest = 0;

  constructor(db: Database) {
    this.#newer = db.prepare<[number], { ref: number; instance: string; grp: string; name: string }>(
      "SELECT ref, instance, grp, name FROM target WHERE ref > ? ORDER BY ref",
    );
    this.#byName = db
      .prepare<[string, string, string], number>("SELECT ref FROM target WHERE instance = ? AND grp = ? AND name = ?")
      .pluck();
  }

  named(names: readonly TargetName[]): number[] {
    return names.flatMap(({ instance, group, name }) => this.#byName.get(instance, group ?? "", name ?? "") ?? []);
  }

  matching(matches: (target: TargetName) => boolean): number[] {
    for (const row of this.#newer.all(this.#highest)) {
      this.#known.push({ ref: row.ref, target: targetOfRow(row) });
      this.#highest = row.ref;
    }
    return this.#known.filter(({ target }) => matches(target)).map(({ ref }) => ref);
  }
}

// Lists of processes page by page while the fleet goes on changing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PROCESS_STATE_NAMES, type ProcessState } from "@fleetvisor/proto/vocabulary/states";
import fc from "fast-check";
import { emptyFleet, type Fleet, reduce } from "./fleet.js";
import { type FiguresOf, type Located, type PageRequest, pageSteps, type SortKey } from "./listing.js";
import { aProcess, SUPERVISOR } from "./rows.fixture.js";
import { type Selection, select } from "./selection.js";
import { atOnce } from "./steps.js";

interface Row {
  readonly instance: string;
  readonly name: string;
  readonly state: ProcessState;
  readonly sinceMs: number;
}

function fleetOf(rows: readonly Row[]): Fleet {
  let fleet = emptyFleet();
  for (const name of new Set(rows.map(({ instance }) => instance))) {
    const identity = { name, id: name, labels: {}, hostName: "", version: "" };
    fleet = reduce(fleet, { type: "hello", identity, bootId: "b" }).next;
    const processes = rows
      .filter((row) => row.instance === name)
      .map((row) => aProcess({ name: row.name, state: row.state, sinceMs: row.sinceMs }));
    fleet = reduce(fleet, {
      type: "snapshot",
      instance: name,
      snapshot: { seq: 1, supervisor: SUPERVISOR, processes },
    }).next;
  }
  return fleet;
}

const row = (instance: string, name: string, state: ProcessState = "RUNNING", sinceMs = 1): Row => ({
  instance,
  name,
  state,
  sinceMs,
});
const ALL = select(undefined);
const shown = (rows: readonly Located[]) => rows.map(({ instance, process }) => `${instance.name}/${process.name}`);

const pageOf = (fleet: Fleet, selection: Selection, request: PageRequest) =>
  atOnce(pageSteps(fleet, selection, request));

const ORDERS: readonly SortKey[] = ["target", "state", "since", "cpu", "memory"];

function list(fleet: Fleet, sort: SortKey, limit = 1000): string[] {
  return shown(pageOf(fleet, ALL, { sort, limit, cursor: null, figuresOf: madeUp }).rows);
}

/** Use that stays what it is: of the letter `c` nothing is known. */
const madeUp: FiguresOf = (instance) => (key) => {
  const letter = key.charCodeAt(key.indexOf(":") + 1);
  if (letter === "c".charCodeAt(0)) return null;
  return { cpuPercent: letter === "a".charCodeAt(0) ? null : letter % 3, memoryBytes: instance.length * 0.1 };
};

test("targets are listed as people count: web2 before web10", () => {
  const fleet = fleetOf([row("web10", "a"), row("web2", "p10"), row("web2", "p9")]);
  assert.deepEqual(list(fleet, "target"), ["web2/p9", "web2/p10", "web10/a"]);
});

test("by state the worst comes first, by time the newest", () => {
  const fleet = fleetOf([
    row("web1", "fine", "RUNNING", 5),
    row("web1", "dead", "FATAL", 1),
    row("web1", "off", "STOPPED", 9),
    row("web1", "trying", "BACKOFF", 3),
  ]);
  assert.deepEqual(list(fleet, "state"), ["web1/dead", "web1/trying", "web1/fine", "web1/off"]);
  assert.deepEqual(list(fleet, "since"), ["web1/off", "web1/fine", "web1/trying", "web1/dead"]);
});

test("by use the most comes first over all instances, what is not known last, and equals by target", () => {
  const fleet = fleetOf([row("web2", "a"), row("web2", "b"), row("web10", "b"), row("web1", "c"), row("web1", "d")]);
  const use = { "web2/g:a": 5, "web2/g:b": 50.5, "web10/g:b": 50.25, "web1/g:d": 0 } as Record<string, number>;
  const figuresOf: FiguresOf = (instance) => (key) => {
    const cpuPercent = use[`${instance}/${key}`];
    return cpuPercent === undefined ? null : { cpuPercent, memoryBytes: instance === "web1" ? 1 : null };
  };
  const by = (sort: SortKey) => shown(pageOf(fleet, ALL, { sort, limit: 9, cursor: null, figuresOf }).rows);
  assert.deepEqual(by("cpu"), ["web2/b", "web10/b", "web2/a", "web1/d", "web1/c"]);
  assert.deepEqual(by("memory"), ["web1/d", "web1/c", "web2/a", "web2/b", "web10/b"]);
});

test("a cursor of another order, or no cursor at all, is refused in words", () => {
  const fleet = fleetOf([row("web1", "a"), row("web1", "b")]);
  const { nextCursor } = pageOf(fleet, ALL, { sort: "target", limit: 1, cursor: null });
  const empty = Buffer.from('["target",0,1]').toString("base64url");
  for (const cursor of [nextCursor, "", "rubbish", "e30", empty]) {
    assert.throws(() => pageOf(fleet, ALL, { sort: "state", limit: 1, cursor }), {
      kind: "invalid-argument",
      message: "the cursor is not one of this list",
    });
  }
});

const anyRow = fc.record({
  instance: fc.constantFrom("web1", "web2", "web10", "db"),
  name: fc.constantFrom("a", "b", "c", "a1", "a01", "A", "é"),
  state: fc.constantFrom(...PROCESS_STATE_NAMES),
  sinceMs: fc.nat(3),
});
const rowsOf = (rows: readonly Row[]) => [...new Map(rows.map((one) => [`${one.instance}/${one.name}`, one])).values()];
const anyRows = fc.array(anyRow, { maxLength: 24 }).map(rowsOf);

test("a walk over pages meets each row that stays exactly once, though others come and go between the pages", () => {
  const story = fc.record({
    stay: anyRows,
    others: fc.array(anyRows, { minLength: 1, maxLength: 6 }),
    sort: fc.constantFrom<SortKey[]>(...ORDERS),
    limit: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(story, ({ stay, others, sort, limit }) => {
      const names = new Set(stay.map((one) => `${one.instance}/${one.name}`));
      const met: string[] = [];
      let cursor: string | null = null;
      for (let pages = 0; pages === 0 || cursor !== null; pages++) {
        assert.ok(pages < 100, "the walk ends");
        const passing = (others[pages % others.length] ?? []).filter(
          (one) => !names.has(`${one.instance}/${one.name}`),
        );
        const page = pageOf(fleetOf([...stay, ...passing]), ALL, { sort, limit, cursor, figuresOf: madeUp });
        assert.equal(page.total, stay.length + passing.length);
        assert.ok(page.rows.length <= limit);
        met.push(...shown(page.rows).filter((name) => names.has(name)));
        cursor = page.nextCursor;
      }
      assert.deepEqual([...met].sort(), [...names].sort());
    }),
    { numRuns: 200 },
  );
});

test("pages put together are the whole list, whatever their size", () => {
  fc.assert(
    fc.property(anyRows, fc.constantFrom<SortKey[]>(...ORDERS), fc.integer({ min: 1, max: 9 }), (rows, sort, limit) => {
      const fleet = fleetOf(rows);
      const met: string[] = [];
      let cursor: string | null = null;
      do {
        const page = pageOf(fleet, ALL, { sort, limit, cursor, figuresOf: madeUp });
        met.push(...shown(page.rows));
        cursor = page.nextCursor;
      } while (cursor !== null);
      assert.deepEqual(met, list(fleet, sort));
    }),
  );
});

test("a page at an offset is what the whole list has there, and none beyond its end", () => {
  const place = fc.record({ offset: fc.nat(30), limit: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(anyRows, fc.constantFrom<SortKey[]>(...ORDERS), place, (rows, sort, { offset, limit }) => {
      const fleet = fleetOf(rows);
      const page = pageOf(fleet, ALL, { sort, limit, cursor: null, offset, figuresOf: madeUp });
      assert.deepEqual(shown(page.rows), list(fleet, sort).slice(offset, offset + limit));
      assert.equal(page.total, rows.length);
      assert.equal(page.nextCursor === null, offset + limit >= rows.length);
    }),
  );
});

test("a page that begins at a cursor begins at no offset", () => {
  const fleet = fleetOf([row("web1", "a"), row("web1", "b")]);
  const { nextCursor: cursor } = pageOf(fleet, ALL, { sort: "target", limit: 1, cursor: null });
  assert.throws(() => pageOf(fleet, ALL, { sort: "target", limit: 1, cursor, offset: 1 }), {
    kind: "invalid-argument",
    message: "a page begins at a cursor or at an offset, not at both",
  });
});

test("a page of a large fleet comes in steps, and what leaves between two of them does no harm", () => {
  for (const sort of ORDERS) {
    let fleet = fleetOf([]);
    for (let i = 0; i < 30; i++) {
      const identity = { name: `web${i}`, id: `web${i}`, labels: {}, hostName: "", version: "" };
      const processes = Array.from({ length: 1_000 }, (_, at) =>
        aProcess({ name: `p${at}`, sinceMs: (at * 7_919) % 1_009, state: at % 50 === 0 ? "FATAL" : "RUNNING" }),
      );
      const snapshot = { seq: 1, supervisor: SUPERVISOR, processes };
      fleet = reduce(fleet, { type: "hello", identity, bootId: "b" }).next;
      fleet = reduce(fleet, { type: "snapshot", instance: identity.name, snapshot }).next;
    }
    const request = { sort, limit: 100, cursor: null, offset: 15_000, figuresOf: madeUp };
    const whole = shown(pageOf(fleet, ALL, request).rows);
    assert.equal(new Set(whole).size, 100, sort);
    const steps = pageSteps(fleet, ALL, request);
    let taken = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      taken += 1;
      const gone = `web${taken}`;
      fleet = reduce(fleet, { type: "removed", instance: gone }).next;
    }
    assert.ok(taken >= (sort === "target" ? 0 : 3), `${sort}: ${taken}`);
    const rows = shown(step.value.rows);
    assert.equal(new Set(rows).size, 100, sort);
  }
});

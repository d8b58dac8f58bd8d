import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent, Instance, Process, ProcessList } from "@fleetvisor/proto/api/v1";
import { type Batch, patchInstances, patchProcessPages, prependHistory } from "./live-patch.js";

const row = (target: string, state: Process["state"] = "RUNNING") =>
  ({ target, instance: target.split("/")[0], state, liveness: "live" }) as Process;
const page = (...items: Process[]): ProcessList => ({ items, total: items.length, nextCursor: null });
const batch = (fields: Partial<Batch>): Batch => ({
  processes: new Map(),
  instances: new Map(),
  operations: new Map(),
  progress: new Map(),
  history: [],
  ...fields,
});

test("a changed row is replaced where it stands", () => {
  const pages = [page(row("a/x:1"), row("a/x:2")), page(row("a/x:3"))];
  const patched = patchProcessPages(pages, batch({ processes: new Map([["a/x:2", row("a/x:2", "FATAL")]]) }));
  assert.deepEqual(
    patched.pages[0]?.items.map((item) => item.state),
    ["RUNNING", "FATAL"],
  );
  assert.equal(patched.pages[1], pages[1]);
  assert.equal(patched.strangers, false);
});

test("a removed row goes and the total with it; an unknown row is reported as a stranger", () => {
  const changes = new Map([
    ["a/x:1", null],
    ["a/x:9", row("a/x:9")],
  ]);
  const patched = patchProcessPages([page(row("a/x:1"), row("a/x:2"))], batch({ processes: changes }));
  assert.deepEqual([patched.pages[0]?.items.length, patched.pages[0]?.total], [1, 1]);
  assert.equal(patched.strangers, true);
  assert.equal(patched.gone, true);
});

test("a row that is gone from one page is missing in the count of each", () => {
  const pages = [
    { ...page(row("a/x:1")), total: 2 },
    { ...page(row("a/x:2")), total: 2 },
  ];
  const patched = patchProcessPages(pages, batch({ processes: new Map([["a/x:1", null]]) }));
  assert.deepEqual(
    patched.pages.map(({ items, total }) => [items.length, total]),
    [
      [0, 1],
      [1, 1],
    ],
  );
});

test("pages that nothing touches stay the same value", () => {
  const pages = [page(row("a/x:1"))];
  assert.equal(patchProcessPages(pages, batch({})).pages, pages);
});

test("rows of an instance that becomes lost are marked without a change of their own", () => {
  const lost = { name: "a", liveness: "lost" } as Instance;
  const patched = patchProcessPages([page(row("a/x:1"), row("b/x:1"))], batch({ instances: new Map([["a", lost]]) }));
  assert.deepEqual(
    patched.pages[0]?.items.map((item) => item.liveness),
    ["lost", "live"],
  );
});

test("instances are replaced, removed and added", () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => ({ name, pid: 1 }) as Instance);
  assert.ok(a && b && c);
  const changes = new Map<string, Instance | null>([
    ["a", { ...a, pid: 2 }],
    ["b", null],
    ["c", c],
  ]);
  const list = patchInstances({ items: [a, b] }, batch({ instances: changes }));
  assert.deepEqual(
    list.items.map((item) => [item.name, item.pid]),
    [
      ["a", 2],
      ["c", 1],
    ],
  );
});

test("new history comes first, in order, only once and only where it belongs", () => {
  const event = (id: number, name: string) => ({ id, instance: "a", group: "g", name }) as HistoryEvent;
  const pages = [{ items: [event(3, "x")], nextCursor: "n" }];
  const next = prependHistory(pages, [event(4, "x"), event(5, "y"), event(6, "x"), event(6, "x"), event(3, "x")], {
    instance: "a",
    group: "g",
    name: "x",
  });
  assert.deepEqual(
    next[0]?.items.map((item) => item.id),
    [6, 4, 3],
  );
  assert.equal(prependHistory(pages, [event(9, "y")], { instance: null, group: null, name: "x" }), pages);
});

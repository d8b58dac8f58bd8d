import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instance } from "@fleetvisor/proto/api/v1";
import { instanceTest, parseInstanceFilter } from "./instance-filter.js";
import { buildStrip, type CellPlace, cellLabel, moveTo, sameCell } from "./strip.js";

const instance = (name: string, labels: Record<string, string>, part: Partial<Instance> = {}) =>
  ({
    ...{ name, hostName: name, labels, liveness: "live", counts: { RUNNING: 2 }, lastHeardAtMs: 0 },
    ...part,
  }) as Instance;

const FLEET = [
  instance("web-10", { role: "web" }),
  instance("web-9", { role: "web" }, { counts: { RUNNING: 3, FATAL: 1, EXITED: 1 } }),
  instance("db-1", { role: "db" }, { liveness: "lost", counts: { FATAL: 1 } }),
  instance("db-2", { role: "db" }, { liveness: "late" }),
  instance("bare", {}, { counts: {} }),
];

const rowsBehind = (href: string) =>
  FLEET.filter(instanceTest(parseInstanceFilter(new URL(href, "http://x").searchParams))).map(({ name }) => name);

test("each instance is one cell that shows its worst, in the order of the names", () => {
  const { groups, room } = buildStrip(FLEET, null);
  assert.deepEqual(
    groups.map(({ cells }) => cells.map(({ name, worst }) => `${name} ${worst}`)),
    [["bare none", "db-1 lost", "db-2 late", "web-9 FATAL", "web-10 RUNNING"]],
  );
  const roomOf = (count: number) =>
    buildStrip(
      Array.from({ length: count }, (_, n) => instance(`h${n}`, {})),
      null,
    ).room;
  assert.deepEqual(
    [room, ...[48, 49, 250, 251, 1_000].map(roomOf)],
    ["name", "name", "wide", "wide", "narrow", "narrow"],
  );
});

test("a cell keeps its place whatever becomes of its instance", () => {
  const names = (fleet: readonly Instance[]) => buildStrip(fleet, null).groups[0]?.cells.map(({ name }) => name);
  const worse = FLEET.map((each) => ({ ...each, counts: { FATAL: 9 }, liveness: "late" as const })).reverse();
  assert.deepEqual(names(worse), names(FLEET));
});

test("groups are the values of the label, those without it last, and every number leads to exactly its rows", () => {
  const { groups, legend } = buildStrip(FLEET, "role");
  assert.deepEqual(
    groups.map(({ value, count, wrong }) => [value, count, wrong?.count]),
    [
      ["db", 2, 2],
      ["web", 2, 1],
      [null, 1, undefined],
    ],
  );
  for (const { href, cells, wrong, count } of groups) {
    assert.deepEqual(new Set(rowsBehind(href)), new Set(cells.map(({ name }) => name)));
    assert.equal(rowsBehind(href).length, count);
    if (wrong !== null) assert.equal(rowsBehind(wrong.href).length, wrong.count);
  }
  assert.deepEqual(
    legend.map(({ worst, count }) => [worst, count]),
    [
      ["lost", 1],
      ["late", 1],
      ["FATAL", 1],
      ["RUNNING", 1],
      ["none", 1],
    ],
  );
  for (const { href, count } of legend) assert.equal(rowsBehind(href).length, count);
});

test("a label that tells every instance apart is not offered, unless it is the chosen one", () => {
  const fleet = Array.from({ length: 100 }, (_, n) => instance(`h${n}`, { serial: `${n}`, dc: n < 50 ? "a" : "b" }));
  assert.deepEqual(buildStrip(fleet, null).keys, ["dc"]);
  assert.deepEqual(buildStrip(fleet, "serial").keys, ["dc", "serial"]);
  assert.deepEqual(
    buildStrip(fleet, "nowhere").groups.map(({ value, count }) => [value, count]),
    [[null, 100]],
  );
});

test("a cell reads as name, liveness where it is not live, and counts", () => {
  const [cells] = buildStrip(FLEET, null).groups.map((group) => group.cells);
  assert.deepEqual(cells?.map(cellLabel), [
    "bare: no programs",
    "db-1: Lost, last known 1 Fatal",
    "db-2: Late, last known 2 Running",
    "web-9: 1 Fatal, 1 Exited, 3 Running",
    "web-10: 2 Running",
  ]);
});

test("a cell is drawn anew only when something of it changed", () => {
  const cell = (part: Partial<Instance>) => buildStrip([instance("a", {}, part)], null).groups[0]?.cells[0];
  const [one, same, other] = [cell({}), cell({ lastHeardAtMs: 5 }), cell({ counts: { RUNNING: 3 } })];
  assert.ok(one !== undefined && same !== undefined && other !== undefined);
  assert.deepEqual([sameCell(one, same), sameCell(one, other)], [true, false]);
});

test("arrows go sideways in order, and up and down to the nearest cell of the next row", () => {
  const rows = [3, 2, 4];
  const places: CellPlace[] = rows.flatMap((many, row) =>
    Array.from({ length: many }, (_, column) => ({ left: column * 20, top: row * 20 })),
  );
  assert.equal(moveTo(places, 2, "right"), 3);
  assert.equal(moveTo(places, 0, "left"), 0);
  assert.equal(moveTo(places, 2, "down"), 4);
  assert.equal(moveTo(places, 4, "down"), 6);
  assert.equal(moveTo(places, 8, "up"), 4);
  assert.equal(moveTo(places, 1, "up"), 1);
  assert.equal(moveTo(places, 8, "down"), 8);
  assert.deepEqual([moveTo(places, 3, "first"), moveTo(places, 3, "last")], [0, 8]);
});

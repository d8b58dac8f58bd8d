import assert from "node:assert/strict";
import { test } from "node:test";
import type { FleetSummary, Process } from "@fleetvisor/proto/api/v1";
import { chooseColors } from "../render/colors.js";
import { type Key, newTop, pressed, rowsWanted, type TopState, within } from "./top-state.js";
import { buildTop, NO_DATA, type TopData } from "./top-view.js";

const COLORS = chooseColors({}, false);

const worker = {
  target: "web-1/api:worker",
  instance: "web-1",
  state: "RUNNING",
  liveness: "live",
  sinceMs: 0,
  pid: 42,
  startedAtMs: 0,
  description: "pid 42",
  cpuPercent: 12.345,
  memoryBytes: 3 * 1024 * 1024,
} as unknown as Process;

const summary: FleetSummary = {
  atMs: 0,
  instances: { total: 3, live: 1, late: 1, lost: 1 },
  processes: 5,
  counts: { RUNNING: 4, FATAL: 1 },
  verdict: "failing",
  trouble: [],
  troubleTotal: 0,
};

const data: TopData = { ...NO_DATA, summary, processes: [worker], total: 1, nowMs: 65_000 };

const after = (state: TopState | null, ...keys: readonly Key[]) =>
  keys.reduce<TopState | null>((now, key) => now && pressed(now, key, 10, 25), state);

const type = (text: string): Key[] => [...text].map((character) => ({ name: character, text: character }));

test("keys sort, scroll within what there is, and leave", () => {
  const start = newTop("", "state");
  assert.equal(after(start, ...type("c"))?.sort, "cpu");
  assert.equal(after(start, { name: "end" })?.offset, 15);
  assert.equal(after(start, { name: "end" }, { name: "pagedown" }, { name: "down" })?.offset, 15);
  assert.equal(after(start, { name: "pagedown" }, { name: "up" })?.offset, 9);
  assert.equal(after(start, { name: "pageup" })?.offset, 0);
  assert.equal(after(start, { name: "end" }, ...type("m"))?.offset, 0, "another order begins at its top");
  assert.equal(after(start, ...type("q")), null);
  assert.equal(after(start, { name: "c", ctrl: true, text: "\u0003" }), null);
});

test("a filter is typed, with letters that are keys elsewhere, and taken or left", () => {
  const typing = after(newTop("all", "state"), ...type("/"));
  assert.equal(typing?.typed, "all");
  const typed = after(typing, { name: "u", ctrl: true, text: "\u0015" }, ...type("sq/q"), { name: "backspace" });
  assert.equal(typed?.typed, "sq/");
  assert.deepEqual([after(typed, { name: "return" })?.filter, after(typed, { name: "return" })?.typed], ["sq/", null]);
  assert.deepEqual([after(typed, { name: "escape" })?.filter, after(typed, { name: "escape" })?.typed], ["all", null]);
  assert.equal(after(typed, { name: "escape" }, { name: "escape" })?.filter, "");
  assert.equal(after(typed, { name: "c", ctrl: true }), null, "Ctrl-C leaves from everywhere");
});

test("the picture fits the screen exactly, whatever there is to show", () => {
  for (const rows of [6, 10, 24]) {
    for (const what of [data, NO_DATA, { ...data, trouble: "the connection broke ".repeat(20) }]) {
      for (const state of [newTop("", "cpu"), { ...newTop("x", "state"), isHelp: true }]) {
        const lines = buildTop(what, state, { columns: 70, rows, colors: COLORS });
        assert.equal(lines.length, rows);
        assert.ok(lines.slice(0, 3).every((line) => line.length <= 70));
      }
    }
  }
  const [head, what, , titles, row] = buildTop(data, newTop("", "cpu"), { columns: 100, rows: 10, colors: COLORS });
  assert.match(head ?? "", /3 instances \(1 late, 1 lost\), 5 processes: 4 RUNNING, 1 FATAL$/);
  assert.equal(what, "everything: 1, sorted by cpu");
  assert.match(titles ?? "", /^TARGET +STATE +CPU +MEMORY +FOR +DESCRIPTION$/);
  assert.match(row ?? "", /^web-1\/api:worker +RUNNING +12\.3% +3\.0 MB +1m 05s +pid 42$/);
});

test("of a large fleet only what the screen shows is asked for, as far as one can scroll", () => {
  const start = newTop("", "cpu");
  assert.equal(rowsWanted(start, 40), 80);
  const end = pressed(start, { name: "end" }, 40, 200_000);
  assert.equal(end?.offset, 960);
  assert.equal(end === null ? 0 : rowsWanted(end, 40), 1_000);
  const large = { ...data, total: 200_000 };
  const what = (state: TopState) => buildTop(large, state, { columns: 100, rows: 45, colors: COLORS })[1];
  assert.equal(what(start), "everything: 1 to 40 of 200000, sorted by cpu");
  assert.equal(end && what(end), "everything: 961 to 1000 of 200000, sorted by cpu");
});

test("what was scrolled to and is no more is not left empty", () => {
  const state = { ...newTop("", "cpu"), offset: 900 };
  assert.equal(within(state, 10, 25).offset, 15);
  assert.equal(within(state, 10, 3).offset, 0);
  assert.equal(within(state, 10, 2_000), state);
});

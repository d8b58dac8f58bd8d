import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instance } from "@fleetvisor/proto/api/v1";
import { ANY_INSTANCE } from "./instance-filter.js";
import { arrivedSince, buildInstanceChips, buildInstancePage, buildInstanceRows, labelTags } from "./instances.js";

const instance = (name: string, part: Partial<Instance> = {}) =>
  ({ name, hostName: name, labels: {}, liveness: "live", counts: { RUNNING: 1 }, ...part }) as Instance;

const FLEET = [
  instance("web-10"),
  instance("web-9"),
  instance("one-fatal", { counts: { FATAL: 1 } }),
  instance("two-fatal", { counts: { FATAL: 2 } }),
  instance("late", { liveness: "late" }),
  instance("lost", { liveness: "lost", counts: { EXITED: 2, RUNNING: 1 } }),
];

test("rows are worst first: silence, then the worst states and most of them, then names as people read them", () => {
  assert.deepEqual(
    buildInstanceRows(FLEET, ANY_INSTANCE).map((row) => row.instance.name),
    ["lost", "late", "two-fatal", "one-fatal", "web-9", "web-10"],
  );
  const [lost] = buildInstanceRows(FLEET, ANY_INSTANCE);
  assert.deepEqual(
    lost?.counts.map(({ state, count, href }) => [state, count, href]),
    [
      ["EXITED", 2, "/processes?q=lost%2F*&state=EXITED"],
      ["RUNNING", 1, "/processes?q=lost%2F*&state=RUNNING"],
    ],
  );
});

test("chips count the whole fleet, and name silence among the worst only where a link chose it", () => {
  const { livenesses, worst } = buildInstanceChips(FLEET, ANY_INSTANCE);
  assert.deepEqual(
    livenesses.map(({ liveness, count }) => [liveness, count]),
    [
      ["lost", 1],
      ["late", 1],
      ["live", 4],
    ],
  );
  assert.deepEqual(
    worst.map(({ worst: kind, count, on }) => [kind, count, on]),
    [
      ["FATAL", 2, false],
      ["RUNNING", 2, false],
    ],
  );
  const chosen = buildInstanceChips(FLEET, { ...ANY_INSTANCE, worst: ["lost", "UNKNOWN"] }).worst;
  assert.deepEqual(
    chosen.filter(({ on }) => on).map(({ worst: kind, count }) => [kind, count]),
    [
      ["lost", 1],
      ["UNKNOWN", 0],
    ],
  );
});

test("a label leads to the instances that have exactly it", () => {
  assert.deepEqual(labelTags({ role: "web", dc: "a b" }), [
    { word: "dc=a b", href: "/instances?q=dc%3Da%5C+b" },
    { word: "role=web", href: "/instances?q=role%3Dweb" },
  ]);
});

test("the page of an instance offers the states that occur or are chosen, and knows when all of it is old", () => {
  const [lost] = buildInstanceRows(FLEET, ANY_INSTANCE);
  assert.ok(lost !== undefined);
  const view = buildInstancePage(lost.instance, ["FATAL"]);
  assert.equal(view.stale, true);
  assert.deepEqual(
    view.chips.map(({ state, on, count }) => [state, on, count]),
    [
      ["FATAL", true, 0],
      ["EXITED", false, 2],
      ["RUNNING", false, 1],
    ],
  );
});

test("what arrived is what was not known before, and nothing while nothing was known", () => {
  assert.deepEqual(arrivedSince(new Set(["late", "lost", "web-10"]), FLEET), ["one-fatal", "two-fatal", "web-9"]);
  assert.deepEqual(arrivedSince(null, FLEET), []);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instance } from "@fleetvisor/proto/api/v1";
import { ANY_INSTANCE, instanceFilterParams, instanceTest, labelTerm, parseInstanceFilter } from "./instance-filter.js";

const instance = (name: string, labels: Record<string, string> = {}, part: Partial<Instance> = {}) =>
  ({ name, hostName: `${name}.example`, labels, liveness: "live", counts: { RUNNING: 1 }, ...part }) as Instance;

const FLEET = [
  instance("web-1", { role: "web", dc: "ams" }),
  instance("web-2", { role: "webserver" }, { counts: { FATAL: 1, RUNNING: 2 } }),
  instance("db-1", { role: "db", note: "a b*" }, { liveness: "lost", counts: { FATAL: 1 } }),
  instance("bare", {}, { counts: {} }),
];

const found = (text: string, part = {}) =>
  FLEET.filter(instanceTest({ ...ANY_INSTANCE, text, ...part })).map(({ name }) => name);

test("a word is a piece of name, host or label in any case, and all words must hold", () => {
  assert.deepEqual(found("WEB"), ["web-1", "web-2"]);
  assert.deepEqual(found("web 2"), ["web-2"]);
  assert.deepEqual(found("ams"), ["web-1"]);
  assert.deepEqual(found("bare.exam"), ["bare"]);
  assert.deepEqual(found("  "), ["web-1", "web-2", "db-1", "bare"]);
});

test("a label term takes whole values, patterns, and with != those without the label too", () => {
  assert.deepEqual(found("role=web"), ["web-1"]);
  assert.deepEqual(found("role=web*"), ["web-1", "web-2"]);
  assert.deepEqual(found("role=[a-d]?"), ["db-1"]);
  assert.deepEqual(found("role=[!d]*"), ["web-1", "web-2"]);
  assert.deepEqual(found("role!=web"), ["web-2", "db-1", "bare"]);
  assert.deepEqual(found("role!=*"), ["bare"]);
  assert.deepEqual(found("role=[z-a]"), []);
});

test("the term of a label takes exactly its instances, whatever is in the value", () => {
  assert.equal(labelTerm("note", "a b*"), "note=a\\ b\\*");
  assert.deepEqual(found(labelTerm("note", "a b*")), ["db-1"]);
  assert.deepEqual(found(labelTerm("role", null)), ["bare"]);
});

test("what an instance counts as narrows, and silence comes before the states it left behind", () => {
  assert.deepEqual(found("", { worst: ["FATAL"] }), ["web-2"]);
  assert.deepEqual(found("", { worst: ["lost", "none"] }), ["db-1", "bare"]);
  assert.deepEqual(found("role=web", { livenesses: ["lost", "late"] }), []);
});

test("the filter survives its way through the URL, and nonsense is left out", () => {
  const filter = { text: "role=a\\ b", livenesses: ["late", "lost"], worst: ["lost", "FATAL"] } as const;
  const read = parseInstanceFilter(new URLSearchParams(instanceFilterParams(filter).toString()));
  assert.deepEqual(
    [read.text, new Set(read.livenesses), read.worst],
    [filter.text, new Set(filter.livenesses), filter.worst],
  );
  assert.deepEqual(parseInstanceFilter(new URLSearchParams("liveness=dead&worst=BAD")), ANY_INSTANCE);
});

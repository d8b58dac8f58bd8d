// The order in which processes of one instance are acted on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inOrderOf } from "./ordering.js";
import { aProcess } from "./rows.fixture.js";

const PROCESSES = [
  aProcess({ group: "b", name: "late", priority: 999 }),
  aProcess({ group: "a", name: "second", priority: 5, index: 1 }),
  aProcess({ group: "a", name: "first", priority: 5, index: 0 }),
  aProcess({ group: "z", name: "earliest", priority: 1 }),
];

test("a start goes by priority, group and place; a stop the other way round", () => {
  const names = (verb: "start" | "stop" | "restart") => inOrderOf(verb, PROCESSES).map(({ name }) => name);
  assert.deepEqual(names("start"), ["earliest", "first", "second", "late"]);
  assert.deepEqual(names("stop"), names("start").toReversed());
  assert.deepEqual(names("restart"), names("start"));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { needlesOf, sameAfter } from "./exit-place.js";

test("the last lines are looked for together, then fewer of them", () => {
  assert.deepEqual(needlesOf("a\nb\nc\nd\n"), ["a\nb\nc\nd\n", "b\nc\nd\n", "d\n"]);
  assert.deepEqual(needlesOf("boom"), ["boom"]);
  assert.deepEqual(needlesOf(" \n"), []);
  const long = needlesOf(`${"x".repeat(100)}\n`.repeat(20));
  assert.deepEqual(
    long.map(({ length }) => length),
    [808, 303, 101],
  );
});

test("lines that could not be read as text are not looked for", () => {
  assert.deepEqual(needlesOf("caf\ufffd\nplain\n"), ["plain\n"]);
  assert.deepEqual(needlesOf("all \ufffd"), []);
});

test("ends with the same last words are told apart by their order", () => {
  const end = (id: number, stderrTail: string) => ({ id, stderrTail, stdoutTail: null });
  const events = [end(5, "boom\n"), end(4, "else\n"), end(3, "boom\n"), end(2, "boom\n")];
  assert.deepEqual(
    events.map((event) => sameAfter(events, event, "stderr")),
    [0, 0, 1, 2],
  );
});

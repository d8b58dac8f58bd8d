// What is noted again, and when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Lately } from "./lately.js";

test("a thing is new once in its time, and each by itself", () => {
  const lately = new Lately(1_000, 10);
  assert.deepEqual(
    [0, 1, 999, 1_000, 1_001].map((nowMs) => lately.isNew("a", nowMs)),
    [true, false, false, true, false],
  );
  assert.equal(lately.isNew("b", 1_001), true);
});

test("more than it remembers push the oldest out", () => {
  const lately = new Lately(1_000, 2);
  for (const key of ["a", "b", "c"]) assert.equal(lately.isNew(key, 0), true);
  assert.equal(lately.isNew("c", 1), false);
  assert.equal(lately.isNew("a", 1), true);
});

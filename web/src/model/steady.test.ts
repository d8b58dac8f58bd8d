import assert from "node:assert/strict";
import { test } from "node:test";
import { keepOrder } from "./steady.js";

test("rows keep the places they had, new ones follow, gone ones leave", () => {
  const keep = (before: string[], rows: string[]) => keepOrder(before, rows, (row) => row);
  assert.deepEqual(keep(["a", "b", "c"], ["c", "new", "a", "b"]), ["a", "b", "c", "new"]);
  assert.deepEqual(keep(["a", "b", "c"], ["c", "a"]), ["a", "c"]);
  assert.deepEqual(keep([], ["b", "a"]), ["b", "a"]);
});

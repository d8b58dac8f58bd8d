// Tab as readline has it: the common start first, the list at the second press.
import assert from "node:assert/strict";
import test from "node:test";
import { complete, inColumns } from "./completion.js";

test("one word is put in whole, several as far as they agree, and the second Tab lists them", () => {
  assert.deepEqual(complete("stat", ["status "], false), { add: "us " });
  assert.deepEqual(complete("s", ["status ", "start ", "start "], false), { add: "ta" });
  assert.deepEqual(complete("sta", ["status ", "start "], false), { add: "" });
  assert.deepEqual(complete("sta", ["status ", "start "], true), { list: ["start ", "status "] });
  assert.deepEqual(complete("x", [], true), { add: "" });
});

test("a list is read downwards and keeps to the width", () => {
  assert.deepEqual(inColumns(["a", "bb", "c", "d", "e"], 80), ["a   bb  c   d   e"]);
  assert.deepEqual(inColumns(["a", "bb", "c", "d", "e"], 9), ["a   d", "bb  e", "c"]);
  assert.deepEqual(inColumns(["a", "bb"], 1), ["a", "bb"]);
});

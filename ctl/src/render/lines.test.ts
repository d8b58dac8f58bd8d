import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseColors } from "./colors.js";
import { LineSplitter, lastLines } from "./lines.js";
import { Prefixes } from "./prefix.js";

test("lines are whole whatever the pieces, and what has no end is told when asked for", () => {
  const splitter = new LineSplitter();
  assert.deepEqual(splitter.feed("one\ntw"), ["one"]);
  assert.deepEqual(splitter.feed("o\r\n\nthree"), ["two", ""]);
  assert.deepEqual([splitter.flush(), splitter.flush()], [["three"], []]);
  assert.equal(splitter.feed("x".repeat(100_000)).length, 1, "no line is waited for without end");
});

test("the last lines of a log are whole ones", () => {
  assert.deepEqual(lastLines("lf a line\none\ntwo\n", 5, false), ["one", "two"]);
  assert.deepEqual(lastLines("zero\none\ntwo", 2, true), ["one", "two"]);
  assert.deepEqual(lastLines("one\n", 0, true), []);
  assert.deepEqual(lastLines("", 3, true), []);
});

test("prefixes are lined up, and each target keeps its colour", () => {
  const plain = new Prefixes(chooseColors({}, false), null);
  plain.expect("web-10/api:api");
  assert.equal(plain.of("w/x:y"), "w/x:y          | ");
  assert.equal(plain.of("web-10/api:api"), "web-10/api:api | ");
  const coloured = new Prefixes(chooseColors({}, true), null);
  const [first, second] = [coloured.of("a"), coloured.of("b")];
  assert.equal(coloured.of("a"), first);
  assert.notEqual(second?.slice(0, 5), first?.slice(0, 5));
});

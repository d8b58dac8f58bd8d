import assert from "node:assert/strict";
import { test } from "node:test";
import { cutPieces, findHits } from "./highlight.js";

test("hits are found without regard to case and do not overlap", () => {
  assert.deepEqual(findHits("Error: no ERROR", "error"), [0, 10]);
  assert.deepEqual(findHits("aaaa", "aa"), [0, 2]);
  assert.deepEqual(findHits("anything", ""), []);
});

test("colours and hits cut the line where either changes", () => {
  const pieces = cutPieces("GET /api 500", [{ start: 0, end: 6, style: { fg: 2 } }], "/api");
  assert.deepEqual(pieces, [
    { text: "GET ", style: { fg: 2 }, hit: false },
    { text: "/a", style: { fg: 2 }, hit: true },
    { text: "pi", style: null, hit: true },
    { text: " 500", style: null, hit: false },
  ]);
});

test("a plain line is one piece and an empty line none", () => {
  assert.deepEqual(cutPieces("plain", [], ""), [{ text: "plain", style: null, hit: false }]);
  assert.deepEqual(cutPieces("", [], "x"), []);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { cutPieces } from "./highlight.js";

test("colours and hits cut the line where either changes", () => {
  const pieces = cutPieces("GET /api 500", [{ start: 0, end: 6, style: { fg: 2 } }], [{ start: 4, end: 8 }]);
  assert.deepEqual(pieces, [
    { text: "GET ", style: { fg: 2 }, hit: false },
    { text: "/a", style: { fg: 2 }, hit: true },
    { text: "pi", style: null, hit: true },
    { text: " 500", style: null, hit: false },
  ]);
});

test("a plain line is one piece and an empty line none; hits of a text that was longer are left out", () => {
  assert.deepEqual(cutPieces("plain", [], []), [{ text: "plain", style: null, hit: false }]);
  assert.deepEqual(cutPieces("", [], []), []);
  assert.deepEqual(cutPieces("cut", [], [{ start: 2, end: 9 }]), [{ text: "cut", style: null, hit: false }]);
});

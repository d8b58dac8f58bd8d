import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addRemark,
  appendPieces,
  buildSources,
  clearMerge,
  EMPTY_MERGE,
  type LogMerge,
  missingWords,
  releaseOpen,
} from "./log-merge.js";

const piece = (source: number, text: string, atMs = 1_000, isTail = false) => ({ source, text, isTail, atMs });
const told = ({ rows }: LogMerge) => rows.map(({ row, source }) => `${source}:${row.text}`);

test("lines stand in the order of their coming, and halves of lines of several logs are not mixed", () => {
  const half = appendPieces(EMPTY_MERGE, [piece(0, "a\nb"), piece(1, "x"), piece(0, "b\n")]);
  assert.deepEqual(told(half), ["0:a", "0:bb"]);
  const whole = appendPieces(half, [piece(1, "y\n")]);
  assert.deepEqual(told(whole), ["0:a", "0:bb", "1:xy"]);
  assert.deepEqual(
    whole.rows.map(({ row }) => row.id),
    [1, 2, 3],
  );
});

test("a line that is not ended is shown after a while", () => {
  const waiting = appendPieces(EMPTY_MERGE, [piece(0, "prompt> ", 1_000)]);
  assert.equal(releaseOpen(waiting, 1_500, 1_000), waiting);
  const shown = releaseOpen(waiting, 2_000, 1_000);
  assert.deepEqual(told(shown), ["0:prompt> "]);
  assert.deepEqual(told(appendPieces(shown, [piece(0, "answer\n", 3_000)])), ["0:prompt> ", "0:answer"]);
});

test("what was written before has no time, the rest has that of its coming", () => {
  const { rows } = appendPieces(EMPTY_MERGE, [piece(0, "old\n", 5, true), piece(0, "new\n", 6)]);
  assert.deepEqual(
    rows.map(({ atMs }) => atMs),
    [null, 6],
  );
});

test("old rows are dropped and counted, remarks are rows, and clearing keeps on counting", () => {
  const many = appendPieces(EMPTY_MERGE, [piece(0, "1\n2\n3\n4\n")], 3);
  assert.deepEqual([told(many), many.dropped, many.chars], [["0:2", "0:3", "0:4"], 1, 3]);
  const noted = addRemark(many, "cut");
  assert.deepEqual(told(noted).at(-1), "null:cut");
  const cleared = appendPieces(clearMerge(noted), [piece(0, "5\n")]);
  assert.deepEqual([cleared.rows.map(({ row }) => row.id), cleared.dropped], [[6], 0]);
  const endless = appendPieces(EMPTY_MERGE, [piece(0, "x".repeat(40_000))]);
  assert.deepEqual(
    endless.rows.map(({ row }) => row.text.length),
    [16_384, 16_384],
  );
});

test("logs are named as short as they are clear, in colours of their own", () => {
  const one = buildSources([
    { target: "web-1/nginx:nginx", channel: "stdout" },
    { target: "web-1/api:api-0", channel: "stdout" },
  ]);
  assert.deepEqual(
    one.map(({ label, href }) => [label, href.name]),
    [
      ["web-1/nginx", "nginx"],
      ["web-1/api:api-0", "api-0"],
    ],
  );
  assert.notEqual(one[0]?.colour, one[1]?.colour);
  const both = buildSources([
    { target: "web-1/nginx:nginx", channel: "stdout" },
    { target: "web-1/nginx:nginx", channel: "stderr" },
  ]);
  assert.deepEqual(
    both.map(({ label }) => label),
    ["web-1/nginx stdout", "web-1/nginx stderr"],
  );
});

test("what is missing is said", () => {
  assert.deepEqual(missingWords({ total: 50, followed: 50, forbidden: 0 }), []);
  assert.deepEqual(missingWords({ total: 61, followed: 50, forbidden: 1 }), [
    "11 more logs match: narrow the selector to see them",
    "The logs of 1 process are not yours to read",
  ]);
});

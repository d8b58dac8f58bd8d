import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogRow } from "./log-buffer.js";
import { buildHits, nextHit } from "./log-hits.js";

const rows: readonly LogRow[] = [
  { id: 1, type: "text", text: "a", spans: [] },
  { id: 2, type: "note", text: "skipped" },
  { id: 3, type: "text", text: "b", spans: [] },
  { id: 4, type: "text", text: "a", spans: [] },
];
const hits = new Map([
  [1, [{ start: 0, end: 1 }]],
  [4, [{ start: 0, end: 1 }]],
  [9, [{ start: 0, end: 1 }]],
]);

test("only rows that match are shown, with our remarks between them, if that is asked for", () => {
  const all = buildHits(rows, hits, { currentId: 4, only: false });
  assert.deepEqual([all.rows.length, all.hitIds, all.current], [4, [1, 4], 1]);
  const only = buildHits(rows, hits, { currentId: null, only: true });
  assert.deepEqual([only.rows.map(({ id }) => id), only.current], [[1, 2, 4], -1]);
});

test("the newest hit comes first, then those before it and around", () => {
  const hitIds = [1, 4, 7];
  assert.equal(nextHit({ hitIds, current: -1 }, -1), 7);
  assert.equal(nextHit({ hitIds, current: 2 }, -1), 4);
  assert.equal(nextHit({ hitIds, current: 0 }, -1), 7);
  assert.equal(nextHit({ hitIds, current: 2 }, 1), 1);
  assert.equal(nextHit({ hitIds: [], current: -1 }, 1), null);
});

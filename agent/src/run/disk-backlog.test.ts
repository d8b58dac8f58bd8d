// Orders and bytes that wait for a disk.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DiskBacklog } from "./disk-backlog.js";

test("bytes wait, of all and of each log, until their order is done", () => {
  const backlog = new DiskBacklog();
  backlog.add(0, 10);
  backlog.add(1, 20);
  backlog.add(0, 5);
  const first = backlog.give(Int32Array.of(0, 10, 1, 20, 0, 5));
  const second = backlog.give();
  backlog.add(1, 7);
  backlog.give(Int32Array.of(1, 7));
  assert.deepEqual([backlog.bytes, backlog.bytesOf(0), backlog.bytesOf(1), backlog.orders], [42, 15, 27, 3]);
  assert.equal(backlog.done(first), true);
  assert.deepEqual([backlog.bytes, backlog.bytesOf(0), backlog.bytesOf(1), backlog.orders], [7, 0, 7, 2]);
  assert.equal(backlog.done(first), false);
  assert.equal(backlog.done(second), true);
  assert.equal(backlog.bytes, 7);
  backlog.clear();
  assert.deepEqual([backlog.bytes, backlog.bytesOf(1), backlog.orders], [0, 0, 0]);
});

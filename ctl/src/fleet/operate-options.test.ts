import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBatch, parseWait, planRequest } from "./operate-options.js";

test("batches are a count or a share, waiting is for RUNNING, anything else is refused by name", () => {
  for (const text of ["1", "250", "1%", "10%", "100%"]) assert.equal(parseBatch(text), text);
  for (const text of ["0", "0%", "101%", "-1", "1.5", "ten", "5 %"]) assert.throws(() => parseBatch(text), /--batch/);
  assert.equal(parseWait("running:10s"), 10_000);
  assert.equal(parseWait("running:1m30s"), 90_000);
  for (const text of ["running", "running:", "10s", "stopped:5s", "running:0s", "running:2h"]) {
    assert.throws(() => parseWait(text), /--wait/, text);
  }
});

test("what was not asked for is left to the controller", () => {
  assert.deepEqual(planRequest({ timeout: 60_000 }), { timeoutMs: 60_000 });
  assert.deepEqual(planRequest({ timeout: 1_000, batch: "10%", pause: 5_000, maxFailures: 2, wait: 10_000 }), {
    ...{ timeoutMs: 1_000, batch: "10%", pauseMs: 5_000, maxFailures: 2, waitRunningMs: 10_000 },
  });
  assert.deepEqual(planRequest({ timeout: 1_000, wait: false }), { timeoutMs: 1_000 });
  assert.deepEqual(planRequest({ timeout: 1_000, wait: true }), { timeoutMs: 1_000 });
  assert.throws(() => planRequest({ timeout: 1_000, pause: 1_000 }), /--batch too/);
});

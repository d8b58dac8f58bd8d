import assert from "node:assert/strict";
import { test } from "node:test";
import { ALL_AT_ONCE, batchWords, previewBatches, readRollout } from "./rollout.js";

const batches = { ...ALL_AT_ONCE, inBatches: true };

test("all at once asks for no plan, whatever the hidden fields hold", () => {
  assert.deepEqual(readRollout({ ...ALL_AT_ONCE, batch: "nonsense" }, true), { plan: {} });
});

test("typed seconds become the plan; what cannot be watched is not asked to be", () => {
  const typed = { ...batches, batch: "10%", pauseSeconds: "1.5", waitSeconds: "", maxFailures: "2" };
  assert.deepEqual(readRollout(typed, true), {
    plan: { batch: "10%", pauseMs: 1_500, maxFailures: 2, waitRunningMs: 0 },
  });
  assert.deepEqual(readRollout({ ...typed, waitSeconds: "x" }, false), {
    plan: { batch: "10%", pauseMs: 1_500, maxFailures: 2 },
  });
});

test("every field that cannot be read is named", () => {
  const typed = { ...batches, batch: "200%", pauseSeconds: "-1", waitSeconds: "soon", maxFailures: "0.5" };
  const read = readRollout(typed, true);
  assert.deepEqual("problems" in read && Object.keys(read.problems), [
    "batch",
    "pauseSeconds",
    "waitSeconds",
    "maxFailures",
  ]);
});

test("a preview names as many targets as there is room for, batch by batch", () => {
  const targets = [1, 1, 2, 2, 3].map((batch, place) => ({ target: `t${place}`, batch }));
  assert.deepEqual(previewBatches(targets, 3), [
    { number: 1, targets: ["t0", "t1"], more: 0 },
    { number: 2, targets: ["t2"], more: 1 },
  ]);
  assert.equal(batchWords(targets), "in 3 batches of up to 2");
  assert.equal(batchWords(targets.slice(0, 4)), "in 2 batches of 2");
  assert.equal(batchWords(targets.slice(0, 2)), "");
});

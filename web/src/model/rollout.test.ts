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

test("a preview names the targets that are told, batch by batch, and counts the rest", () => {
  const named = [1, 1, 2].map((batch, place) => ({ target: `t${place}`, batch }));
  const impact = { targets: 5, batches: 3, batchSize: 2 };
  assert.deepEqual(previewBatches(named, impact), [
    { number: 1, targets: ["t0", "t1"], more: 0 },
    { number: 2, targets: ["t2"], more: 1 },
  ]);
  assert.deepEqual(previewBatches([{ target: "t4", batch: 3 }], impact), [{ number: 3, targets: ["t4"], more: 0 }]);
  assert.equal(batchWords(impact), "in 3 batches of up to 2");
  assert.equal(batchWords({ targets: 4, batches: 2, batchSize: 2 }), "in 2 batches of 2");
  assert.equal(batchWords({ targets: 2, batches: 1, batchSize: 2 }), "");
});

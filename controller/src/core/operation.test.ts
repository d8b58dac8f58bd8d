// What follows from the targets of an operation for the whole, and order ids that name their operation.
import assert from "node:assert/strict";
import { test } from "node:test";
import { anOperation, aTarget } from "./operation.fixture.js";
import { isFailure, operationOf, operationState, orderIdOf, summarize, type TargetResult } from "./operation.js";

test("the state of an operation follows from what is wanted of it and from its targets", () => {
  const state = (wanted: "run" | "pause" | "abort", finishedAtMs: number | null, ...results: TargetResult[]) =>
    operationState(
      summarize(anOperation([], { wanted, finishedAtMs, targets: results.map((result) => aTarget({ result })) })),
    );
  assert.equal(state("run", null, "sent"), "running");
  assert.equal(state("pause", null, "sent", "pending"), "paused");
  assert.equal(state("abort", null, "sent", "skipped"), "aborting");
  assert.equal(state("run", 9, "succeeded", "succeeded"), "succeeded");
  assert.equal(state("run", 9, "succeeded", "unknown"), "failed");
  assert.equal(state("run", 9, "failed", "skipped"), "failed");
  assert.equal(state("abort", 9, "succeeded", "skipped"), "aborted");
  assert.equal(state("abort", 9, "succeeded", "succeeded"), "succeeded", "the abort came too late for any of them");
});

test("what cannot be said to be well counts as a failure; what was so already does not", () => {
  assert.equal(isFailure("start", aTarget({ result: "unknown" })), true);
  assert.equal(isFailure("start", aTarget({ result: "failed", code: 50 })), true);
  assert.equal(isFailure("start", aTarget({ result: "failed", code: null })), true);
  assert.equal(isFailure("start", aTarget({ result: "failed", code: 60 })), false);
  assert.equal(isFailure("restart", aTarget({ result: "failed", code: 60 })), true);
  assert.equal(isFailure("restart", aTarget({ result: "failed", code: null })), true);
  assert.equal(isFailure("stop", aTarget({ result: "skipped" })), false);
});

test("an order id is traced to its operation only for the agent it was given to, whichever batch it was of", () => {
  assert.equal(orderIdOf("op1", "a/1"), "op1/a/1");
  for (const batch of [0, 1, 12]) assert.equal(operationOf(orderIdOf("op1", "a/1", batch), "a/1"), "op1");
  assert.notEqual(orderIdOf("op1", "a1", 1), orderIdOf("op1", "a1", 2));
  assert.equal(operationOf(orderIdOf("op1", "a1"), "a2"), null);
  for (const id of ["", "/a1", "op1", "op1/"]) assert.equal(operationOf(id, "a1"), null);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import { buildOperation } from "./operation-notice.js";

const target = (name: string, result: OperationTarget["result"], message = "OK"): OperationTarget => ({
  target: `web1/api:${name}`,
  instance: "web1",
  group: "api",
  name,
  result,
  code: null,
  message,
  finishedAtMs: null,
});

const operation = (state: Operation["state"], targets: OperationTarget[]): Operation => ({
  id: "1",
  verb: "stop",
  selector: "x",
  signal: null,
  user: "admin",
  state,
  createdAtMs: 0,
  finishedAtMs: null,
  targets,
});

test("a running operation counts what is finished", () => {
  const view = buildOperation(operation("running", [target("a", "succeeded"), target("b", "sent")]));
  assert.deepEqual([view.tone, view.finished, view.total, view.title], ["busy", 1, 2, "Stopping 2 processes"]);
});

test("failures carry the server's own words, and an unknown outcome is never a success", () => {
  const view = buildOperation(
    operation("failed", [target("a", "succeeded"), target("b", "failed", "NOT_RUNNING"), target("c", "unknown", "")]),
  );
  assert.equal(view.title, "Could not stop 2 of 3 processes");
  assert.deepEqual(view.failures, [
    { target: "web1/api:b", message: "NOT_RUNNING" },
    { target: "web1/api:c", message: "outcome unknown: the answer never came" },
  ]);
});

test("one that is told with some of its targets is counted as a whole", () => {
  const counts = { succeeded: 300, failed: 2 };
  const view = buildOperation({ ...operation("failed", [target("a", "failed", "why")]), counts, moreTargets: "1" });
  assert.deepEqual([view.total, view.finished, view.title], [302, 302, "Could not stop 2 of 302 processes"]);
});

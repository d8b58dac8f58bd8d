import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import { allows, askTitle, buildOperation, impactWords } from "./actions.js";

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

test("only what supervisord would accept in a state is offered", () => {
  assert.ok(allows("start", "FATAL") && allows("start", "STOPPED") && !allows("start", "RUNNING"));
  assert.ok(allows("stop", "BACKOFF") && !allows("stop", "EXITED") && !allows("stop", "STOPPING"));
  assert.ok(allows("signal", "STOPPING") && !allows("signal", "BACKOFF"));
  assert.ok(allows("restart", "EXITED"));
});

test("the question names one target or counts many, and where they are", () => {
  assert.equal(askTitle("restart", null, ["web1/api:a"]), "Restart web1/api:a");
  assert.equal(askTitle("signal", "HUP", ["a"], 2_000), "Send HUP to 2,000 processes");
  const most = ["b", "a", "c", "d", "e"].map((instance, place) => ({ instance, targets: 5 - place }));
  assert.equal(impactWords({ instances: 3, most: most.slice(0, 3) }), "3 instances: b (5), a (4) and c (3)");
  assert.equal(impactWords({ instances: 1_000, most }), "1,000 instances: b (5), a (4), c (3) and 997 more");
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

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import { chooseColors } from "./colors.js";
import { isRolling, progressLine, resultExit, resultRows, resultSummary } from "./results.js";

type Told = Partial<OperationTarget>;

function operation(verb: Operation["verb"], ...targets: readonly Told[]): Operation {
  return {
    id: "o1",
    verb,
    selector: "all",
    signal: null,
    user: "alice",
    state: "failed",
    createdAtMs: 0,
    finishedAtMs: 1,
    targets: targets.map((told) => ({
      target: "web-1/web:api",
      instance: "web-1",
      group: "web",
      name: "api",
      result: "failed",
      code: null,
      message: "",
      finishedAtMs: 1,
      ...told,
    })),
  };
}

const done: Told = { result: "succeeded", code: 80, message: "OK" };
const already: Told = { code: 60, message: "ALREADY_STARTED: web:api" };
const spawn: Told = { code: 50, message: "SPAWN_ERROR: web:api" };
const unknown: Told = { result: "unknown", message: "no answer within 60 s" };

function shown(given: Operation): string[] {
  const text = (cell: string | { text: string }) => (typeof cell === "string" ? cell : cell.text);
  return resultRows(given, chooseColors({}, false)).map((row) => row.slice(1).map(text).join("|"));
}

test("each target has its word, each failure its reason", () => {
  const still: Told = { code: 30, message: "FAILED: still STOPPING after 60000 ms" };
  assert.deepEqual(shown(operation("start", done, already, spawn, unknown, still, { message: "web-1 is lost" })), [
    "started|",
    "unchanged|already started",
    "failed|spawn error",
    "unknown|no answer within 60 s",
    "failed|still STOPPING after 60000 ms",
    "failed|web-1 is lost",
  ]);
});

test("the worst outcome is the exit; what was so already is no failure, what is not known is never done", () => {
  assert.equal(resultExit(operation("start", done, already)), "ok");
  assert.equal(resultExit(operation("stop", done, { code: 70, message: "NOT_RUNNING" })), "ok");
  assert.equal(resultExit(operation("restart", already)), "failed");
  assert.equal(resultExit(operation("start", done, spawn)), "failed");
  assert.equal(resultExit(operation("start", done, spawn, unknown)), "unknown");
  assert.equal(resultExit(operation("start", done, { result: "sent" })), "unknown");
});

test("a line on the whole, worst first, and on the way", () => {
  assert.equal(
    resultSummary(operation("restart", done, done, spawn, unknown, { result: "pending" })),
    "1 failed, 1 unknown, 1 under way, 2 restarted",
  );
  const way = operation("stop", done, spawn, { result: "sent" }, { result: "pending" });
  assert.equal(progressLine(way), "stop: 2 of 4 targets done, 1 failed");
});

test("what was never ordered says why, and makes no success; an instance that did says what", () => {
  const skipped: Told = { result: "skipped", message: "not begun: bob aborted the operation" };
  assert.deepEqual(shown(operation("restart", done, skipped)), [
    "restarted|",
    "skipped|not begun: bob aborted the operation",
  ]);
  assert.equal(resultExit(operation("restart", done, skipped)), "failed");
  const whole: Told = { group: null, name: null, target: "web-1", result: "succeeded", message: "added api" };
  assert.deepEqual(shown(operation("update", whole)), ["updated|added api"]);
});

test("progress tells batches, failures and whether it goes on; also from counts alone", () => {
  const rolling = { ...operation("restart", done, spawn, { result: "waiting" }), batch: 2, batches: 3 };
  assert.equal(progressLine(rolling), "restart: 2 of 3 targets done, batch 2 of 3, 1 failed");
  assert.equal(progressLine({ ...rolling, state: "paused" }), `${progressLine(rolling)}, paused`);
  const counts = { succeeded: 4, failed: 1, unknown: 1, sent: 2, pending: 92 };
  const large = { ...operation("stop"), counts };
  assert.equal(progressLine(large), "stop: 6 of 100 targets done, 1 failed, 1 unknown");
  assert.deepEqual([isRolling(rolling), isRolling(large)], [true, false]);
});

test("what is told with some of its targets is judged by the counts of all", () => {
  const some = {
    ...operation("start", done),
    moreTargets: "200",
    counts: { succeeded: 200, failed: 1, sent: 2, unknown: 3 },
  };
  assert.equal(resultSummary(some), "1 failed, 3 unknown, 2 under way, 200 started");
  assert.equal(resultExit(some), "unknown");
  assert.equal(resultExit({ ...some, counts: { succeeded: 200, failed: 1 } }), "failed");
  assert.equal(progressLine({ ...some, finishedAtMs: null }), "start: 204 of 206 targets done, 1 failed, 3 unknown");
});

// What is kept of a call: unknown until its answer says more.
import assert from "node:assert/strict";
import test from "node:test";
import { type Operation, operationState, summarize } from "../core/operation.js";
import { answered, newRecord, type RecordRequest, unanswered, underWay } from "./record.js";

const REQUEST: RecordRequest = {
  id: "id",
  verb: "stop",
  signal: null,
  groups: [],
  user: "ann",
  instance: "web1",
  targets: [
    { group: "api", name: "one" },
    { group: "api", name: "two" },
  ],
  atMs: 1,
  timeoutMs: 5,
};
const told = ({ targets }: Operation) => targets.map(({ result, code, message }) => [result, code, message]);

test("before its answer it is over and unknown, with nothing that anybody would ask an agent about", () => {
  const record = newRecord(REQUEST);
  assert.equal(operationState(summarize(record)), "failed");
  assert.equal(record.selector, "web1/api:one web1/api:two");
  assert.deepEqual(
    record.targets.map(({ result, sentTo }) => [result, sentTo]),
    [
      ["unknown", null],
      ["unknown", null],
    ],
  );
  assert.equal(operationState(summarize(underWay(record))), "running");
  assert.equal(newRecord({ ...REQUEST, verb: "shutdown", targets: null }).targets[0]?.group, null);
});

test("one result is for all, entries are for those that they name", () => {
  const record = newRecord(REQUEST);
  assert.deepEqual(told(answered(record, { ok: true, value: true }, 2)), [
    ["succeeded", 80, "OK"],
    ["succeeded", 80, "OK"],
  ]);
  assert.deepEqual(told(answered(record, { ok: false, code: 70, text: "NOT_RUNNING: api" }, 2)), [
    ["failed", 70, "NOT_RUNNING: api"],
    ["failed", 70, "NOT_RUNNING: api"],
  ]);
  const entries = [{ group: "api", name: "two", status: 30, description: "FAILED: no" }, "odd"];
  assert.deepEqual(told(answered(record, { ok: true, value: entries }, 2)), [
    ["succeeded", 80, "it was so already"],
    ["failed", 30, "FAILED: no"],
  ]);
});

test("without an answer it is failed when it never left, and unknown when it did", () => {
  const record = newRecord(REQUEST);
  assert.deepEqual(told(unanswered(record, "away", false, 2))[0], ["failed", null, "away"]);
  assert.deepEqual(told(unanswered(record, "lost", true, 2))[0], ["unknown", null, "lost"]);
});

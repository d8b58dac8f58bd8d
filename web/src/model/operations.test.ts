import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import {
  buildBatches,
  buildOperationRows,
  buildTargetRows,
  controlsOf,
  foldBatches,
  operationTitle,
  parseResults,
  planWords,
  progressOf,
  resultWords,
} from "./operations.js";

const target = (
  name: string,
  result: OperationTarget["result"],
  part: Partial<OperationTarget> = {},
): OperationTarget => ({
  target: `web1/api:${name}`,
  instance: "web1",
  group: "api",
  name,
  result,
  code: null,
  message: "",
  finishedAtMs: null,
  ...part,
});

const operation = (targets: OperationTarget[], part: Partial<Operation> = {}): Operation => ({
  id: "1",
  verb: "restart",
  selector: "role=web",
  signal: null,
  user: "ann",
  state: "running",
  createdAtMs: 1_000,
  finishedAtMs: null,
  targets,
  ...part,
});

test("without its targets an operation is told by its counts", () => {
  const one = operation([], { counts: { succeeded: 3, pending: 2 } });
  assert.equal(operationTitle(one), "Restart 5 processes");
  assert.deepEqual(progressOf(one), {
    counts: [
      { result: "succeeded", count: 3 },
      { result: "pending", count: 2 },
    ],
    done: 3,
    total: 5,
  });
});

test("a title names one target, groups and signals", () => {
  assert.equal(operationTitle(operation([target("a", "sent")])), "Restart web1/api:a");
  assert.equal(
    operationTitle(operation([], { verb: "signal", signal: "HUP", counts: { sent: 2 } })),
    "Send HUP to 2 processes",
  );
  assert.equal(
    operationTitle(operation([], { verb: "add", groups: ["x", "y"], counts: { sent: 2 } })),
    "Add x, y on 2 instances",
  );
});

test("rows are narrowed by state, and only what is over took a time", () => {
  const rows = buildOperationRows(
    [operation([]), operation([], { id: "2", state: "failed", finishedAtMs: 4_000 })],
    ["failed"],
  );
  assert.deepEqual(
    rows.map(({ id, tookMs, href }) => [id, tookMs, href]),
    [["2", 3_000, "/operations/2"]],
  );
});

test("a control says what goes on and what is left alone", () => {
  const one = operation([target("a", "sent"), target("b", "waiting"), target("c", "pending")]);
  assert.deepEqual(
    controlsOf(one).map(({ control, effect }) => [control, effect]),
    [
      ["pause", "2 processes under way will be finished. 1 process will wait until somebody resumes."],
      ["abort", "2 processes under way will be finished. 1 process will be skipped; what is done stays done."],
    ],
  );
  assert.deepEqual(
    controlsOf({ ...one, state: "paused" }).map(({ control }) => control),
    ["resume", "abort"],
  );
  assert.deepEqual(controlsOf({ ...one, state: "aborting" }), []);
  assert.deepEqual(controlsOf({ ...one, state: "aborted", finishedAtMs: 5 }), []);
});

test("batches are done, under way or to come; one alone is none", () => {
  const targets = [
    target("a", "succeeded", { batch: 1 }),
    target("b", "sent", { batch: 2 }),
    target("c", "pending", { batch: 2 }),
    target("d", "pending", { batch: 3 }),
  ];
  assert.deepEqual(
    buildBatches(operation(targets, { batch: 2, batches: 3 })).map(({ number, size, place }) => [number, size, place]),
    [
      [1, 1, "done"],
      [2, 2, "now"],
      [3, 1, "later"],
    ],
  );
  assert.deepEqual(buildBatches(operation(targets, { batches: 1 })), []);
});

test("a plan reads as sentences", () => {
  const plan = { batch: "2", pauseMs: 5_000, waitRunningMs: 10_000, maxFailures: 0, timeoutMs: 60_000 };
  assert.deepEqual(planWords(plan, 4), [
    "4 batches of 2 targets",
    "5s between batches",
    "each must stay up for 10s",
    "ends at the first failure",
  ]);
  assert.deepEqual(planWords({ ...plan, batch: null, pauseMs: 0, waitRunningMs: 0, maxFailures: null }, 1), [
    "all at once",
  ]);
});

test("a target row says in the agent's words what went wrong, and never that an unknown outcome is good", () => {
  const rows = buildTargetRows(
    operation([
      target("a", "succeeded", { message: "OK", startedAtMs: 10, finishedAtMs: 40 }),
      target("b", "failed", { message: "NO_FILE" }),
      target("c", "unknown"),
    ]),
    [],
  );
  assert.deepEqual(
    rows.map(({ message, tookMs }) => [message, tookMs]),
    [
      ["NO_FILE", null],
      ["outcome unknown: the answer never came", null],
      ["", 30],
    ],
  );
  assert.deepEqual(parseResults("succeeded,failed,nonsense"), ["failed", "succeeded"]);
});

test("what went wrong stands first, the rest in the order of its batches", () => {
  const rows = buildTargetRows(
    operation([target("a", "succeeded"), target("b", "unknown"), target("c", "sent"), target("d", "failed")]),
    [],
  );
  assert.deepEqual(
    rows.map(({ target: name }) => name.at(-1)),
    ["d", "b", "a", "c"],
  );
});

test("very many batches share boxes, and lose neither targets nor what became of them", () => {
  const targets = Array.from({ length: 5_000 }, (_, place) =>
    target(`t${place}`, place < 100 ? "succeeded" : place === 100 ? "failed" : "pending", { batch: place + 1 }),
  );
  const batches = buildBatches(operation(targets, { batch: 102, batches: 5_000 }));
  assert.equal(foldBatches(batches, 5_000), batches);
  const folded = foldBatches(batches, 60);
  assert.equal(folded.length, 60);
  assert.deepEqual(
    folded.slice(0, 3).map(({ number, through, size, place }) => [number, through, size, place]),
    [
      [1, 84, 84, "done"],
      [85, 168, 84, "now"],
      [169, 252, 84, "later"],
    ],
  );
  assert.equal(resultWords(folded[1]?.counts ?? []), "1 failed, 16 done, 67 to do");
  assert.equal(folded.at(-1)?.through, 5_000);
});

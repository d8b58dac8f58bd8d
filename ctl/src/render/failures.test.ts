import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent, Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import { chooseColors } from "./colors.js";
import { reasonsOf, unexplained, withReasons } from "./failures.js";

const target = (name: string, change: Partial<OperationTarget> = {}) =>
  ({
    target: `web-1/${name}:${name}`,
    instance: "web-1",
    group: name,
    name,
    result: "failed",
    code: 50,
    message: `SPAWN_ERROR: ${name}`,
    finishedAtMs: 1,
    ...change,
  }) as OperationTarget;

const operation = (targets: readonly OperationTarget[], verb = "start") =>
  ({ id: "op", verb, createdAtMs: 0, targets: [...targets] }) as unknown as Operation;

const event = (name: string, change: Partial<HistoryEvent> = {}) =>
  ({
    kind: "process-state",
    instance: "web-1",
    group: name,
    name,
    toState: "BACKOFF",
    exitCode: 3,
    exitSignal: null,
    exitExpected: false,
    spawnError: "Exited too quickly (process log may have details)",
    uptimeMs: 5,
    stdoutTail: "starting\n",
    stderrTail: "line one\ncannot bind\n",
    operationId: "op",
    ...change,
  }) as unknown as HistoryEvent;

test("only starts that failed for a reason of their own are asked about, the first few", () => {
  const many = Array.from({ length: 9 }, (_, i) => target(`p${i}`));
  assert.equal(unexplained(operation(many)).length, 5);
  const clear = [target("done", { result: "succeeded" }), target("file", { code: 20 }), target("name", { code: 10 })];
  assert.deepEqual(unexplained(operation(clear)), []);
  assert.deepEqual(unexplained(operation([target("a")], "stop")), []);
});

test("a reason is how the newest start of this operation ended, with its last words", () => {
  const events = [
    event("a", { toState: "FATAL", exitCode: null, uptimeMs: null, stderrTail: null, stdoutTail: null }),
    event("a"),
    event("a", { exitCode: 9 }),
    event("b", { stderrTail: "", stdoutTail: "1\n2\n\n3\n4\n5\n6\n" }),
    event("c", { operationId: "another" }),
  ];
  const reasons = reasonsOf(operation([]), events);
  assert.deepEqual(
    [...reasons],
    [
      ["web-1/a:a", ["exited with code 3 (unexpected), too quickly", "| line one", "| cannot bind"]],
      ["web-1/b:b", ["exited with code 3 (unexpected), too quickly", "| 2", "| 3", "| 4", "| 5", "| 6"]],
    ],
  );
});

test("reasons stand below their target", () => {
  const colors = chooseColors({}, false);
  const targets = [target("a"), target("b")];
  const rows = withReasons([["a"], ["b"]], targets, new Map([["web-1/a:a", ["why"]]]), colors);
  assert.deepEqual(
    rows.map((row) => row.map((cell) => (typeof cell === "string" ? cell : cell.text))),
    [["a"], ["", "", "why"], ["b"]],
  );
});

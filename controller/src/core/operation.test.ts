// Operations as stories of what each instance said, and that a result once told is never taken back.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  isDone,
  type Operation,
  type OperationInput,
  operationOf,
  operationState,
  operationTransition,
  orderIdOf,
} from "./operation.js";

function operation(...targets: string[]): Operation {
  return {
    id: "op1",
    verb: "restart",
    selector: "all",
    signal: null,
    user: "admin",
    createdAtMs: 0,
    deadlineAtMs: 60_000,
    finishedAtMs: null,
    targets: targets.map((target) => {
      const [instance = "", name = ""] = target.split("/");
      return {
        instance,
        group: "g",
        name,
        result: "pending",
        sentTo: null,
        code: null,
        message: "",
        finishedAtMs: null,
      };
    }),
  };
}

function after(begun: Operation, ...inputs: OperationInput[]): Operation {
  return inputs.reduce((current, input, step) => operationTransition(current, input, step + 1), begun);
}

const results = (current: Operation) =>
  current.targets.map(({ instance, name, result }) => `${instance}/${name} ${result}`).join(", ");
const sent = (instance: string): OperationInput => ({ type: "sent", instance, bootId: "b1" });
const answered = (instance: string, ...answers: [name: string, code: number][]): OperationInput => ({
  type: "answered",
  instance,
  answers: answers.map(([name, code]) => ({ group: "g", name, code, message: code === 80 ? "OK" : "no" })),
});

test("an operation ends when its last target has a result, and fails if any target did", () => {
  const first = after(operation("web1/a", "web2/a"), sent("web1"), sent("web2"), answered("web1", ["a", 80]));
  assert.equal(operationState(first), "running");
  assert.equal(operationState(after(first, answered("web2", ["a", 80]))), "succeeded");
  const failed = operationTransition(first, answered("web2", ["a", 60]), 99);
  assert.deepEqual([operationState(failed), failed.finishedAtMs, failed.targets[1]?.code], ["failed", 99, 60]);
});

test("an answer that leaves a target out leaves its fate unknown", () => {
  const done = after(operation("web1/a", "web1/b"), sent("web1"), answered("web1", ["a", 80]));
  assert.equal(results(done), "web1/a succeeded, web1/b unknown");
});

test("what left once may have arrived: no later failure to send makes it surely undone", () => {
  const reason = "the agent is not connected";
  assert.equal(results(after(operation("web1/a"), { type: "not-sent", instance: "web1", reason })), "web1/a failed");
  const twice = after(operation("web1/a"), sent("web1"), { type: "not-sent", instance: "web1", reason });
  assert.equal(results(twice), "web1/a unknown");
});

test("an input that says nothing new gives back the same value, so that nothing is written", () => {
  const begun = after(operation("web1/a"), sent("web1"));
  assert.equal(operationTransition(begun, sent("web1"), 5), begun);
  assert.equal(operationTransition(begun, answered("web2", ["a", 80]), 5), begun);
});

test("an order id is traced to its operation only for the agent it was given to", () => {
  assert.equal(operationOf(orderIdOf("op1", "a/1"), "a/1"), "op1");
  assert.equal(operationOf(orderIdOf("op1", "a1"), "a2"), null);
  for (const id of ["", "/a1", "op1", "op1/"]) assert.equal(operationOf(id, "a1"), null);
});

const anyInstance = fc.constantFrom("web1", "web2", "other");
const anyAnswer = fc.record({
  group: fc.constant("g"),
  name: fc.constantFrom("a", "b", "stranger"),
  code: fc.constantFrom(80, 60, 10),
  message: fc.string(),
});
const anyInput: fc.Arbitrary<OperationInput> = fc.oneof(
  anyInstance.map((instance) => ({ type: "sent", instance, bootId: "b1" }) as const),
  fc.record({ type: fc.constant("answered" as const), instance: anyInstance, answers: fc.array(anyAnswer) }),
  fc.record({
    type: fc.constantFrom("not-sent" as const, "unknown" as const),
    instance: anyInstance,
    reason: fc.string(),
  }),
);

test("whatever comes in whatever order, a final result stays as it is", () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 20 }), (inputs) => {
      let current = operation("web1/a", "web1/b", "web2/a");
      let wasSent = new Set<string>();
      inputs.forEach((input, step) => {
        const next = operationTransition(current, input, step + 1);
        if (input.type === "sent") wasSent = new Set([...wasSent, input.instance]);
        next.targets.forEach((target, place) => {
          const before = current.targets[place];
          if (before !== undefined && isDone(before)) assert.equal(target, before);
          if (target.result === "succeeded") assert.equal(target.code, 80);
          const surelyUndone = target.result === "failed" && target.code === null && target !== before;
          if (surelyUndone) assert.ok(!wasSent.has(target.instance));
          assert.equal(target.finishedAtMs !== null, isDone(target));
        });
        assert.equal(next.finishedAtMs !== null, next.targets.every(isDone));
        if (current.finishedAtMs !== null) assert.equal(next, current);
        current = next;
      });
    }),
  );
});

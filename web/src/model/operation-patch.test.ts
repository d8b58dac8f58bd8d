import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation, OperationProgress, OperationTarget } from "@fleetvisor/proto/api/v1";
import { joinProgress, patchOperation, patchOperationList } from "./operation-patch.js";

const target = (name: string, result: OperationTarget["result"]) =>
  ({ target: name, instance: "web1", result, message: "" }) as OperationTarget;
const head = { id: "1", verb: "stop", state: "running", createdAtMs: 5 } as Operation;
const progress = (part: Partial<OperationProgress>) => ({ ...head, changed: [], ...part }) as OperationProgress;

test("a part changes its targets where they stand, and the head", () => {
  const old = { ...head, targets: [target("a", "sent"), target("b", "pending")] };
  const next = patchOperation(old, progress({ state: "paused", changed: [target("b", "sent")] }));
  assert.deepEqual(
    next.targets.map(({ target: name, result }) => `${name} ${result}`),
    ["a sent", "b sent"],
  );
  assert.equal(next.state, "paused");
  assert.ok(!("changed" in next));
});

test("parts that came together lose nothing: the later word on a target holds", () => {
  const first = progress({ changed: [target("a", "sent"), target("b", "sent")] });
  const joined = joinProgress(first, progress({ batch: 2, changed: [target("a", "succeeded")] }));
  assert.deepEqual(
    joined.changed.map(({ target: name, result }) => `${name} ${result}`),
    ["a succeeded", "b sent"],
  );
  assert.equal(joined.batch, 2);
});

test("the list keeps its places, takes new ones at its head, and holds no targets", () => {
  const items = [
    { ...head, id: "2", targets: [] },
    { ...head, id: "1", targets: [] },
  ];
  const operations = new Map([["3", { ...head, id: "3", createdAtMs: 9, targets: [target("a", "sent")] }]]);
  const list = patchOperationList({ items }, { operations, progress: new Map([["1", progress({ state: "failed" })]]) });
  assert.deepEqual(
    list.items.map(({ id, state, targets }) => [id, state, targets.length]),
    [
      ["3", "running", 0],
      ["2", "running", 0],
      ["1", "failed", 0],
    ],
  );
});

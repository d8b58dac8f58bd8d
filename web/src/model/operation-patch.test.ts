import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation, OperationProgress, OperationTarget } from "@fleetvisor/proto/api/v1";
import { ANY_OPERATION } from "./operation-filter.js";
import { joinProgress, patchOperation, patchOperationList, patchOperationPages } from "./operation-patch.js";

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

test("that too many targets changed is not forgotten when a smaller part follows, nor kept in the operation", () => {
  const joined = joinProgress(progress({ tooMany: true }), progress({ changed: [target("a", "sent")] }));
  assert.equal(joined.tooMany, true);
  assert.ok(!("tooMany" in patchOperation({ ...head, targets: [] }, joined)));
});

test("pages keep the places of their operations, lose what is no longer asked for, and take in what is now", () => {
  const one = (id: string, createdAtMs: number, state: Operation["state"] = "running") =>
    ({ ...head, id, createdAtMs, state, targets: [] }) as Operation;
  const pages = [
    { items: [one("9", 90), one("7", 70)], nextCursor: "70.7" },
    { items: [one("5", 50)], nextCursor: "50.5" },
  ];
  const ids = (list: ReturnType<typeof patchOperationPages>) => list.map(({ items }) => items.map(({ id }) => id));
  const running = { ...ANY_OPERATION, states: ["running" as const] };
  const changes = (...operations: Operation[]) => ({
    operations: new Map(operations.map((operation) => [operation.id, operation])),
    progress: new Map<string, OperationProgress>(),
  });
  assert.deepEqual(ids(patchOperationPages(pages, changes(one("10", 100), one("6", 60), one("1", 1)), running)), [
    ["10", "9", "7"],
    ["6", "5"],
  ]);
  assert.deepEqual(
    ids(patchOperationPages(pages, changes(one("7", 70, "failed"), one("11", 110, "failed")), running)),
    [["9"], ["5"]],
  );
  assert.equal(patchOperationPages(pages, changes(), running), pages);
  assert.deepEqual(ids(patchOperationPages([{ items: [], nextCursor: null }], changes(one("1", 1)), running)), [["1"]]);
});

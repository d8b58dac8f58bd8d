import assert from "node:assert/strict";
import { test } from "node:test";
import { anOperation } from "./operation.fixture.js";
import { excess } from "./operation-limits.js";

const LIMITS = { ofUser: 2, inAll: 3, targetsOfUser: 4, targetsInAll: 6 };
const of = (user: string, targets: number) =>
  anOperation(
    Array.from({ length: targets }, (_, at) => `web1/p${at}`),
    { user },
  );
const may = (next: ReturnType<typeof of>, ...underWay: readonly ReturnType<typeof of>[]) =>
  excess(next, underWay, LIMITS) === null;

test("so many operations of a user may be under way, and so many of all", () => {
  assert.ok(may(of("ann", 1), of("ann", 1)));
  assert.ok(!may(of("ann", 1), of("ann", 1), of("ann", 1)));
  assert.ok(may(of("bob", 1), of("ann", 1), of("ann", 1)), "others are not kept from theirs");
  assert.ok(!may(of("cid", 1), of("ann", 1), of("ann", 1), of("bob", 1)));
});

test("so many targets may be under way, and a first operation may have any number", () => {
  assert.ok(may(of("ann", 3), of("ann", 1)));
  assert.ok(!may(of("ann", 4), of("ann", 1)));
  assert.ok(!may(of("bob", 3), of("ann", 4)), "of all");
  assert.ok(may(of("ann", 100)), "else a fleet could be too large to be restarted");
});

test("who is refused is told what is under way and what to do", () => {
  assert.equal(
    excess(of("ann", 1), [of("ann", 1), of("ann", 2), of("bob", 1)], LIMITS),
    "too many operations are under way (3 with 4 targets, of ann 2 with 3 targets): wait for some, or abort them",
  );
});

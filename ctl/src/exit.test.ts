import assert from "node:assert/strict";
import { test } from "node:test";
import { describeExits, EXITS, exitOfKind, worst } from "./exit.js";

test("the worst wins, and an unknown outcome is worse than a failure", () => {
  assert.equal(worst(), "ok");
  assert.equal(worst("ok", "failed", "not-running"), "failed");
  assert.equal(worst("unknown", "failed"), "unknown");
  assert.equal(exitOfKind("unknown-outcome"), "unknown");
});

test("every status is one of its own, and told in the help", () => {
  const statuses = Object.values(EXITS).map(({ status }) => status);
  assert.equal(new Set(statuses).size, statuses.length);
  assert.equal(describeExits().split("\n").length, statuses.length);
});

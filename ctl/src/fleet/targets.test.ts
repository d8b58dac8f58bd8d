// What is said of selectors that mean nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { noMatch } from "./targets.js";

test("a name alone is one process; who may have meant a group or an instance learns how that is said", () => {
  const plain = "a process called so in a group called so";
  assert.equal(
    noMatch(["web-1"]).message,
    `nothing matches web-1 (${plain}; a whole group is web-1:*, a whole instance is web-1/all)`,
  );
  assert.equal(noMatch(["web-1/api"]).message, `nothing matches web-1/api (${plain}; a whole group is web-1/api:*)`);
  for (const clear of ["web-1/all", "web-*/api:*", "web-1/state=FATAL", "state=FATAL", "web-1/api:worker"]) {
    assert.equal(noMatch([clear]).message, `nothing matches ${clear}`);
  }
  assert.equal(noMatch(["web-1", "api"]).message, "nothing matches web-1 api");
});

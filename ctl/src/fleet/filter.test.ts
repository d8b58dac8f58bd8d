import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceSelectors, narrow } from "./filter.js";

test("terms go to the part of the selector that they are about", () => {
  assert.deepEqual(narrow(["web-*/api:*"], ["state=FATAL"]), ["web-*/api:*,state=FATAL"]);
  assert.deepEqual(narrow(["web-*/api:*"], ["role=web", "state!=RUNNING"]), ["web-*,role=web/api:*,state!=RUNNING"]);
  assert.deepEqual(narrow(["api", "role=db"], ["dc!=ams"]), ["api,dc!=ams", "role=db,dc!=ams"]);
  assert.deepEqual(narrow(["a b/c"], ["x=y"]), ["a,x=y", "b,x=y/c"]);
  assert.deepEqual(narrow(["a\\/b"], ["state=FATAL"]), ["a\\/b,state=FATAL"], "a slash of the name");
});

test("without selectors it is the whole fleet, without terms the selectors", () => {
  assert.deepEqual(narrow([], ["state=FATAL"]), ["all,state=FATAL"]);
  assert.deepEqual(narrow([], []), []);
  assert.deepEqual(narrow(["web-1/all"], []), ["web-1/all"]);
});

test("what is no term is refused", () => {
  for (const word of ["FATAL", "state=", "=x", "state=FATAL,role=web", "a/state=x", "role =web"]) {
    assert.throws(() => narrow([], [word]), /is no term like state=FATAL/, word);
  }
});

test("instances are chosen by name and label, not by process", () => {
  assert.deepEqual(instanceSelectors(["web-*", "all"], []), ["web-*/all", "all"]);
  assert.deepEqual(instanceSelectors(["web-*"], ["dc=ams"]), ["web-*,dc=ams/all"]);
  assert.deepEqual(instanceSelectors([], ["dc=ams"]), ["all,dc=ams"]);
  assert.throws(() => instanceSelectors(["web-1/api"], []), /names processes/);
  assert.throws(() => instanceSelectors([], ["state=FATAL"]), /has no state/);
});

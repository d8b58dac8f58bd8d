import assert from "node:assert/strict";
import { test } from "node:test";
import { asInstances, instanceSelector, processesSelector, processSelector, withStates } from "./selector.js";

test("names are taken literally", () => {
  assert.equal(instanceSelector("web-1"), "web-1/*");
  assert.equal(processSelector({ instance: "web1", group: "a*b", name: "c,d e" }), "web1/a\\*b:c\\,d\\ e");
});

test("targets of one instance share its name", () => {
  const targets = [
    { instance: "a", group: "x", name: "1" },
    { instance: "b", group: "x", name: "1" },
    { instance: "a", group: "y", name: "2" },
  ];
  assert.equal(processesSelector(targets), "a/x:1,y:2 b/x:1");
});

test("states narrow every selector of a union, and stand alone when nothing was typed", () => {
  assert.equal(withStates("", []), "");
  assert.equal(withStates("  ", ["FATAL", "BACKOFF"]), "state=FATAL,state=BACKOFF");
  assert.equal(withStates("web-*/api:* role=db", ["FATAL"]), "web-*/api:*,state=FATAL role=db,state=FATAL");
  assert.equal(withStates("a/x:my\\ app", ["FATAL"]), "a/x:my\\ app,state=FATAL");
});

test("names alone can be read as instances, anything more cannot", () => {
  assert.equal(asInstances("web-* db-1"), "web-*/* db-1/*");
  assert.equal(asInstances("a\\:b"), "a\\:b/*");
  assert.equal(asInstances("web-*/api"), null);
  assert.equal(asInstances("web-1 role=web"), null);
  assert.equal(asInstances(" "), null);
});

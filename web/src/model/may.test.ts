import assert from "node:assert/strict";
import { test } from "node:test";
import { mayAnywhere, mayDo } from "./may.js";

const viewer = { role: "viewer" as const, verbs: [], selector: "all" };
const restarts = { role: null, verbs: ["restart" as const], selector: "role=web/api:*" };

test("what no grant allows anywhere is not offered", () => {
  assert.equal(mayAnywhere({ grants: [viewer] }, "logs"), true);
  assert.equal(mayAnywhere({ grants: [viewer] }, "restart"), false);
  assert.equal(mayAnywhere({ grants: [viewer, restarts] }, "restart"), true);
  assert.equal(mayAnywhere({ grants: [] }, "read"), false);
});

test("a row that says what may be done to it is believed, one that does not goes by the grants", () => {
  const session = { grants: [viewer, restarts] };
  assert.equal(mayDo({ may: ["logs"] }, session, "restart"), false);
  assert.equal(mayDo({ may: ["logs", "restart"] }, session, "restart"), true);
  assert.equal(mayDo({}, session, "restart"), true);
  assert.equal(mayDo({}, session, "stop"), false);
});

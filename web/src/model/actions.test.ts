import assert from "node:assert/strict";
import { test } from "node:test";
import { allows, askTitle, impactWords } from "./actions.js";

test("only what supervisord would accept in a state is offered", () => {
  assert.ok(allows("start", "FATAL") && allows("start", "STOPPED") && !allows("start", "RUNNING"));
  assert.ok(allows("stop", "BACKOFF") && !allows("stop", "EXITED") && !allows("stop", "STOPPING"));
  assert.ok(allows("signal", "STOPPING") && !allows("signal", "BACKOFF"));
  assert.ok(allows("restart", "EXITED"));
});

test("the question names one target or counts many, and where they are", () => {
  assert.equal(askTitle("restart", null, ["web1/api:a"]), "Restart web1/api:a");
  assert.equal(askTitle("signal", "HUP", ["a"], 2_000), "Send HUP to 2,000 processes");
  const most = ["b", "a", "c", "d", "e"].map((instance, place) => ({ instance, targets: 5 - place }));
  assert.equal(impactWords({ instances: 3, most: most.slice(0, 3) }), "3 instances: b (5), a (4) and c (3)");
  assert.equal(impactWords({ instances: 1_000, most }), "1,000 instances: b (5), a (4), c (3) and 997 more");
});

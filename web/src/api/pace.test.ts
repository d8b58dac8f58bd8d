import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "./pace.js";

test("a batch that is drawn in time needs no rest, a slow one as long as it took, up to a quarter of a second", () => {
  const pace = new Pace();
  assert.equal(pace.waitMs(0), 0);
  pace.drawn(100, 117);
  assert.equal(pace.waitMs(117), 0);
  pace.drawn(200, 280);
  assert.deepEqual([pace.waitMs(280), pace.waitMs(330), pace.waitMs(400)], [80, 30, 0]);
  pace.drawn(1_000, 9_000);
  assert.equal(pace.waitMs(9_000), 250);
});

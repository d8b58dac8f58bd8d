import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Rates } from "./rate.js";

test("so many at once, then as many as the time allows, each counted apart", () => {
  const rates = new Rates({ perSecond: 2, burst: 3 });
  assert.deepEqual(
    [0, 0, 0, 0].map((ms) => rates.take("a", ms)),
    [0, 0, 0, 500],
  );
  assert.equal(rates.take("b", 0), 0);
  assert.equal(rates.take("a", 400), 100);
  assert.equal(rates.take("a", 500), 0);
  assert.equal(rates.take("a", 500), 500);
  assert.deepEqual(
    [60_000, 60_000, 60_000, 60_000].map((ms) => rates.take("a", ms)),
    [0, 0, 0, 500],
  );
});

test("in no time span more than the burst and the rate allow, and who waits as told is let through", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3_000), { maxLength: 200 }), (gaps) => {
      const rates = new Rates({ perSecond: 5, burst: 10 });
      const passed: number[] = [];
      let nowMs = 0;
      for (const gap of gaps) {
        nowMs += gap;
        const waitMs = rates.take("a", nowMs);
        if (waitMs > 0) {
          nowMs += waitMs;
          assert.equal(rates.take("a", nowMs), 0);
        }
        passed.push(nowMs);
      }
      passed.forEach((from, at) => {
        const within = passed.slice(at).filter((ms) => ms - from <= 1_000).length;
        assert.ok(within <= 15);
      });
    }),
  );
});

test("a crowd of names does not grow without end", () => {
  const rates = new Rates({ perSecond: 1, burst: 1 }, 2);
  assert.equal(rates.take("a", 0), 0);
  for (const name of ["b", "c"]) rates.take(name, 0);
  assert.equal(rates.take("a", 0), 0, "forgotten, so it begins anew");
  assert.ok(rates.take("c", 0) > 0);
});

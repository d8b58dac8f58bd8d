// Retention in steps: it ends, never takes too much, and always leaves the newest.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { retentionStep, squeeze } from "./retention.js";

const RULES = { maxAgeMs: 1_000, maxEvents: 100, stepEvents: 10 };

test("within the rules nothing is taken", () => {
  assert.equal(retentionStep({ oldestId: null, newestId: null }, null, RULES), null);
  assert.equal(retentionStep({ oldestId: 1, newestId: 100 }, 1, RULES), null);
});

test("too many events go in small steps, and so do too old ones", () => {
  assert.deepEqual(retentionStep({ oldestId: 1, newestId: 150 }, 1, RULES), { belowId: 11, more: true });
  assert.deepEqual(retentionStep({ oldestId: 1, newestId: 105 }, 1, RULES), { belowId: 6, more: false });
  assert.deepEqual(retentionStep({ oldestId: 1, newestId: 50 }, 9, RULES), { belowId: 9, more: false });
});

test("any history comes within the rules by steps, and the newest event stays", () => {
  const story = fc.record({
    oldestId: fc.integer({ min: 1, max: 500 }),
    count: fc.integer({ min: 1, max: 500 }),
    young: fc.option(fc.nat(1_000)),
    maxEvents: fc.integer({ min: 1, max: 200 }),
    stepEvents: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(story, ({ oldestId, count, young, maxEvents, stepEvents }) => {
      const newestId = oldestId + count - 1;
      const firstYoung = young === null ? null : Math.min(Math.max(young, oldestId), newestId);
      const rules = { maxAgeMs: 1, maxEvents, stepEvents };
      let oldest = oldestId;
      for (let steps = 0; ; steps++) {
        assert.ok(steps <= count, "the steps end");
        const step = retentionStep({ oldestId: oldest, newestId }, firstYoung, rules);
        if (step === null) break;
        assert.ok(step.belowId > oldest && step.belowId - oldest <= stepEvents && step.belowId <= newestId);
        oldest = step.belowId;
        if (!step.more) assert.equal(retentionStep({ oldestId: oldest, newestId }, firstYoung, rules), null);
      }
      assert.equal(
        oldest,
        Math.max(oldestId, Math.min(newestId, Math.max(firstYoung ?? newestId, newestId - maxEvents + 1))),
      );
    }),
  );
});

test("a store beyond its room gives up minutes of figures, a tenth at a time, and then events", () => {
  const HOUR = 3_600_000;
  const now = 1_000 * HOUR;
  const full = { usedBytes: 101, events: 1_000, oldestMinuteMs: now - 100 * HOUR };
  const give = (more: object, limit: number | null = 100) => squeeze({ ...full, ...more }, limit, now);
  assert.deepEqual(give({}), { minutesMs: 90 * HOUR, events: null });
  assert.deepEqual(give({ usedBytes: 100 }), { minutesMs: null, events: null }, "just room enough");
  assert.deepEqual(give({}, null), { minutesMs: null, events: null }, "no limit");
  assert.deepEqual(give({ oldestMinuteMs: now - 6.1 * HOUR }), { minutesMs: 6 * HOUR, events: null });
  assert.deepEqual(give({ oldestMinuteMs: now - 6 * HOUR }), { minutesMs: null, events: 900 });
  assert.deepEqual(give({ oldestMinuteMs: null, events: 1 }), { minutesMs: null, events: 1 }, "the newest stays");
});

// What housekeeping does by itself as soon as it is started: figures become hours, and what is old goes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { tallyOf } from "../core/metrics.js";
import { pack } from "../core/metrics-pack.js";
import { MemoryStore } from "../store/memory.js";
import { Housekeeping } from "./housekeeping.js";
import type { LiveFleet } from "./live-fleet.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test("hours are made of minutes before these are taken away, in as many steps as there are instances", async (t) => {
  const store = new MemoryStore();
  await store.start();
  const steps: number[] = [];
  const tend = store.tendMetrics.bind(store);
  store.tendMetrics = async (upkeep) => {
    steps.push(upkeep.from);
    await tend(upkeep);
    return upkeep.from < 2 ? upkeep.from + 1 : null;
  };
  const oldMs = Math.floor((Date.now() - 2 * DAY) / HOUR) * HOUR;
  const figures = { cpu: tallyOf(5), memory: tallyOf(1024) };
  await store.recordMinutes([{ instance: "web1", atMs: oldMs, ...pack("", [figures, figures]) }]);
  const housekeeping = new Housekeeping({
    ...{ store, fleet: { notes: () => [] } as unknown as LiveFleet, log: pino({ level: "silent" }) },
    ...{ maxAgeMs: DAY, maxEvents: 1_000, minutesMs: DAY, hoursMs: 10 * DAY, maxBytes: null },
  });
  await housekeeping.start();
  t.after(() => housekeeping.stop());
  for (let tries = 0; tries < 100 && steps.length < 3; tries++) await sleep(20);
  assert.deepEqual(steps, [0, 1, 2]);
  const asked = { instance: "web1", key: null, sinceMs: 0, untilMs: Date.now() };
  assert.equal((await store.metrics({ ...asked, resolution: "minute" })).length, 0);
  assert.equal((await store.metrics({ ...asked, resolution: "hour" }))[0]?.atMs, oldMs);
});

test("with more in the store than it has room for, the oldest minutes go although they are young enough", async (t) => {
  const store = new MemoryStore();
  await store.start();
  const now = Date.now();
  const figures = pack("", [{ cpu: tallyOf(5), memory: tallyOf(1024) }]);
  const minutesAt = [now - 20 * HOUR, now - 10 * HOUR].map((atMs) => Math.floor(atMs / 60_000) * 60_000);
  for (const atMs of minutesAt) await store.recordMinutes([{ instance: "web1", atMs, ...figures }]);
  store.contents = async () => ({
    ...{ sizeBytes: 1_001, reusableBytes: 0, diskFreeBytes: null },
    kinds: [{ kind: "minutes", rows: 2, estimated: true, oldestAtMs: minutesAt[0] ?? null }],
  });
  const housekeeping = new Housekeeping({
    ...{ store, fleet: { notes: () => [] } as unknown as LiveFleet, log: pino({ level: "silent" }) },
    ...{ maxAgeMs: DAY, maxEvents: 1_000, minutesMs: DAY, hoursMs: 10 * DAY, maxBytes: 1_000 },
  });
  await housekeeping.start();
  t.after(() => housekeeping.stop());
  const kept = async () => {
    const rows = await store.metrics({ instance: "web1", key: null, sinceMs: 0, untilMs: now, resolution: "minute" });
    return rows.map(({ atMs }) => atMs);
  };
  for (let tries = 0; tries < 100 && (await kept()).length === 2; tries++) await sleep(20);
  assert.deepEqual(await kept(), minutesAt.slice(1));
});

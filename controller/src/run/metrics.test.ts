// Samples of a fleet on their way: minutes into the store, the latest to who asks, floods and old figures to nobody.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { pino } from "pino";
import { emptyFleet, type FleetChange, reduce } from "../core/fleet.js";
import { entryOf, figuresAt } from "../core/metrics-pack.js";
import { aProcess, SUPERVISOR } from "../core/rows.fixture.js";
import type { MinuteRow } from "../store/metric-history.js";
import type { LiveFleetListeners } from "./live-fleet.js";
import { Metrics } from "./metrics.js";

const MINUTE = 60_000;
const T0 = 1_800_000 * MINUTE;
const API = { group: "api", name: "a" };

function world(sampleMs = 15_000) {
  const rows: MinuteRow[] = [];
  const lines: string[] = [];
  const state = { nowMs: T0, broken: false };
  const listeners: LiveFleetListeners[] = [];
  let fleet = emptyFleet();
  const change = (changes: readonly FleetChange[]) => {
    for (const listener of listeners) listener.changes(changes);
  };
  const apply = (input: Parameters<typeof reduce>[1]) => {
    const step = reduce(fleet, input);
    fleet = step.next;
    change(step.changes);
  };
  const metrics = new Metrics({
    store: {
      async recordMinutes(given) {
        if (state.broken) throw new FleetError("unavailable", "the disk is full");
        rows.push(...given);
      },
    },
    fleet: {
      get fleet() {
        return fleet;
      },
      subscribe: (listener) => void listeners.push(listener),
    },
    log: pino({ level: "warn" }, { write: (line) => void lines.push(line) }),
    ...{ sampleMs, minutesMs: 7 * 1_440 * MINUTE, now: () => state.nowMs },
  });
  const identity = { id: "id", name: "web1", labels: {}, hostName: "web1", version: "0.1.0" };
  apply({ type: "hello", identity, bootId: "b" });
  apply({
    type: "snapshot",
    instance: "web1",
    snapshot: { seq: 1, supervisor: SUPERVISOR, processes: [aProcess(API)] },
  });
  /** A sample after some seconds, with so much CPU time since. */
  const sample = (seconds: number, cpuMs: number, instance = "web1") => {
    state.nowMs += seconds * 1_000;
    metrics.take(instance, {
      ...{ monotonicMs: state.nowMs, host: null },
      processes: [
        { ...API, pid: 7, startTicks: 1, cpuMs, memoryBytes: 1024 },
        { group: "no", name: "body", pid: 8, startTicks: 1, cpuMs, memoryBytes: 1024 },
      ],
    });
  };
  return { metrics, rows, lines, state, sample, apply };
}

const cpuOf = (row: MinuteRow | undefined) =>
  figuresAt(row?.data ?? new Uint8Array(0), entryOf(row?.names ?? "", "api:a") ?? 0).cpu;

test("each minute is one row with all that is known of it, written when it is over, the last at the end", async () => {
  const { metrics, rows, sample } = world();
  for (let count = 0; count < 6; count++) sample(15, count * 1_500);
  await metrics.stop();
  assert.deepEqual(
    rows.map(({ instance, atMs, names }) => [instance, (atMs - T0) / MINUTE, names]),
    [
      ["web1", 0, "api:a"],
      ["web1", 1, "api:a"],
    ],
  );
  assert.deepEqual(cpuOf(rows[0]), { count: 2, min: 10, avg: 10, max: 10 });
  assert.equal(cpuOf(rows[1])?.count, 3);
});

test("what comes more often than it was asked for is left out, and everything where nothing was asked for", () => {
  const { metrics, sample } = world();
  for (let count = 0; count < 100; count++) sample(1, count);
  assert.equal(metrics.samples, 13);
  const never = world(0);
  never.sample(15, 1);
  assert.equal(never.metrics.samples, 0);
});

test("samples of an instance that nobody knows are left out", () => {
  const { metrics, sample } = world();
  sample(15, 1, "stranger");
  assert.equal(metrics.samples, 0);
});

test("the clock of the controller may jump back", () => {
  const { metrics, sample, state } = world();
  sample(15, 1);
  state.nowMs -= 3_600_000;
  sample(15, 1);
  assert.equal(metrics.samples, 2);
});

test("figures that are old say nothing of now", () => {
  const { metrics, sample, state } = world();
  sample(15, 0);
  sample(15, 7_500);
  assert.deepEqual(metrics.process("web1", API), { cpuPercent: 50, memoryBytes: 1024 });
  state.nowMs += 60_000;
  assert.deepEqual(metrics.process("web1", API), { cpuPercent: null, memoryBytes: null });
  assert.equal(metrics.moments("web1", "api:a").length, 2, "what was is still known");
});

test("a process and an instance that are no more leave nothing behind", () => {
  const { metrics, sample, apply } = world();
  sample(15, 1_000);
  const removed = { type: "process-removed", ...API } as const;
  apply({ type: "reports", instance: "web1", reports: [{ seq: 2, atMs: 1, fact: removed }] });
  assert.equal(metrics.process("web1", API).memoryBytes, null);
  assert.equal(metrics.totals("web1").cpuMs, 1_000, "what its instance has used does not go down");
  apply({ type: "removed", instance: "web1" });
  assert.equal(metrics.totals("web1").cpuMs, 0);
});

test("minutes that cannot be written are lost and told once; later ones are kept", async () => {
  const { metrics, rows, lines, sample, state } = world();
  state.broken = true;
  await metrics.start();
  for (let count = 0; count < 5; count++) sample(15, count);
  await metrics.stop();
  assert.equal(rows.length, 0);
  assert.equal(lines.length, 1, lines.join(""));
  assert.match(lines[0] ?? "", /the disk is full.*lost/);
});

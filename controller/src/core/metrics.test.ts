// Figures of processors and memory: rates between samples, minutes made of them, hours made of those, and how little room they need.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeTallies, type Samples, tallyOf } from "./metrics.js";
import { chartScale, coarser } from "./metrics-chart.js";
import { KEPT_SAMPLES, Meter } from "./metrics-meter.js";
import { decodeSmall, ENTRY_BYTES, encodeSmall, entryOf, figuresAt, mergePacked, pack } from "./metrics-pack.js";

const MIB = 1024 * 1024;
const MINUTE = 60_000;
const ALL = () => true;

/** A sample of one process, `seconds` after the first. */
function sample(
  seconds: number,
  cpuMs: number,
  change: { pid?: number; memoryBytes?: number; host?: number } = {},
): Samples {
  const { pid = 10, memoryBytes = 5 * MIB, host } = change;
  return {
    monotonicMs: 7_000 + seconds * 1_000,
    host:
      host === undefined
        ? null
        : {
            ...{ cpuBusyMs: host, cpuTotalMs: 4_000 * seconds, loadHundredths: 150 },
            ...{ memoryTotalBytes: 100 * MIB, memoryAvailableBytes: 75 * MIB },
          },
    processes: pid === 0 ? [] : [{ group: "api", name: "a", pid, startTicks: pid * 7, cpuMs, memoryBytes }],
  };
}

test("a rate is between two samples of one life; the first has none, and a restart is no negative one", () => {
  const meter = new Meter();
  const seen: (number | null)[] = [];
  const take = (seconds: number, cpuMs: number, pid = 10) => {
    meter.take(sample(seconds, cpuMs, { pid }), 1_000 * seconds, ALL);
    seen.push(meter.latest("api:a").cpuPercent);
  };
  take(0, 5_000);
  take(10, 10_000);
  take(20, 10_000);
  take(30, 100, 11);
  take(40, 20_100, 11);
  assert.deepEqual(seen, [null, 50, 0, null, 200]);
  assert.equal(meter.counters("api:a").cpuMs, 10_000 + 20_100, "what was used over all lives only rises");
});

test("time that goes down within a life is no rate, and the next one is between what was seen then", () => {
  const meter = new Meter();
  meter.take(sample(0, 5_000), 0, ALL);
  meter.take(sample(10, 4_000), 10_000, ALL);
  assert.equal(meter.latest("api:a").cpuPercent, null);
  meter.take(sample(20, 5_000), 20_000, ALL);
  assert.equal(meter.latest("api:a").cpuPercent, 10);
});

test("who is in the last sample no more uses nothing, and what nobody knows of is not taken", () => {
  const meter = new Meter();
  meter.take(sample(0, 0), 0, ALL);
  assert.deepEqual(meter.latest("api:a"), { cpuPercent: null, memoryBytes: 5 * MIB });
  meter.take(sample(10, 0, { pid: 0 }), 10_000, ALL);
  assert.deepEqual(meter.latest("api:a"), { cpuPercent: null, memoryBytes: null });
  const strict = new Meter();
  strict.take(sample(0, 0), 0, () => false);
  assert.equal(strict.close()?.names, "");
});

test("a host's figures are shares of the whole machine", () => {
  const meter = new Meter();
  meter.take(sample(10, 0, { host: 10_000 }), 0, ALL);
  meter.take(sample(20, 0, { host: 20_000 }), 10_000, ALL);
  assert.deepEqual(meter.host, { cpuPercent: 25, memoryBytes: 25 * MIB });
  assert.deepEqual(meter.load, { cpuPercent: 1.5, memoryBytes: 100 * MIB });
});

test("a minute has least, mean and most of its samples, each once", () => {
  const meter = new Meter();
  for (const [seconds, cpuMs, memoryBytes] of [
    [0, 0, 8],
    [15, 1_500, 4],
    [30, 6_000, 6],
  ] as const) {
    meter.take(sample(seconds, cpuMs, { memoryBytes: memoryBytes * MIB }), seconds * 1_000, ALL);
  }
  const minute = meter.close();
  assert.ok(minute !== null);
  assert.equal(minute.names, "api:a");
  assert.deepEqual(figuresAt(minute.data, entryOf(minute.names, "api:a") ?? 0), {
    cpu: { count: 2, min: 10, avg: 20, max: 30 },
    memory: { count: 3, min: 4 * MIB, avg: 6 * MIB, max: 8 * MIB },
  });
  assert.equal(meter.close(), null);
});

test("what is forgotten leaves its place to others, clean", () => {
  const meter = new Meter();
  const of = (name: string, cpuMs: number): Samples => ({
    ...sample(cpuMs / 100, cpuMs),
    processes: [{ group: "g", name, pid: 1, startTicks: 1, cpuMs, memoryBytes: MIB }],
  });
  for (let index = 0; index < 40; index++) meter.take(of(`p${index}`, 1_000), 0, ALL);
  for (let index = 0; index < 40; index++) meter.forget(`g:p${index}`);
  meter.take(of("new", 2_000), 0, ALL);
  assert.deepEqual(meter.latest("g:new"), { cpuPercent: null, memoryBytes: MIB });
  assert.equal(meter.close()?.names, "g:new");
  assert.equal(meter.moments("g:new").filter(({ figures }) => figures[0]?.memoryBytes !== null).length, 1);
});

test("the last samples stay as they were, a bounded number of them", () => {
  const meter = new Meter();
  for (let index = 0; index < 2 * KEPT_SAMPLES; index++) meter.take(sample(index, index * 500), index * 1_000, ALL);
  const moments = meter.moments("api:a");
  assert.equal(moments.length, KEPT_SAMPLES);
  assert.deepEqual(moments.at(-1), {
    atMs: (2 * KEPT_SAMPLES - 1) * 1_000,
    figures: [{ cpuPercent: 50, memoryBytes: 5 * MIB }],
  });
  assert.equal(moments[0]?.atMs, KEPT_SAMPLES * 1_000);
});

test("a number in 16 bits is exact when small, nearly so when large, and keeps its order", () => {
  for (const value of [0, 1, 2, 1023, 1024, 2047]) assert.equal(decodeSmall(encodeSmall(value)), value);
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e15, noNaN: true }),
      fc.double({ min: 0, max: 1e15, noNaN: true }),
      (a, b) => {
        const read = decodeSmall(encodeSmall(a));
        assert.ok(Math.abs(read - a) <= Math.max(0.5, a / 2_000), `${a} is read as ${read}`);
        if (a <= b) assert.ok(encodeSmall(a) <= encodeSmall(b));
      },
    ),
  );
  for (const odd of [-1, Number.NaN, 1e300]) assert.ok(decodeSmall(encodeSmall(odd)) >= 0);
});

test("a packed minute of fifty processes is below a kilobyte, and every process is found in it", () => {
  const names = Array.from({ length: 50 }, (_, index) => `g:p${index}`).sort();
  const figures = names.map((_, index) => ({ cpu: tallyOf(index), memory: tallyOf(index * MIB) }));
  const none = { cpu: null, memory: null };
  const { data } = pack(names.join("\n"), [none, none, ...figures]);
  assert.equal(data.length, 52 * ENTRY_BYTES);
  names.forEach((name, index) => {
    assert.deepEqual(figuresAt(data, entryOf(names.join("\n"), name) ?? 0), figures[index]);
  });
  assert.equal(entryOf(names.join("\n"), "g:p"), null);
  assert.equal(entryOf("", ""), null);
});

test("times together weigh by their samples, whatever processes each had", () => {
  const none = { cpu: null, memory: null };
  const early = pack("g:a\ng:b", [none, none, { cpu: { count: 3, min: 0, avg: 10, max: 20 }, memory: null }, none]);
  const late = pack("g:a\ng:c", [none, none, { cpu: { count: 1, min: 30, avg: 30, max: 30 }, memory: null }, none]);
  const both = mergePacked([early, late]);
  assert.equal(both?.names, "g:a\ng:b\ng:c");
  assert.deepEqual(figuresAt(both?.data ?? new Uint8Array(0), 2).cpu, { count: 4, min: 0, avg: 15, max: 30 });
  assert.equal(mergePacked([]), null);
  assert.equal(mergePacked([early]), early);
});

test("the order in which times are put together does not matter", () => {
  const tally = fc.record({
    count: fc.integer({ min: 1, max: 60 }),
    min: fc.nat(10),
    avg: fc.nat(50),
    max: fc.nat(99),
  });
  fc.assert(
    fc.property(tally, tally, tally, (a, b, c) => {
      const left = mergeTallies(mergeTallies(a, b), c);
      const right = mergeTallies(a, mergeTallies(c, b));
      assert.ok(Math.abs((left?.avg ?? 0) - (right?.avg ?? 0)) < 1e-9);
      assert.deepEqual([left?.count, left?.min, left?.max], [right?.count, right?.min, right?.max]);
    }),
  );
});

test("a chart is as fine as its span lets it be", () => {
  const nowMs = 1e12;
  const scale = (minutes: number, points = 300) =>
    chartScale({
      ...{ sinceMs: nowMs - minutes * MINUTE, untilMs: nowMs, points },
      ...{ rawSinceMs: nowMs - 5 * MINUTE, minutesSinceMs: nowMs - 7 * 1_440 * MINUTE },
    });
  assert.deepEqual(scale(4), { source: "raw", stepMs: 0 });
  assert.deepEqual(scale(60), { source: "minute", stepMs: MINUTE });
  assert.deepEqual(scale(1_440), { source: "minute", stepMs: 5 * MINUTE });
  assert.deepEqual(scale(7 * 1_440), { source: "hour", stepMs: 60 * MINUTE });
  assert.deepEqual(scale(400 * 1_440, 100), { source: "hour", stepMs: 96 * 60 * MINUTE });
});

test("points that are too many are put together, and where there was nothing there is no point", () => {
  const at = (minutes: number, value: number) => ({
    atMs: minutes * MINUTE,
    figures: [{ cpu: tallyOf(value), memory: null }],
  });
  const points = coarser([at(0, 1), at(4, 3), at(12, 7)], 5 * MINUTE);
  assert.deepEqual(
    points.map(({ atMs, figures }) => [atMs / MINUTE, figures[0]?.cpu]),
    [
      [0, { count: 2, min: 1, avg: 2, max: 3 }],
      [10, tallyOf(7)],
    ],
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { MetricSeries } from "@fleetvisor/proto/api/v1";
import { buildChart, formatTick, formatValue, pointWords } from "./chart.js";

const spread = (avg: (number | null)[], max = avg) => ({ min: avg, avg, max });
const series = (cpu: (number | null)[], part: Partial<MetricSeries> = {}): MetricSeries => ({
  source: "minute",
  stepMs: 60_000,
  atMs: cpu.map((_, at) => at * 60_000),
  cpuPercent: spread(cpu),
  memoryBytes: spread(cpu.map(() => null)),
  ...part,
});

test("a point between two gaps is a dot, since no line reaches it", () => {
  const view = buildChart(series([1, 2, null, 3, null, 4]), "cpu");
  assert.deepEqual(view.lonely, [3, 5]);
  assert.deepEqual(view.seconds.slice(0, 2), [0, 60]);
});

test("the words give now, average and most, and say so when the latest is not known", () => {
  const one = buildChart(series([1, 3], { cpuPercent: spread([1, 3], [2, 50]) }), "cpu");
  assert.equal(one.words, "now 3\u00a0%, average 2\u00a0%, most 50\u00a0%");
  assert.equal(buildChart(series([1, null]), "cpu").words, "now unknown, average 1\u00a0%, most 1\u00a0%");
  assert.deepEqual([buildChart(series([null]), "cpu").empty, buildChart(series([1]), "load").empty], [true, true]);
});

test("a host's memory is drawn against what it has", () => {
  assert.equal(buildChart(series([1], { memoryTotalBytes: 1_024 }), "memory").ceiling, 1_024);
});

test("a point tells its spread where it has one", () => {
  const view = buildChart(series([2], { cpuPercent: { min: [1], avg: [2], max: [5.5] } }), "cpu");
  assert.equal(pointWords("cpu", view, 0), "2\u00a0% (1\u00a0% to 5.5\u00a0%)");
  assert.equal(pointWords("cpu", buildChart(series([null]), "cpu"), 0), "nothing known");
  assert.equal(formatValue("memory", 1_536), "1.5 KiB");
  assert.match(formatTick(0, 86_400), /^\d\d-\d\d$/);
  assert.match(formatTick(0, 60), /^\d\d:\d\d$/);
});

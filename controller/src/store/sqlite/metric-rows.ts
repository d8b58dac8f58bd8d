// Where rows of figures lie: by the number of their instance and then by time, so that those of one instance lie together and a chart
// reads a stretch of the table.
import type { Resolution } from "../../core/metrics.js";
import { RESOLUTIONS } from "../../core/metrics.js";

/** Ids of one instance: room for minutes since 1970 until the year 2480. */
const SPAN = 2 ** 28;

export const METRIC_TABLES = { minute: "metric_minute", hour: "metric_hour" } as const satisfies Record<
  Resolution,
  string
>;

/** A row of either table. */
export interface MetricRow {
  readonly id: number;
  readonly layout: number;
  readonly data: Uint8Array;
}

/** Id of the first row of an instance that can begin at a moment or later. */
export function metricId(instance: number, atMs: number, resolution: Resolution): number {
  const place = Math.ceil(Math.max(0, atMs) / RESOLUTIONS[resolution]);
  return instance * SPAN + Math.min(place, SPAN - 1);
}

/** Beginning of a row's time. */
export function momentOf(id: number, resolution: Resolution): number {
  return (id % SPAN) * RESOLUTIONS[resolution];
}

/** Ids of an instance: the first, and the one after the last. */
export function spanOf(instance: number): { readonly low: number; readonly high: number } {
  return { low: instance * SPAN, high: (instance + 1) * SPAN };
}

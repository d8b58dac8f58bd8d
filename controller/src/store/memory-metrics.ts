// Figures of processors and memory in memory, by the same promises as any other back end.
import { RESOLUTIONS, startOf } from "../core/metrics.js";
import { coarser, type Point, pointOf } from "../core/metrics-chart.js";
import { mergePacked, type Packed } from "../core/metrics-pack.js";
import type { MetricHistory, MetricRequest, MetricUpkeep, MinuteRow } from "./metric-history.js";

interface Kept {
  readonly minutes: Map<number, Packed>;
  readonly hours: Map<number, Packed>;
}

const HOUR_MS = RESOLUTIONS.hour;

export class MemoryMetrics implements MetricHistory {
  readonly #instances = new Map<string, Kept>();

  async recordMinutes(rows: readonly MinuteRow[]): Promise<void> {
    for (const { instance, atMs, ...packed } of rows) {
      const kept = this.#instances.get(instance) ?? { minutes: new Map(), hours: new Map() };
      this.#instances.set(instance, kept);
      add(kept.minutes, atMs, packed);
    }
  }

  async metrics({ instance, key, resolution, sinceMs, untilMs }: MetricRequest): Promise<readonly Point[]> {
    const kept = this.#instances.get(instance);
    if (kept === undefined) return [];
    const minutes = [...kept.minutes];
    const rows =
      resolution === "minute"
        ? minutes
        : [...kept.hours, ...minutes.filter(([atMs]) => !kept.hours.has(startOf(atMs, HOUR_MS)))];
    const points = rows
      .sort(([a], [b]) => a - b)
      .flatMap(([atMs, packed]) => pointOf(resolution === "hour" ? startOf(atMs, HOUR_MS) : atMs, packed, key))
      .filter(({ atMs }) => atMs >= sinceMs && atMs < untilMs);
    return coarser(points, RESOLUTIONS[resolution]);
  }

  async tendMetrics({ hoursUntilMs, keepMinutesMs, keepHoursMs }: MetricUpkeep): Promise<number | null> {
    for (const [instance, { minutes, hours }] of this.#instances) {
      for (const [atMs, packed] of [...minutes].sort(([a], [b]) => a - b)) {
        const hourMs = startOf(atMs, HOUR_MS);
        if (hourMs + HOUR_MS > hoursUntilMs || hours.has(hourMs)) continue;
        const whole = [...minutes].filter(([other]) => startOf(other, HOUR_MS) === hourMs).map(([, each]) => each);
        hours.set(hourMs, mergePacked(whole) ?? packed);
      }
      for (const atMs of minutes.keys()) if (atMs < keepMinutesMs) minutes.delete(atMs);
      for (const atMs of hours.keys()) if (atMs < keepHoursMs) hours.delete(atMs);
      if (minutes.size + hours.size === 0) this.#instances.delete(instance);
    }
    return null;
  }

  /** The beginning of every row. */
  protected times(kind: keyof Kept): number[] {
    return [...this.#instances.values()].flatMap((kept) => [...kept[kind].keys()]);
  }
}

function add(rows: Map<number, Packed>, atMs: number, packed: Packed): void {
  const before = rows.get(atMs);
  rows.set(atMs, mergePacked(before === undefined ? [packed] : [before, packed]) ?? packed);
}

// Points of a chart: how fine they can be for a span, and figures brought to that. Pure.
import { type Figures, mergeFigures, NO_FIGURES, RESOLUTIONS, type Resolution, startOf, tallyOf } from "./metrics.js";
import type { Moment } from "./metrics-meter.js";
import { entryOf, figuresAt, type Packed } from "./metrics-pack.js";

export interface ChartRequest {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** The most points that are wanted. */
  readonly points: number;
  /** From when on samples are kept as they were; null for none. */
  readonly rawSinceMs: number | null;
  /** From when on there are minutes. */
  readonly minutesSinceMs: number;
}

export interface ChartScale {
  readonly source: "raw" | Resolution;
  /** Time of one point; 0 for samples as they were. */
  readonly stepMs: number;
}

export interface Point {
  /** Beginning of its time. */
  readonly atMs: number;
  /** Of one or several things. */
  readonly figures: readonly Figures[];
}

/** Minutes that are read for one chart. */
const MOST_MINUTES = 1_440;

/** Samples where they reach back far enough, minutes up to a day, else hours. */
export function chartScale(request: ChartRequest): ChartScale {
  const { sinceMs, untilMs, points, rawSinceMs, minutesSinceMs } = request;
  if (rawSinceMs !== null && sinceMs >= rawSinceMs) return { source: "raw", stepMs: 0 };
  const spanMs = Math.max(1, untilMs - sinceMs);
  const byMinute = sinceMs >= minutesSinceMs && spanMs <= MOST_MINUTES * RESOLUTIONS.minute;
  const source = byMinute ? "minute" : "hour";
  const base = RESOLUTIONS[source];
  return { source, stepMs: base * Math.max(1, Math.ceil(spanMs / base / points)) };
}

/** Points of `stepMs` out of finer ones that are in order. */
export function coarser(points: readonly Point[], stepMs: number): Point[] {
  const found: { atMs: number; figures: Figures[] }[] = [];
  for (const point of points) {
    const atMs = startOf(point.atMs, stepMs);
    const last = found.at(-1);
    if (last?.atMs === atMs) {
      last.figures = last.figures.map((figures, index) => mergeFigures(figures, point.figures[index] ?? NO_FIGURES));
    } else {
      found.push({ atMs, figures: [...point.figures] });
    }
  }
  return found;
}

/** What a row says of a process, or with null of the host; nothing where it says nothing. */
export function pointOf(atMs: number, { names, data }: Packed, key: string | null): Point[] {
  const entry = key === null ? 0 : entryOf(names, key);
  if (entry === null) return [];
  const figures = key === null ? [figuresAt(data, 0), figuresAt(data, 1)] : [figuresAt(data, entry)];
  return figures.some(({ cpu, memory }) => cpu !== null || memory !== null) ? [{ atMs, figures }] : [];
}

/** Samples of a time as points of their own. */
export function rawPoints(moments: readonly Moment[], sinceMs: number, untilMs: number): Point[] {
  const tally = (value: number | null) => (value === null ? null : tallyOf(value));
  return moments
    .filter(({ atMs }) => atMs >= sinceMs && atMs < untilMs)
    .map(({ atMs, figures }) => ({
      atMs,
      figures: figures.map(({ cpuPercent, memoryBytes }) => ({ cpu: tally(cpuPercent), memory: tally(memoryBytes) })),
    }));
}

/** A point without figures wherever some are missing, so that no line is drawn over it. `stepMs` is the time between two. */
export function withGaps(points: readonly Point[], stepMs: number): Point[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    const isGap = before !== undefined && point.atMs - before.atMs > 1.5 * stepMs;
    return isGap ? [{ atMs: before.atMs + stepMs, figures: [] }, point] : [point];
  });
}

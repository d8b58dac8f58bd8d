// The part of the store that keeps figures of processors and memory, with the promises that every back end keeps. Held to them by
// test/contract/store-metrics.test.ts.
import type { Resolution } from "../core/metrics.js";
import type { Point } from "../core/metrics-chart.js";
import type { Packed } from "../core/metrics-pack.js";

/** An instance with all its processes over one minute. */
export interface MinuteRow extends Packed {
  readonly instance: string;
  /** Beginning of the minute. */
  readonly atMs: number;
}

export interface MetricRequest {
  readonly instance: string;
  /** GROUP:NAME. With null the host: its points have two figures, the second being load and total memory. */
  readonly key: string | null;
  readonly resolution: Resolution;
  /** Times that begin from here on, and before there. */
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** One step of the upkeep. */
export interface MetricUpkeep {
  /** 0 to begin with, then what the step before told. */
  readonly from: number;
  /** Instances looked at. */
  readonly count: number;
  /** Hours that end by then become rows of their own. */
  readonly hoursUntilMs: number;
  /** Minutes and hours of before go. */
  readonly keepMinutesMs: number;
  readonly keepHoursMs: number;
}

/**
 * Promises, besides those of the store:
 * - A minute that is there already is put together with what comes: what a controller saw before and after it was started anew.
 * - An hour can be asked for as soon as one of its minutes is kept, whether it has a row of its own yet or not.
 * - A write that cannot be done now is rejected and not tried again: figures are worth less than what would wait behind them.
 */
export interface MetricHistory {
  recordMinutes(rows: readonly MinuteRow[]): Promise<void>;
  /** Oldest first, only times of which something is known. Read in small steps, however much it is. */
  metrics(request: MetricRequest): Promise<readonly Point[]>;
  /** Makes hours out of minutes and takes away what is old; resolves with where the next step begins, null at the end. */
  tendMetrics(upkeep: MetricUpkeep): Promise<number | null>;
}

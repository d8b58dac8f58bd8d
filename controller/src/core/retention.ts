// How much history to take away now: by age, by number and by room, in steps small enough that nothing waits for them.

export interface RetentionRules {
  /** Events committed earlier than this long ago go. */
  readonly maxAgeMs: number;
  /** Never more events than this. */
  readonly maxEvents: number;
  /** At most this many at a time. */
  readonly stepEvents: number;
}

export interface Fill {
  /** What rows take, without what is free within the files. */
  readonly usedBytes: number;
  readonly events: number;
  /** Beginning of the first minute of figures that is kept; null when there is none. */
  readonly oldestMinuteMs: number | null;
}

/** How much is kept for now; null for as much as the other rules say. */
export interface Squeeze {
  readonly minutesMs: number | null;
  readonly events: number | null;
}

/** A tenth goes at a time: what comes between two looks is far less. */
const KEPT_SHARE = 0.9;
/** Figures by the minute are what is large and what the hours stand in for; so many of them are worth more than the oldest events. */
const LEAST_MINUTES_MS = 6 * 3_600_000;

/** What must give way, besides what is too old, for everything to have room: figures by the minute first, then events. */
export function squeeze(fill: Fill, limitBytes: number | null, nowMs: number): Squeeze {
  if (limitBytes === null || fill.usedBytes <= limitBytes) return { minutesMs: null, events: null };
  const spanMs = fill.oldestMinuteMs === null ? 0 : nowMs - fill.oldestMinuteMs;
  if (spanMs > LEAST_MINUTES_MS) {
    return { minutesMs: Math.max(LEAST_MINUTES_MS, Math.floor(spanMs * KEPT_SHARE)), events: null };
  }
  return { minutesMs: null, events: Math.max(1, Math.floor(fill.events * KEPT_SHARE)) };
}

export interface HistoryExtent {
  /** Ids of the oldest and newest event; null when there are none. */
  readonly oldestId: number | null;
  readonly newestId: number | null;
}

export interface RetentionStep {
  /** Delete events with an id below this one, */
  readonly belowId: number;
  /** and whether another step should follow. */
  readonly more: boolean;
}

/**
 * The next step, or null when all is within the rules. `firstYoungId` is the lowest id that is young enough by age, null
 * when even the newest is not. The newest event always stays, so that ids never start again. Ids are nearly without holes, so they
 * are counted as if they were.
 */
export function retentionStep(
  extent: HistoryExtent,
  firstYoungId: number | null,
  rules: RetentionRules,
): RetentionStep | null {
  const { oldestId, newestId } = extent;
  if (oldestId === null || newestId === null) return null;
  const byAge = firstYoungId ?? newestId;
  const bySize = newestId - rules.maxEvents + 1;
  const keepFrom = Math.min(Math.max(byAge, bySize), newestId);
  if (keepFrom <= oldestId) return null;
  const belowId = Math.min(keepFrom, oldestId + rules.stepEvents);
  return { belowId, more: belowId < keepFrom };
}

// How much history to take away now: by age and by size, in steps small enough that nothing waits for them.

export interface RetentionRules {
  /** Events committed earlier than this long ago go. */
  readonly maxAgeMs: number;
  /** Never more events than this. */
  readonly maxEvents: number;
  /** At most this many at a time. */
  readonly stepEvents: number;
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

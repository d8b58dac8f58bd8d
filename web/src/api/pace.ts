// How long a page rests between two batches of live changes: as long as the last one kept it from drawing, so that there is time for
// people however much changes.

/** What a batch may take without a rest: it was on the screen with the frame after the next, give or take. */
const FREE_MS = 40;
/** Nobody sees what is later by less. */
const MOST_REST_MS = 250;

export class Pace {
  #restUntilMs = Number.NEGATIVE_INFINITY;

  /** A batch was begun and is on the screen; times of one monotonic clock. */
  drawn(begunMs: number, drawnMs: number): void {
    const tookMs = drawnMs - begunMs;
    this.#restUntilMs = tookMs <= FREE_MS ? drawnMs : drawnMs + Math.min(MOST_REST_MS, tookMs);
  }

  /** Until the next batch; 0 for at once. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#restUntilMs - nowMs);
  }
}

// How often somebody may do something: so many at once, and so many a second in the long run. Pure; times are monotonic ms given by the
// caller.

export interface RateLimit {
  readonly perSecond: number;
  /** As many as may come at once after a quiet time. */
  readonly burst: number;
}

interface Level {
  /** How many are left, as of `atMs`. */
  readonly left: number;
  readonly atMs: number;
}

/** Those who did something lately, by whatever names them apart. */
export class Rates {
  readonly #limit: RateLimit;
  readonly #most: number;
  /** In the order of their last doing. */
  readonly #levels = new Map<string, Level>();

  /** `most` are remembered: those who did nothing for the longest time are forgotten first. */
  constructor(limit: RateLimit, most = 20_000) {
    this.#limit = limit;
    this.#most = most;
  }

  /** Counts one; 0 when it may be, else the ms after which the next may, and then it does not count. */
  take(who: string, nowMs: number): number {
    const { perSecond, burst } = this.#limit;
    const before = this.#levels.get(who) ?? { left: burst, atMs: nowMs };
    const left = Math.min(burst, before.left + ((nowMs - before.atMs) / 1000) * perSecond);
    this.#levels.delete(who);
    this.#levels.set(who, { left: left >= 1 ? left - 1 : left, atMs: nowMs });
    for (const oldest of this.#levels.keys()) {
      if (this.#levels.size <= this.#most) break;
      this.#levels.delete(oldest);
    }
    return left >= 1 ? 0 : Math.ceil(((1 - left) / perSecond) * 1000);
  }
}

// What came lately, so that the same thing again and again is noted once in a while and not each time.

export class Lately {
  readonly #forMs: number;
  readonly #most: number;
  /** When each was noted, oldest first. */
  readonly #noted = new Map<string, number>();

  /** Remembers for so long, and no more than so many. */
  constructor(forMs: number, most: number) {
    this.#forMs = forMs;
    this.#most = most;
  }

  /** Whether it is to be noted now; then it is remembered. `nowMs` is monotonic. */
  isNew(key: string, nowMs: number): boolean {
    for (const [oldest, sinceMs] of this.#noted) {
      if (this.#noted.size < this.#most && nowMs - sinceMs < this.#forMs) break;
      this.#noted.delete(oldest);
    }
    if (this.#noted.has(key)) return false;
    this.#noted.set(key, nowMs);
    return true;
  }
}

// Wall clock that does not jump: for times that are kept and compared again after a restart, when nothing else is left to compare.

export class SteadyClock {
  #offsetMs = 0;

  constructor() {
    this.renew();
  }

  /** Milliseconds since the epoch, as of the last `renew` plus what has passed since. */
  now(): number {
    return this.at(performance.now());
  }

  /** A monotonic moment by this clock. */
  at(monotonicMs: number): number {
    return Math.round(this.#offsetMs + monotonicMs);
  }

  /** Takes the system's clock over. Only while nothing is compared. */
  renew(): void {
    this.#offsetMs = Date.now() - performance.now();
  }

  /** A moment of this clock by the system's clock of now. */
  toWall(atMs: number): number {
    return Date.now() + atMs - this.now();
  }
}

// Asks for answers again, soon after the first reason, one question of a kind at a time, and not more often than page and controller can
// bear.
import { hashKey, type QueryKey } from "@tanstack/react-query";

/** Pause between a reason and the question, in which further reasons are gathered; and between two questions that cost one request. */
const GATHER_MS = 120;
const REST_MS = 1_500;
/** An answer that takes long is dear to the controller too: the rest after it is so many times as long, up to the most. */
const REST_SHARE = 10;
const MOST_REST_MS = 15_000;

interface Asked {
  timer: ReturnType<typeof setTimeout> | undefined;
  /** The answer is awaited. */
  underWay: boolean;
  /** There was a reason after the question left: the answer may not know of it. */
  again: boolean;
  /** Not before this time, by the monotonic clock. */
  restUntilMs: number;
}

export class Refetcher {
  readonly #refetch: (key: QueryKey) => Promise<unknown> | undefined;
  readonly #costOf: (key: QueryKey) => number;
  readonly #now: () => number;
  readonly #asked = new Map<string, Asked>();
  #stopped = false;

  /**
   * `refetch` settles when the answer is there, or none will come; `costOf` tells how many requests a question takes: a list of many
   * pages is asked for that much less often. `now` is a monotonic clock, ms.
   */
  constructor(
    refetch: (key: QueryKey) => Promise<unknown> | undefined,
    costOf: (key: QueryKey) => number = () => 1,
    now: () => number = () => performance.now(),
  ) {
    this.#refetch = refetch;
    this.#costOf = costOf;
    this.#now = now;
  }

  ask(key: QueryKey): void {
    const name = hashKey(key);
    const fresh = { timer: undefined, underWay: false, again: false, restUntilMs: Number.NEGATIVE_INFINITY };
    const asked = this.#asked.get(name) ?? fresh;
    this.#asked.set(name, asked);
    // Asked now, the cache would drop what is under way: under changes without end no slow answer would ever come.
    if (asked.underWay) asked.again = true;
    else if (asked.timer === undefined) this.#plan(key, asked);
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#asked.values()) clearTimeout(timer);
    this.#asked.clear();
  }

  #plan(key: QueryKey, asked: Asked): void {
    const waitMs = Math.max(GATHER_MS, asked.restUntilMs - this.#now());
    asked.timer = setTimeout(() => this.#question(key, asked), waitMs);
  }

  #question(key: QueryKey, asked: Asked): void {
    const startedMs = this.#now();
    const ended = () => {
      if (this.#stopped) return;
      asked.underWay = false;
      const endedMs = this.#now();
      const restMs = Math.min(MOST_REST_MS, (endedMs - startedMs) * REST_SHARE);
      asked.restUntilMs = Math.max(startedMs + REST_MS * this.#costOf(key), endedMs + restMs);
      if (asked.again) this.#plan(key, asked);
    };
    asked.timer = undefined;
    asked.again = false;
    asked.underWay = true;
    const answer = this.#refetch(key);
    // What an answer fails with is told where it is drawn.
    if (answer === undefined) ended();
    else answer.then(ended, ended);
  }
}

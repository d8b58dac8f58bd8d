// Asks for answers again, soon after the first reason and not more often than a page can bear.
import { hashKey, type QueryKey } from "@tanstack/react-query";

/** Pause between a reason and the question, in which further reasons are gathered; and between two questions that cost one request. */
const GATHER_MS = 120;
const REST_MS = 1_500;

interface Asked {
  timer: ReturnType<typeof setTimeout> | undefined;
  lastMs: number;
}

export class Refetcher {
  readonly #refetch: (key: QueryKey) => void;
  readonly #costOf: (key: QueryKey) => number;
  readonly #asked = new Map<string, Asked>();

  /** `costOf` tells how many requests a question takes: a list of many pages is asked for that much less often. */
  constructor(refetch: (key: QueryKey) => void, costOf: (key: QueryKey) => number = () => 1) {
    this.#refetch = refetch;
    this.#costOf = costOf;
  }

  ask(key: QueryKey): void {
    const name = hashKey(key);
    const asked = this.#asked.get(name) ?? { timer: undefined, lastMs: Number.NEGATIVE_INFINITY };
    this.#asked.set(name, asked);
    if (asked.timer !== undefined) return;
    const waitMs = Math.max(GATHER_MS, asked.lastMs + REST_MS * this.#costOf(key) - performance.now());
    asked.timer = setTimeout(() => {
      asked.timer = undefined;
      asked.lastMs = performance.now();
      this.#refetch(key);
    }, waitMs);
  }

  stop(): void {
    for (const { timer } of this.#asked.values()) clearTimeout(timer);
    this.#asked.clear();
  }
}

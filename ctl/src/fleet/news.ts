// The live stream as a bell: it says that something is other than it was, and what it is now is asked for.
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { StreamEvents } from "@fleetvisor/proto/api/v1";
import type { ApiClient } from "./client.js";

/** The server's sign of life comes every 15 s. */
const SILENCE_MS = 60_000;

export interface News {
  readonly signal: AbortSignal;
  /** Whether an event is news. That a connection begins always is. */
  readonly isNews: (event: keyof StreamEvents, data: string) => boolean;
  /** News that comes within this time is answered together. */
  readonly gatherMs: number;
  /** Asks what is so now; run at the start and after news, never twice at a time. */
  readonly onNews: () => Promise<void>;
}

/**
 * One connection of the live stream. What is so is asked for anew, so that selectors are the controller's to understand and nothing
 * is missed or told twice, whatever the stream left out. Resolves when the stream ends; fails as it does, and as `onNews` does.
 */
export async function onNews(client: ApiClient, { signal, isNews, gatherMs, onNews: work }: News): Promise<void> {
  const failed = new AbortController();
  const bell = new Bell(work, gatherMs, (thrown) => failed.abort(thrown));
  try {
    const either = AbortSignal.any([signal, failed.signal]);
    for await (const { event, data } of client.stream(API_PATHS.stream, { signal: either, silenceMs: SILENCE_MS })) {
      if (event === "hello" || event === "reset" || isNews(event as keyof StreamEvents, data)) bell.ring();
    }
  } finally {
    await bell.stop();
  }
  failed.signal.throwIfAborted();
}

/** Runs work when rung; rings while it runs are one run more. */
class Bell {
  readonly #work: () => Promise<void>;
  readonly #gatherMs: number;
  readonly #onFailure: (thrown: unknown) => void;
  #isDue = false;
  #run: Promise<void> | null = null;
  readonly #stopped = new AbortController();

  constructor(work: () => Promise<void>, gatherMs: number, onFailure: (thrown: unknown) => void) {
    this.#work = work;
    this.#gatherMs = gatherMs;
    this.#onFailure = onFailure;
  }

  ring(): void {
    this.#isDue = true;
    this.#run ??= this.#runWhileDue();
  }

  /** Resolves when nothing runs; nothing is begun after it. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#run;
  }

  async #runWhileDue(): Promise<void> {
    try {
      while (this.#isDue && !this.#stopped.signal.aborted) {
        this.#isDue = false;
        await this.#work();
        await sleep(this.#gatherMs, null, { signal: this.#stopped.signal }).catch(() => null);
      }
    } catch (thrown) {
      this.#onFailure(thrown);
    } finally {
      this.#run = null;
    }
  }
}

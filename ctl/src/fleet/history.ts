// Reads history from the controller: the newest of a range, and then each event as it comes, once and in order.
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { HistoryEvent, HistoryPage } from "@fleetvisor/proto/api/v1";
import type { ApiClient } from "./client.js";

const PAGE_ROWS = 1000;
/** The server's sign of life comes every 15 s. */
const SILENCE_MS = 60_000;
/** Events that come close together are asked for together. */
const GATHER_MS = 100;

export interface HistoryRange {
  /** Selectors in one text; everything without. */
  readonly selector?: string | undefined;
  readonly sinceMs?: number | undefined;
  /** The newest so many. */
  readonly count: number;
}

/** Events of the range, oldest first. With `afterId` none that old, which is where it stops asking. */
export async function listHistory(
  client: ApiClient,
  { selector, sinceMs, count }: HistoryRange,
  afterId = 0,
  signal?: AbortSignal,
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let cursor: string | undefined;
  while (events.length < count) {
    const query = { selector, sinceMs, limit: Math.min(PAGE_ROWS, count - events.length), cursor };
    const page: HistoryPage = await client.get<HistoryPage>(API_PATHS.events, query, signal);
    const newer = page.items.filter(({ id }) => id > afterId);
    events.push(...newer);
    if (page.nextCursor === null || newer.length < page.items.length) break;
    cursor = page.nextCursor;
  }
  return events.reverse();
}

/**
 * One connection of the live stream, which only says that something was kept; what it was is asked for, so that the
 * selector is the controller's to understand and nothing is missed or told twice, whatever the stream left out. Runs
 * `onNews` at the start and after each news, never twice at a time. Resolves when the stream ends.
 */
export async function onHistoryNews(
  client: ApiClient,
  signal: AbortSignal,
  onNews: () => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const bell = new Bell(onNews, (thrown) => failed.abort(thrown));
  try {
    const either = AbortSignal.any([signal, failed.signal]);
    for await (const { event } of client.stream(API_PATHS.stream, { signal: either, silenceMs: SILENCE_MS })) {
      if (event === "hello" || event === "reset" || event === "history") bell.ring();
    }
  } finally {
    await bell.idle();
  }
  failed.signal.throwIfAborted();
}

/** Runs work when rung; rings while it runs are one run more. */
class Bell {
  readonly #work: () => Promise<void>;
  readonly #onFailure: (thrown: unknown) => void;
  #isDue = false;
  #run: Promise<void> | null = null;

  constructor(work: () => Promise<void>, onFailure: (thrown: unknown) => void) {
    this.#work = work;
    this.#onFailure = onFailure;
  }

  ring(): void {
    this.#isDue = true;
    this.#run ??= this.#runWhileDue();
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    await this.#run;
  }

  async #runWhileDue(): Promise<void> {
    try {
      while (this.#isDue) {
        this.#isDue = false;
        await this.#work();
        await sleep(GATHER_MS);
      }
    } catch (thrown) {
      this.#onFailure(thrown);
    } finally {
      this.#run = null;
    }
  }
}

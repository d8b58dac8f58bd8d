// Waiting for something to become true, with the last reason why it was not in the failure.
import { setTimeout as sleep } from "node:timers/promises";

export interface EventuallyOptions {
  /** Said in the failure: what was waited for. */
  readonly what?: string;
  /** Generous on purpose: a slow machine must not fail a test. Default 20 s. */
  readonly withinMs?: number;
  readonly everyMs?: number;
  /** More to say in the failure, such as a daemon's output; asked only then. */
  readonly context?: () => string;
}

/**
 * Calls `check` until it neither throws nor answers `false`, `null` or `undefined` (so an assertion alone is no check: give
 * it an answer), and answers what it answered. Fails with the last error, as its cause, when the time is over.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const withinMs = options.withinMs ?? 20_000;
  const end = performance.now() + withinMs;
  for (;;) {
    let last: unknown;
    try {
      const answer = await check();
      if (answer !== false && answer !== null && answer !== undefined) {
        return answer as Exclude<T, false | null | undefined>;
      }
      last = `the check answered ${String(answer)}`;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= end) {
      const reason = last instanceof Error ? last.message : String(last);
      const context = options.context === undefined ? "" : `\n${options.context()}`;
      throw new Error(`not within ${withinMs} ms: ${options.what ?? "the check"}: ${reason}${context}`, {
        cause: last,
      });
    }
    await sleep(options.everyMs ?? 20);
  }
}

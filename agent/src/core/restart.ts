// When a process is started again and how long it waits before.

/** Whether an exit is followed by another start (configuration.rst, autorestart). */
export function shouldRestart(autorestart: boolean | "unexpected", expectedExit: boolean): boolean {
  return autorestart === "unexpected" ? !expectedExit : autorestart;
}

/** A life this short, after one as short, is a loop that must not eat the machine. */
export const SHORT_LIFE_MS = 1000;

/**
 * When to start again after an exit: at once, but in a row of short lives only once a second. supervisord looks once a second
 * and so never starts more often; an exit out of the blue need not wait for that.
 */
export function restartAtMs(startedMs: number, wasShortBefore: boolean, nowMs: number): number {
  return wasShortBefore ? Math.max(nowMs, startedMs + SHORT_LIFE_MS) : nowMs;
}

/** Wait after the n-th failed attempt in a row: n seconds (process.py, `delay = now + backoff`). */
export function backoffMs(tries: number): number {
  return tries * 1000;
}

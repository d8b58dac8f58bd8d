// When a process is started again and how long it waits before.

/** Whether an exit is followed by another start (configuration.rst, autorestart). */
export function shouldRestart(autorestart: boolean | "unexpected", expectedExit: boolean): boolean {
  return autorestart === "unexpected" ? !expectedExit : autorestart;
}

/** Wait after the n-th failed attempt in a row: n seconds (process.py, `delay = now + backoff`). */
export function backoffMs(tries: number): number {
  return tries * 1000;
}

// The real clock: monotonic time from the process start, one timer a deadline.
import type { Clock } from "./ports.js";

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  at(atMs, callback) {
    const waitMs = atMs - performance.now();
    if (waitMs <= 0) {
      // setTimeout waits at least a millisecond; what is due now runs as soon as the caller is done.
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    }
    // Rounded up: a timer that fires early would find its deadline still ahead.
    const timer = setTimeout(callback, Math.min(Math.ceil(waitMs), 0x7fffffff));
    return () => clearTimeout(timer);
  },
};

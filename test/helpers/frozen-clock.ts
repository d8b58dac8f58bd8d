// A wall clock for started programs that stands still wherever a test sets it, by libfaketime. Monotonic time goes on.
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scope } from "./scope.js";
import { tempDir } from "./temp-dir.js";

export interface FrozenClock {
  /** For the environment of what shall live by this clock; its children do too. */
  readonly env: Readonly<Record<string, string>>;
  /** Sets it, for all that live by it at once, to a UTC time such as `2026-11-21 10:59:58`. */
  set(time: string): void;
}

/** Needs Debian's `faketime`. */
export function frozenClock(t: Scope, time: string): FrozenClock {
  const file = join(tempDir(t), "clock");
  const set = (next: string): void => {
    // Never half written: it is read at each look at the clock.
    writeFileSync(`${file}.new`, `${next}\n`);
    renameSync(`${file}.new`, file);
  };
  set(time);
  return {
    env: {
      TZ: "UTC",
      // $LIB is for the dynamic loader, which knows where the libraries of this machine's kind are.
      LD_PRELOAD: "/usr/$LIB/faketime/libfaketimeMT.so.1",
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
    set,
  };
}

// What the main thread and the thread of a disk say to each other.
import type { RotationRules } from "./ports.js";

/** Places in the shared numbers: the thread is up; ticket of the last order it finished; how that one ended. */
export const READY = 0;
export const DONE = 1;
export const ERRNO = 2;
export const SHARED_NUMBERS = 3;

export interface DiskThreadData {
  /** Of `SHARED_NUMBERS` 32-bit numbers. */
  readonly numbers: SharedArrayBuffer;
}

/** What can be done to one log. */
export type LogAction = "open" | "reopen" | "clear" | "close";

/** Done strictly one after the other. Tickets ascend by one and may wrap around at 31 bits. */
export type DiskOrder =
  /** Introduces a log by the number that it has from here on. */
  | { readonly type: "log"; readonly log: number; readonly path: string; readonly rules: RotationRules }
  /** Bytes of several logs: `pieces` holds the number of a log and a length, again and again. */
  | { readonly type: "write"; readonly ticket: number; readonly pieces: Int32Array; readonly bytes: Uint8Array }
  | { readonly type: "act"; readonly ticket: number; readonly log: number; readonly action: LogAction }
  /** Makes an empty file that nobody else can read, where there must be none. */
  | { readonly type: "create"; readonly ticket: number; readonly path: string }
  /** Removes the AUTO logs of an earlier daemon. */
  | { readonly type: "clean"; readonly ticket: number; readonly directory: string; readonly identifier: string }
  /** Nothing: done when all before it is. */
  | { readonly type: "settle"; readonly ticket: number }
  | { readonly type: "end" };

/** What the thread says by itself. */
export type DiskNews =
  | { readonly type: "problem"; readonly text: string }
  /** A log could not be opened; whoever waited for the ticket knows already. */
  | { readonly type: "not-opened"; readonly ticket: number; readonly log: number; readonly errno: number };

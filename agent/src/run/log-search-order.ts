// What the agent and the thread that searches its logs say to each other.
import type { FoundLine, Pattern } from "./log-search-lines.js";

/** One log with its path. */
export interface SearchedLog {
  readonly group: string;
  readonly name: string;
  readonly channel: "stdout" | "stderr";
  readonly path: string;
}

export interface SearchOrder extends Pattern {
  /** In the order to search them in. */
  readonly logs: readonly SearchedLog[];
  readonly maxMatches: number;
  /** Of each log, rotated files included. */
  readonly newestBytes: number;
  readonly bytesPerSecond: number;
}

export interface Match extends FoundLine, Omit<SearchedLog, "path"> {
  readonly backup: number;
}

/** What a search has gone through. */
export interface Searched {
  readonly searchedBytes: number;
  readonly searchedFiles: number;
  readonly skippedBytes: number;
  /** Ended by `maxMatches`. */
  readonly full: boolean;
  /** Logs that could not be read. */
  readonly unreadable: readonly string[];
}

/** Most bytes of lines in one batch of matches. */
export const BATCH_BYTES = 32 * 1024;

/** Given to the thread at its start. `pulse` is odd while a pattern is at work and rises at each change. */
export interface ThreadData {
  readonly order: SearchOrder;
  readonly pulse: SharedArrayBuffer;
}

/** From the thread. After `matches` it waits until it is told to go on. */
export type ThreadMessage =
  | { readonly type: "matches"; readonly matches: readonly Match[] }
  | { readonly type: "end"; readonly searched: Searched }
  | { readonly type: "failed"; readonly reason: string };

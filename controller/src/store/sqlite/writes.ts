// Every write the store knows, by name: what the writer thread can be asked to do.
import type { Database } from "better-sqlite3";
import { accessWrites } from "./write-access.js";
import { fleetWrites } from "./write-fleet.js";
import { historyWrites } from "./write-history.js";
import { metricWrites } from "./write-metrics.js";

/** Prepares the statements of all writes on one connection. */
export function preparedWrites(db: Database) {
  const history = historyWrites(db);
  return { ...history, ...fleetWrites(db, history.recordEvents), ...accessWrites(db), ...metricWrites(db) };
}

type Writes = ReturnType<typeof preparedWrites>;
export type WriteName = keyof Writes;
export type WriteArgs<N extends WriteName> = Parameters<Writes[N]>;
export type WriteResult<N extends WriteName> = ReturnType<Writes[N]>;

/** One write to be done. */
export interface WriteJob {
  readonly name: WriteName;
  readonly args: readonly unknown[];
}

/** What became of one write; a refused one has left nothing behind. */
export type WriteOutcome =
  | { readonly done: true; readonly value: unknown }
  | { readonly done: false; readonly message: string };

/** main to writer: do these in order, in one transaction. */
export interface WriteBatch {
  readonly type: "batch";
  readonly jobs: readonly WriteJob[];
}

export type ToWriter = WriteBatch | { readonly type: "close" };

/** writer to main. `failed` means that nothing of the batch was done. */
export type FromWriter =
  | { readonly type: "ready" }
  | { readonly type: "refused"; readonly kind: string; readonly message: string }
  | { readonly type: "committed"; readonly outcomes: readonly WriteOutcome[] }
  | { readonly type: "failed"; readonly message: string };

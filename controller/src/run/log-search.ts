// One search of logs over many instances: few of them at a time, until the most matches; what is found is heard as it comes.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { LogMatch, LogSearched, LogSearchRequest, LogStream, ManagedInstance } from "../instances/instance.js";

/** Instances that search at a time. */
const INSTANCES_AT_ONCE = 24;
/** Bytes of lines that may be under way from one of them. */
const WINDOW_BYTES = 128 * 1024;

export interface SearchedInstance {
  readonly name: string;
  readonly instance: ManagedInstance;
  readonly targets: LogSearchRequest["targets"];
}

export type FleetSearchRequest = Omit<LogSearchRequest, "targets" | "creditBytes">;

export interface FleetSearchHearer {
  /** Call `taken` when the matches have been passed on: only then more of the same instance come. */
  matches(instance: string, matches: readonly LogMatch[], taken: () => void): void;
  /** One instance is done; the reason is null when it was searched to its end. */
  instance(name: string, reason: string | null, searched: LogSearched): void;
  /** Nothing comes after this. */
  end(totals: FleetSearchTotals): void;
}

export interface FleetSearchTotals {
  readonly matches: number;
  readonly searchedBytes: number;
  readonly skippedBytes: number;
  readonly full: boolean;
  /** Instances that were not searched to their end. */
  readonly incomplete: number;
}

/** Begins with `start`, which may end it at once. After `stop` nothing is heard. */
export class FleetSearch {
  readonly #request: FleetSearchRequest;
  readonly #hearer: FleetSearchHearer;
  readonly #waiting: SearchedInstance[];
  readonly #running = new Map<string, LogStream>();
  #isOver = false;
  #totals: FleetSearchTotals = { matches: 0, searchedBytes: 0, skippedBytes: 0, full: false, incomplete: 0 };

  constructor(instances: readonly SearchedInstance[], request: FleetSearchRequest, hearer: FleetSearchHearer) {
    this.#waiting = [...instances];
    this.#request = request;
    this.#hearer = hearer;
  }

  start(): void {
    if (this.#isOver) return;
    while (!this.#isOver && this.#running.size < INSTANCES_AT_ONCE) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#begin(next);
    }
    if (this.#running.size === 0) this.#end();
  }

  stop(): void {
    this.#isOver = true;
    for (const search of this.#running.values()) search.close();
    this.#running.clear();
  }

  #begin({ name, instance, targets }: SearchedInstance): void {
    const maxMatches = this.#request.maxMatches - this.#totals.matches;
    let hasEnded = false;
    try {
      const search = instance.searchLogs(
        { ...this.#request, targets, maxMatches, creditBytes: WINDOW_BYTES },
        {
          matches: (matches) => this.#take(name, matches),
          end: (reason, searched) => {
            hasEnded = true;
            this.#running.delete(name);
            this.#done(name, reason, searched);
            setImmediate(() => this.start());
          },
        },
      );
      if (!hasEnded) this.#running.set(name, search);
    } catch (thrown) {
      const reason = FleetError.from(thrown).message;
      this.#done(name, reason, { searchedBytes: 0, skippedBytes: 0, full: false, unreadable: [] });
    }
  }

  #take(name: string, matches: readonly LogMatch[]): void {
    if (this.#isOver) return;
    const wanted = matches.slice(0, this.#request.maxMatches - this.#totals.matches);
    this.#totals = { ...this.#totals, matches: this.#totals.matches + wanted.length };
    const bytes = matches.reduce((sum, { line }) => sum + line.length, 0);
    this.#hearer.matches(name, wanted, () => this.#running.get(name)?.grant(bytes));
    if (this.#totals.matches < this.#request.maxMatches) return;
    this.#totals = { ...this.#totals, full: true };
    this.#end();
  }

  #done(name: string, reason: string | null, searched: LogSearched): void {
    if (this.#isOver) return;
    const { searchedBytes, skippedBytes, incomplete } = this.#totals;
    this.#totals = {
      ...this.#totals,
      searchedBytes: searchedBytes + searched.searchedBytes,
      skippedBytes: skippedBytes + searched.skippedBytes,
      incomplete: incomplete + (reason === null ? 0 : 1),
    };
    this.#hearer.instance(name, reason, searched);
  }

  #end(): void {
    this.stop();
    this.#hearer.end(this.#totals);
  }
}

// What the controller says of itself: what its store holds and for how long, and when that was last copied.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { StoreContents, StoredRows } from "../store/records.js";
import type { Store } from "../store/store.js";
import { type BackupNote, lastBackup, noteBackup } from "./backup-note.js";

/** Answers are the same for so long: finding out takes reading. */
const FRESH_MS = 5_000;

export interface OwnStateOptions {
  readonly store: Pick<Store, "contents">;
  readonly dataDir: string;
  /** How long events and operations are kept, and at most how many events. */
  readonly maxAgeMs: number;
  readonly maxEvents: number;
  /** How long figures are kept by the minute, and by the hour. */
  readonly minutesMs: number;
  readonly hoursMs: number;
  /** Room for all rows together; null for as much as there is. */
  readonly maxBytes: number | null;
}

/** How long a kind of rows is kept; null for ever. `mostRows` is null where only age counts. */
interface Rule {
  readonly keptMs: number | null;
  readonly mostRows: number | null;
}

interface Contents extends Omit<StoreContents, "kinds"> {
  readonly limitBytes: number | null;
  readonly kinds: readonly (StoredRows & Rule)[];
}

export interface OwnStateAnswer {
  readonly startedAtMs: number;
  /** Null when the store cannot be read now. */
  readonly contents: Contents | null;
  readonly backup: BackupNote | null;
}

export class OwnState {
  readonly #options: OwnStateOptions;
  readonly #rules: Readonly<Record<StoredRows["kind"], Rule>>;
  readonly #startedAtMs = Date.now();
  #answer: { readonly atMs: number; readonly state: Promise<OwnStateAnswer> } | null = null;

  constructor(options: OwnStateOptions) {
    this.#options = options;
    const { maxAgeMs, maxEvents, minutesMs, hoursMs } = options;
    this.#rules = {
      events: { keptMs: maxAgeMs, mostRows: maxEvents },
      minutes: { keptMs: minutesMs, mostRows: null },
      hours: { keptMs: hoursMs, mostRows: null },
      operations: { keptMs: maxAgeMs, mostRows: null },
      audit: { keptMs: null, mostRows: null },
    };
  }

  /** Those who ask together are answered together. */
  state(): Promise<OwnStateAnswer> {
    const nowMs = performance.now();
    if (this.#answer === null || nowMs - this.#answer.atMs > FRESH_MS) {
      this.#answer = { atMs: nowMs, state: this.#look() };
    }
    return this.#answer.state;
  }

  /** Whoever downloads the database has it now. */
  async noteDownload(sizeBytes: number): Promise<void> {
    await noteBackup(this.#options.dataDir, { atMs: Date.now(), origin: "download", sizeBytes });
    this.#answer = null;
  }

  async #look(): Promise<OwnStateAnswer> {
    const { store, dataDir, maxBytes: limitBytes } = this.#options;
    const contents = await store.contents().catch((error: unknown) => {
      if (FleetError.from(error).kind === "unavailable") return null;
      throw error;
    });
    const ruled =
      contents === null
        ? null
        : { ...contents, limitBytes, kinds: contents.kinds.map((rows) => ({ ...rows, ...this.#rules[rows.kind] })) };
    return { startedAtMs: this.#startedAtMs, contents: ruled, backup: await lastBackup(dataDir) };
  }
}

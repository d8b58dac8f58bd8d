// What could not be written to the store yet: operations as they are now and rows of the audit, in the reserve meanwhile, so that a crash
// loses none of it; brought to the store in the background for as long as that takes.
import { isDeepStrictEqual } from "node:util";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Logger } from "pino";
import type { Operation } from "../core/operation.js";
import type { AuditRecord } from "./records.js";
import type { Reserve } from "./reserve.js";

interface Kept {
  readonly operations: readonly Operation[];
  readonly audit: readonly AuditRecord[];
}

export interface UnwrittenWorld {
  readonly log: Logger;
  readonly reserve: Reserve;
  /** Both are tried for as long as the disk refuses, and reject when the store is closed. */
  writeOperation(operation: Operation): Promise<void>;
  writeAudit(record: AuditRecord): Promise<void>;
  /** The latest rows of the audit, newest first. */
  readAudit(limit: number): Promise<readonly AuditRecord[]>;
}

/**
 * Rows that an earlier start left and had not brought to the audit yet. They are brought in order and nothing is added meanwhile, so
 * those that were brought are the latest of the audit and the first of those left.
 */
export function stillUnwritten(left: readonly AuditRecord[], newestFirst: readonly AuditRecord[]): AuditRecord[] {
  const written = newestFirst.slice(0, left.length).reverse();
  const brought = written.findIndex((_, from) =>
    written.slice(from).every((row, at) => isDeepStrictEqual(row, left[at])),
  );
  return brought < 0 ? [...left] : left.slice(written.length - brought);
}

export class Unwritten {
  readonly #world: UnwrittenWorld;
  readonly #operations = new Map<string, Operation>();
  /** Of those, states that are in the store: they need not be in the reserve. */
  readonly #settled = new Set<Operation>();
  #audit: AuditRecord[] = [];
  /** So many at the beginning are of an earlier start, which may have written some of them before it ended. */
  #recalled = 0;
  #reserved: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #bringing = false;
  #onDisk = true;

  constructor(world: UnwrittenWorld) {
    this.#world = world;
  }

  get hasAudit(): boolean {
    return this.#audit.length > 0;
  }

  get operations(): readonly Operation[] {
    return [...this.#operations.values()];
  }

  /** Whether a crash would lose nothing of the operation: false while it is in memory alone. */
  isRecorded(id: string): boolean {
    return this.#onDisk || !this.#operations.has(id);
  }

  operation(id: string): Operation | null {
    return this.#operations.get(id) ?? null;
  }

  /** What an earlier start left in the reserve: it is newer than what the store holds. */
  recall(): void {
    const { reserve, log } = this.#world;
    if (reserve.text === "") return;
    try {
      const { operations, audit } = JSON.parse(reserve.text) as Kept;
      for (const operation of operations) this.#operations.set(operation.id, operation);
      this.#audit = [...audit];
      this.#recalled = audit.length;
      this.#bring();
    } catch (error) {
      log.error({ error: FleetError.from(error).message }, "what the reserve holds cannot be read");
    }
  }

  /** Rejects with `too-large` when the reserve cannot take it; then the operation is as it was. */
  async keepOperation(operation: Operation): Promise<void> {
    const before = this.#operations.get(operation.id);
    this.#operations.set(operation.id, operation);
    try {
      await this.#reserve();
    } catch (error) {
      if (before === undefined) this.#operations.delete(operation.id);
      else this.#operations.set(operation.id, before);
      throw error;
    }
    this.#bring();
  }

  /** Rejects with `too-large` when the reserve cannot take it. */
  async keepAudit(record: AuditRecord): Promise<void> {
    this.#audit.push(record);
    try {
      await this.#reserve();
    } catch (error) {
      this.#audit = this.#audit.filter((one) => one !== record);
      throw error;
    }
    this.#bring();
  }

  /** Puts all that there is into the reserve; changes that come while it is written share the next writing. */
  #reserve(): Promise<void> {
    this.#next ??= this.#reserved.then(() => {
      this.#next = null;
      const written = this.#write();
      this.#reserved = written.catch(() => {});
      return written;
    });
    return this.#next;
  }

  async #write(): Promise<void> {
    const { log, reserve } = this.#world;
    try {
      await reserve.write(this.#text());
      this.#onDisk = true;
    } catch (error) {
      const failure = FleetError.from(error);
      if (failure.kind === "too-large") throw failure;
      // A disk that does not even take what has its room already: in memory alone is better than not at all.
      if (this.#onDisk) log.error({ error: failure.message }, "what waits for the store is in memory alone");
      this.#onDisk = false;
    }
  }

  /** As much as the reserve takes: what is under way before what is over, and the audit, which is in the log too, last. */
  #text(): string {
    const unsettled = this.operations.filter((operation) => !this.#settled.has(operation));
    const underWay = unsettled.filter(({ finishedAtMs }) => finishedAtMs === null);
    const choices: readonly Kept[] = [
      { operations: unsettled, audit: this.#audit },
      { operations: unsettled, audit: [] },
      { operations: underWay, audit: [] },
    ];
    if (unsettled.length === 0 && this.#audit.length === 0) return "";
    for (const kept of choices) {
      const text = JSON.stringify(kept);
      if (this.#world.reserve.takes(text) || kept === choices.at(-1)) return text;
    }
    return "";
  }

  /** Brings everything to the store, in the background. */
  #bring(): void {
    if (this.#bringing) return;
    this.#bringing = true;
    this.#bringAll()
      .catch(() => {
        // The store is closed: the next start recalls it.
      })
      .finally(() => {
        this.#bringing = false;
      });
  }

  async #leaveOutWritten(): Promise<void> {
    const recalled = this.#audit.slice(0, this.#recalled);
    const missing = stillUnwritten(recalled, await this.#world.readAudit(recalled.length));
    this.#audit = [...missing, ...this.#audit.slice(recalled.length)];
    this.#recalled = 0;
  }

  async #bringAll(): Promise<void> {
    const { writeOperation, writeAudit } = this.#world;
    while (this.#operations.size > 0 || this.#audit.length > 0) {
      if (this.#recalled > 0) await this.#leaveOutWritten();
      for (let rows = this.#audit.length; rows > 0; rows--) {
        const [record] = this.#audit;
        if (record !== undefined) await writeAudit(record);
        this.#audit = this.#audit.slice(1);
      }
      const states = this.operations;
      for (const operation of states) {
        if (this.#operations.get(operation.id) !== operation) continue;
        await writeOperation(operation);
        this.#settled.add(operation);
      }
      // Out of the reserve before a newer state goes to the store alone: else a crash would recall an older one.
      await this.#reserve();
      for (const operation of states) {
        if (!this.#settled.delete(operation)) continue;
        if (this.#operations.get(operation.id) === operation) this.#operations.delete(operation.id);
      }
    }
  }
}

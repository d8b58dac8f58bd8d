// What must be done now and then: retention in small steps, expired secrets, and when each instance was last heard.
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Logger } from "pino";
import { type RetentionRules, retentionStep } from "../core/retention.js";
import type { Store } from "../store/store.js";
import type { LiveFleet } from "./live-fleet.js";

const CONTACT_MS = 60_000;
const RETENTION_MS = 600_000;
const STEP_EVENTS = 2_000;
/** Names and boots looked at in one step. */
const STEP_UNUSED = 1_000;
/** Pause between two steps, so that reports never queue behind them. */
const STEP_PAUSE_MS = 100;

export interface HousekeepingOptions {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly log: Logger;
  readonly maxAgeMs: number;
  readonly maxEvents: number;
}

export class Housekeeping implements Lifecycle {
  readonly #options: HousekeepingOptions;
  readonly #rules: RetentionRules;
  #timers: NodeJS.Timeout[] = [];
  #step: NodeJS.Timeout | null = null;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#rules = { maxAgeMs: options.maxAgeMs, maxEvents: options.maxEvents, stepEvents: STEP_EVENTS };
  }

  async start(): Promise<void> {
    this.#timers = [
      setInterval(() => this.#guard("noting contact", this.#noteContact()), CONTACT_MS),
      setInterval(() => this.#guard("retention", this.#clean()), RETENTION_MS),
    ];
    this.#guard("retention", this.#clean());
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    if (this.#step !== null) clearTimeout(this.#step);
    await this.#noteContact().catch(() => {});
  }

  #guard(what: string, work: Promise<void>): void {
    work.catch((error: unknown) => this.#options.log.warn({ error: FleetError.from(error).message }, `${what} failed`));
  }

  #noteContact(): Promise<void> {
    return this.#options.store.noteContact(this.#options.fleet.notes());
  }

  async #clean(): Promise<void> {
    const { store } = this.#options;
    const now = Date.now();
    await store.deleteExpired(now);
    await store.deleteOperationsBefore(now - this.#rules.maxAgeMs);
    await this.#retain();
  }

  async #retain(): Promise<void> {
    const { store } = this.#options;
    const extent = await store.extent();
    const firstYoung = await store.firstIdSince(Date.now() - this.#rules.maxAgeMs);
    const step = retentionStep(extent, firstYoung, this.#rules);
    if (step === null) return;
    await store.deleteBelow(step.belowId);
    if (step.more) this.#later(() => this.#retain());
    else await this.#forget(0);
  }

  /** After events went: what only they were about. */
  async #forget(from: number): Promise<void> {
    const next = await this.#options.store.forgetUnused(from, STEP_UNUSED);
    if (next !== null) this.#later(() => this.#forget(next));
  }

  #later(work: () => Promise<void>): void {
    if (this.#timers.length === 0) return;
    this.#step = setTimeout(() => this.#guard("retention", work()), STEP_PAUSE_MS);
  }
}

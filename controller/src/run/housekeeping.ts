// What must be done now and then: retention and hours made of minutes in small steps, expired secrets, and when each instance was last
// heard.
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Logger } from "pino";
import { RESOLUTIONS, startOf } from "../core/metrics.js";
import { type RetentionRules, retentionStep, type Squeeze, squeeze } from "../core/retention.js";
import type { Store } from "../store/store.js";
import type { LiveFleet } from "./live-fleet.js";

const CONTACT_MS = 60_000;
const RETENTION_MS = 600_000;
const STEP_EVENTS = 2_000;
/** Names and boots looked at in one step. */
const STEP_UNUSED = 1_000;
/** Instances whose figures are looked after in one step. */
const STEP_INSTANCES = 10;
/** After its end minutes of an hour may still be on their way. */
const HOUR_MARGIN_MS = 120_000;
/** Pause between two steps, so that reports never queue behind them. */
const STEP_PAUSE_MS = 100;

export interface HousekeepingOptions {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly log: Logger;
  readonly maxAgeMs: number;
  readonly maxEvents: number;
  /** How long figures are kept by the minute, and by the hour. */
  readonly minutesMs: number;
  readonly hoursMs: number;
  /** What all of it may take on disk; null for any amount. */
  readonly maxBytes: number | null;
}

export class Housekeeping implements Lifecycle {
  readonly #options: HousekeepingOptions;
  readonly #rules: RetentionRules;
  #timers: NodeJS.Timeout[] = [];
  #squeeze: Squeeze = { minutesMs: null, events: null };
  #tending = false;
  /** The next step of each kind of work. */
  readonly #steps = new Map<string, NodeJS.Timeout>();

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#rules = { maxAgeMs: options.maxAgeMs, maxEvents: options.maxEvents, stepEvents: STEP_EVENTS };
  }

  async start(): Promise<void> {
    this.#timers = [
      setInterval(() => this.#guard("noting contact", this.#noteContact()), CONTACT_MS),
      setInterval(() => this.#round(), RETENTION_MS),
    ];
    this.#round();
  }

  #round(): void {
    const work = this.#look().then(() => {
      this.#tendFigures();
      return this.#clean();
    });
    this.#guard("retention", work);
  }

  /** Sees whether there is room. What cannot be told now is left as it was: rows that are too old go in any case. */
  async #look(): Promise<void> {
    const { store, maxBytes, log } = this.#options;
    if (maxBytes === null) return;
    const contents = await store.contents().catch(() => null);
    if (contents === null || this.#timers.length === 0) return;
    const usedBytes = contents.sizeBytes - contents.reusableBytes;
    const [events, minutes] = (["events", "minutes"] as const).map((kind) => {
      return contents.kinds.find((rows) => rows.kind === kind);
    });
    const fill = { usedBytes, events: events?.rows ?? 0, oldestMinuteMs: minutes?.oldestAtMs ?? null };
    this.#squeeze = squeeze(fill, maxBytes, Date.now());
    if (this.#squeeze.minutesMs === null && this.#squeeze.events === null) return;
    log.warn({ usedBytes, maxBytes, keeps: this.#squeeze }, "the store has no room for all that should be kept");
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    for (const step of this.#steps.values()) clearTimeout(step);
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
    await this.#forgetOperations(now - this.#rules.maxAgeMs);
    await this.#retain();
  }

  /** One by one, since each may have many targets and others want to write too. */
  async #forgetOperations(finishedBeforeMs: number): Promise<void> {
    if (!(await this.#options.store.deleteOperationBefore(finishedBeforeMs))) return;
    this.#later("forgetting operations", () => this.#forgetOperations(finishedBeforeMs));
  }

  async #retain(): Promise<void> {
    const { store } = this.#options;
    const extent = await store.extent();
    const firstYoung = await store.firstIdSince(Date.now() - this.#rules.maxAgeMs);
    const maxEvents = Math.min(this.#rules.maxEvents, this.#squeeze.events ?? Number.POSITIVE_INFINITY);
    const step = retentionStep(extent, firstYoung, { ...this.#rules, maxEvents });
    if (step === null) return;
    await store.deleteBelow(step.belowId);
    if (step.more) this.#later("retention", () => this.#retain());
    else await this.#forget(0);
  }

  /** After events went: what only they were about. */
  async #forget(from: number): Promise<void> {
    const next = await this.#options.store.forgetUnused(from, STEP_UNUSED);
    if (next !== null) this.#later("retention", () => this.#forget(next));
  }

  /** Walks over all instances, unless a walk is under way. */
  #tendFigures(): void {
    if (this.#tending) return;
    this.#tending = true;
    const now = Date.now();
    const { store, hoursMs } = this.#options;
    const minutesMs = Math.min(this.#options.minutesMs, this.#squeeze.minutesMs ?? Number.POSITIVE_INFINITY);
    const upkeep = {
      count: STEP_INSTANCES,
      hoursUntilMs: startOf(now - HOUR_MARGIN_MS, RESOLUTIONS.hour),
      keepMinutesMs: now - minutesMs,
      keepHoursMs: now - hoursMs,
    };
    const tend = async (from: number): Promise<void> => {
      const next = await store.tendMetrics({ ...upkeep, from }).catch((error: unknown) => {
        this.#tending = false;
        throw error;
      });
      if (next === null) this.#tending = false;
      else this.#later("upkeep of figures", () => tend(next));
    };
    this.#guard("upkeep of figures", tend(0));
  }

  #later(what: string, work: () => Promise<void>): void {
    if (this.#timers.length === 0) return;
    this.#steps.set(
      what,
      setTimeout(() => this.#guard(what, work()), STEP_PAUSE_MS),
    );
  }
}

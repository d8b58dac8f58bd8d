// Figures of every instance as samples of it come: the latest for who asks, and each minute that is over into the store.
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Logger } from "pino";
import type { FleetChange } from "../core/fleet.js";
import { RESOLUTIONS, type Samples, startOf } from "../core/metrics.js";
import { type Counters, type Latest, Meter, type Moment } from "../core/metrics-meter.js";
import { processKey } from "../core/rows.js";
import type { MinuteRow } from "../store/metric-history.js";
import type { Store } from "../store/store.js";
import type { LiveFleet } from "./live-fleet.js";

/** Minutes that end together are written together, so many at a time that reports never wait for them. */
const WRITE_MS = 5_000;
const WRITE_ROWS = 100;
/** Samples missed after which the last one is no longer what is so now. */
const MISSED = 3;

export interface MetricsOptions {
  readonly store: Pick<Store, "recordMinutes">;
  readonly fleet: Pick<LiveFleet, "fleet" | "subscribe">;
  readonly log: Logger;
  /** How often agents are to send samples; 0 for never. */
  readonly sampleMs: number;
  /** How long minutes are kept. */
  readonly minutesMs: number;
  /** Wall clock. */
  readonly now?: () => number;
}

const NOTHING_LATEST: Latest = { cpuPercent: null, memoryBytes: null };

/** What a host uses; `load` is its load average of the last minute. */
export interface HostLatest extends Latest {
  readonly load: number | null;
  readonly memoryTotalBytes: number | null;
}

export class Metrics implements Lifecycle {
  readonly #options: MetricsOptions;
  readonly #now: () => number;
  readonly #meters = new Map<string, Meter>();
  #ended: MinuteRow[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #samples = 0;

  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    options.fleet.subscribe({ changes: (changes) => this.#follow(changes), events: () => {} });
  }

  /** What agents are told. */
  get sampleMs(): number {
    return this.#options.sampleMs;
  }

  /** How long minutes are kept. */
  get minutesMs(): number {
    return this.#options.minutesMs;
  }

  /** Samples taken so far. */
  get samples(): number {
    return this.#samples;
  }

  async start(): Promise<void> {
    if (this.sampleMs > 0) this.#timer = setInterval(() => this.#write(this.#now()), WRITE_MS);
  }

  /** Writes also the minutes under way. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#write(Number.POSITIVE_INFINITY);
    await this.#writing;
  }

  /** A sample of an instance. What comes more often than was asked for is left out, as are processes that nobody knows of. */
  take(instance: string, samples: Samples): void {
    const { fleet } = this.#options.fleet;
    const processes = fleet.instances.get(instance)?.processes;
    const nowMs = this.#now();
    const meter = this.#meters.get(instance) ?? new Meter();
    const passedMs = nowMs - meter.atMs;
    if (this.sampleMs === 0 || processes === undefined || (passedMs >= 0 && passedMs < this.sampleMs / 2)) return;
    this.#meters.set(instance, meter);
    if (meter.minuteMs !== null && meter.minuteMs !== startOf(nowMs, RESOLUTIONS.minute)) this.#close(instance, meter);
    meter.take(samples, nowMs, (key) => processes.has(key));
    this.#samples += 1;
  }

  process(instance: string, process: { readonly group: string; readonly name: string }): Latest {
    return this.#current(instance)?.latest(processKey(process.group, process.name)) ?? NOTHING_LATEST;
  }

  /** The same of many processes of one instance, by their keys. */
  processes(instance: string): (key: string) => Latest | null {
    const meter = this.#current(instance);
    return (key) => meter?.latest(key) ?? null;
  }

  host(instance: string): HostLatest {
    const meter = this.#current(instance);
    const { cpuPercent, memoryBytes } = meter?.host ?? NOTHING_LATEST;
    const all = meter?.load ?? NOTHING_LATEST;
    return { cpuPercent, memoryBytes, load: all.cpuPercent, memoryTotalBytes: all.memoryBytes };
  }

  counters(instance: string, process: { readonly group: string; readonly name: string }): Counters {
    return this.#meters.get(instance)?.counters(processKey(process.group, process.name)) ?? { cpuMs: 0, restarts: 0 };
  }

  /** Of all processes there were, so that it only rises. */
  totals(instance: string): Counters {
    return this.#meters.get(instance)?.totals ?? { cpuMs: 0, restarts: 0 };
  }

  /** The last samples as they were; of a process, or with null of the host. */
  moments(instance: string, key: string | null): readonly Moment[] {
    return this.#meters.get(instance)?.moments(key) ?? [];
  }

  /** The meter whose last sample is of now; one that is old says nothing of now. */
  #current(instance: string): Meter | null {
    const meter = this.#meters.get(instance);
    const isOld = meter === undefined || Math.abs(this.#now() - meter.atMs) > MISSED * this.sampleMs + WRITE_MS;
    return isOld ? null : meter;
  }

  #follow(changes: readonly FleetChange[]): void {
    for (const change of changes) {
      if (change.type === "instance-removed") {
        this.#meters.delete(change.instance);
      } else if (change.type === "process-removed") {
        this.#meters.get(change.instance)?.forget(processKey(change.group, change.name));
      } else if (change.type === "process") {
        const { instance, process, before } = change;
        // Several starts between two looks at it are told as one.
        const restarted = before !== null && before.startedAtMs !== null && process.startedAtMs !== before.startedAtMs;
        if (restarted) this.#meterOf(instance).restarted(processKey(process.group, process.name));
      }
    }
  }

  #meterOf(instance: string): Meter {
    const known = this.#meters.get(instance) ?? new Meter();
    this.#meters.set(instance, known);
    return known;
  }

  #close(instance: string, meter: Meter): void {
    const atMs = meter.minuteMs;
    const packed = meter.close();
    if (atMs !== null && packed !== null) this.#ended.push({ instance, atMs, ...packed });
  }

  /** Minutes that are over, also of instances that say nothing any more. */
  #write(nowMs: number): void {
    for (const [instance, meter] of this.#meters) {
      if (meter.minuteMs !== null && meter.minuteMs + RESOLUTIONS.minute <= nowMs) this.#close(instance, meter);
    }
    const rows = this.#ended.splice(0);
    if (rows.length > 0) this.#writing = this.#writing.then(() => this.#record(rows));
  }

  async #record(rows: readonly MinuteRow[]): Promise<void> {
    const { store, log } = this.#options;
    for (let from = 0; from < rows.length; from += WRITE_ROWS) {
      try {
        await store.recordMinutes(rows.slice(from, from + WRITE_ROWS));
      } catch (error) {
        const lost = rows.length - from;
        log.warn({ error: FleetError.from(error).message, minutes: lost }, "figures of processors and memory are lost");
        return;
      }
    }
  }
}

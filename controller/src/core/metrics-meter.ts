// The figures of one instance as samples come: rates between two samples of one life, the latest ones, the last few as they were, and the
// minute that is under way. Numbers of all processes lie in two arrays: there are hundreds of thousands of them in a fleet.
import { type Figures, NO_FIGURES, RESOLUTIONS, type Samples, startOf, type Tally } from "./metrics.js";
import { HOST_ENTRIES, type Packed, pack } from "./metrics-pack.js";
import { processKey } from "./rows.js";

/** Samples kept as they were. */
export const KEPT_SAMPLES = 20;
/** More than this no process can use: one that says so has a broken clock. */
const MOST_CPU_PERCENT = 100 * 8192;
/** Shorter times make no rate. */
const SHORTEST_MS = 50;

/** Columns of a slot. A tally is count, sum, min, max. */
const PID = 0;
const START_TICKS = 1;
const CPU_MS = 2;
const SEEN_MONOTONIC_MS = 3;
/** Number of the sample it was last in; 0 for never. */
const TICK = 4;
/** Not a number where there is no rate. */
const LATEST_CPU = 5;
const LATEST_MEMORY = 6;
const CPU_TOTAL_MS = 7;
const RESTARTS = 8;
const CPU_TALLY = 9;
const MEMORY_TALLY = 13;
const COLUMNS = 17;

/** The host, and its load with its memory in all. */
const HOST = 0;
const LOAD = 1;

/** What is known now. Null where there is no sample of it, as of CPU at the first of a life. */
export interface Latest {
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
}

/** What rises as long as the process is known. */
export interface Counters {
  /** Over all lives. */
  readonly cpuMs: number;
  readonly restarts: number;
}

/** A sample as it was. */
export interface Moment {
  readonly atMs: number;
  /** Of a process; or of the host and then of its load, with its memory in all. */
  readonly figures: readonly Latest[];
}

const NOTHING: Latest = { cpuPercent: null, memoryBytes: null };

export class Meter {
  readonly #slots = new Map<string, number>();
  #free: number[] = [];
  #columns = new Float64Array(8 * COLUMNS);
  /** CPU and memory of a slot at each of the kept samples. */
  #kept = new Float32Array(8 * KEPT_SAMPLES * 2).fill(Number.NaN);
  readonly #keptAtMs = new Float64Array(KEPT_SAMPLES);
  #tick = 0;
  #minuteMs: number | null = null;
  #names: string | null = null;
  #cpuTotalMs = 0;
  #restarts = 0;
  #order: readonly number[] = [];

  /** When the last sample came, by the clock of the caller; 0 for never. */
  get atMs(): number {
    return this.#tick === 0 ? 0 : (this.#keptAtMs[(this.#tick - 1) % KEPT_SAMPLES] ?? 0);
  }

  /** Beginning of the minute under way; null when there is nothing in it. */
  get minuteMs(): number | null {
    return this.#minuteMs;
  }

  /** Takes a sample at a wall time. `isKnown` says which processes there are. The minute before must be closed. */
  take(samples: Samples, atMs: number, isKnown: (key: string) => boolean): void {
    this.#minuteMs = startOf(atMs, RESOLUTIONS.minute);
    const place = this.#tick % KEPT_SAMPLES;
    this.#tick += 1;
    this.#keptAtMs[place] = atMs;
    for (let at = 2 * place; at < this.#kept.length; at += 2 * KEPT_SAMPLES) this.#kept.fill(Number.NaN, at, at + 2);
    const { host, monotonicMs } = samples;
    if (host !== null) {
      const { cpuBusyMs, cpuTotalMs, memoryTotalBytes, memoryAvailableBytes } = host;
      const used = Math.max(0, memoryTotalBytes - memoryAvailableBytes);
      // Time that all CPUs had stands for the time that passed: the share of the whole machine.
      this.#put(HOST, { life: 0, startTicks: 0, cpuMs: cpuBusyMs, clockMs: cpuTotalMs, memoryBytes: used });
      this.#set(LOAD, TICK, this.#tick);
      this.#note(LOAD, host.loadHundredths / 100, memoryTotalBytes);
    }
    for (const { group, name, pid, startTicks, cpuMs, memoryBytes } of samples.processes) {
      const key = processKey(group, name);
      if (isKnown(key)) this.#put(this.#slot(key), { life: pid, startTicks, cpuMs, clockMs: monotonicMs, memoryBytes });
    }
  }

  /** Counts a start that was not the first. */
  restarted(key: string): void {
    const slot = this.#slot(key);
    this.#set(slot, RESTARTS, this.#get(slot, RESTARTS) + 1);
    this.#restarts += 1;
  }

  /** The process is no more. */
  forget(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    this.#free.push(slot);
    this.#names = null;
  }

  latest(key: string): Latest {
    const slot = this.#slots.get(key);
    return slot === undefined ? NOTHING : this.#latest(slot);
  }

  counters(key: string): Counters {
    const slot = this.#slots.get(key);
    if (slot === undefined) return { cpuMs: 0, restarts: 0 };
    return { cpuMs: this.#get(slot, CPU_TOTAL_MS), restarts: this.#get(slot, RESTARTS) };
  }

  /** Of all processes, also those that are no more. */
  get totals(): Counters {
    return { cpuMs: this.#cpuTotalMs, restarts: this.#restarts };
  }

  get host(): Latest {
    return this.#latest(HOST);
  }

  /** Load average in the place of CPU, memory in all. */
  get load(): Latest {
    return this.#latest(LOAD);
  }

  /** The kept samples, oldest first; of a process, or of the host with null. */
  moments(key: string | null): Moment[] {
    const slot = key === null ? HOST : this.#slots.get(key);
    if (slot === undefined) return [];
    const slots = slot === HOST ? [HOST, LOAD] : [slot];
    const moments: Moment[] = [];
    for (let tick = Math.max(0, this.#tick - KEPT_SAMPLES); tick < this.#tick; tick++) {
      const place = tick % KEPT_SAMPLES;
      const figures = slots.map((each) => {
        const at = (each * KEPT_SAMPLES + place) * 2;
        return { cpuPercent: numberOrNull(this.#kept[at]), memoryBytes: numberOrNull(this.#kept[at + 1]) };
      });
      moments.push({ atMs: this.#keptAtMs[place] ?? 0, figures });
    }
    return moments;
  }

  /** Ends the minute under way and hands it out; null when nothing is in it. */
  close(): Packed | null {
    if (this.#minuteMs === null) return null;
    this.#minuteMs = null;
    const names = this.#namesNow();
    const figures = [HOST, LOAD, ...this.#order].map((slot) => this.#takeFigures(slot));
    return pack(names, figures);
  }

  #put(
    slot: number,
    now: { life: number; startTicks: number; cpuMs: number; clockMs: number; memoryBytes: number },
  ): void {
    const sameLife =
      this.#get(slot, TICK) > 0 && this.#get(slot, PID) === now.life && this.#get(slot, START_TICKS) === now.startTicks;
    const usedMs = now.cpuMs - (sameLife ? this.#get(slot, CPU_MS) : 0);
    const passedMs = now.clockMs - this.#get(slot, SEEN_MONOTONIC_MS);
    // Time goes down when somebody of the group ends that nobody waits for: then there is no telling.
    const hasRate = sameLife && usedMs >= 0 && passedMs >= SHORTEST_MS;
    const cpu = hasRate ? Math.min((100 * usedMs) / passedMs, MOST_CPU_PERCENT) : Number.NaN;
    this.#set(slot, PID, now.life);
    this.#set(slot, START_TICKS, now.startTicks);
    this.#set(slot, CPU_MS, now.cpuMs);
    this.#set(slot, SEEN_MONOTONIC_MS, now.clockMs);
    this.#set(slot, CPU_TOTAL_MS, this.#get(slot, CPU_TOTAL_MS) + Math.max(0, usedMs));
    if (slot !== HOST) this.#cpuTotalMs += Math.max(0, usedMs);
    this.#set(slot, TICK, this.#tick);
    this.#note(slot, cpu, now.memoryBytes);
  }

  #note(slot: number, cpu: number, memory: number): void {
    this.#set(slot, LATEST_CPU, cpu);
    this.#set(slot, LATEST_MEMORY, memory);
    const at = (slot * KEPT_SAMPLES + ((this.#tick - 1) % KEPT_SAMPLES)) * 2;
    this.#kept[at] = cpu;
    this.#kept[at + 1] = memory;
    if (!Number.isNaN(cpu)) this.#count(slot, CPU_TALLY, cpu);
    this.#count(slot, MEMORY_TALLY, memory);
  }

  #count(slot: number, tally: number, value: number): void {
    const count = this.#get(slot, tally);
    this.#set(slot, tally, count + 1);
    this.#set(slot, tally + 1, count === 0 ? value : this.#get(slot, tally + 1) + value);
    this.#set(slot, tally + 2, count === 0 ? value : Math.min(this.#get(slot, tally + 2), value));
    this.#set(slot, tally + 3, count === 0 ? value : Math.max(this.#get(slot, tally + 3), value));
  }

  #takeFigures(slot: number): Figures {
    const cpu = this.#takeTally(slot, CPU_TALLY);
    const memory = this.#takeTally(slot, MEMORY_TALLY);
    return cpu === null && memory === null ? NO_FIGURES : { cpu, memory };
  }

  #takeTally(slot: number, tally: number): Tally | null {
    const count = this.#get(slot, tally);
    if (count === 0) return null;
    this.#set(slot, tally, 0);
    const avg = this.#get(slot, tally + 1) / count;
    return { count, min: this.#get(slot, tally + 2), avg, max: this.#get(slot, tally + 3) };
  }

  /** Of who was in the last sample: what has no child now uses nothing. */
  #latest(slot: number): Latest {
    if (this.#tick === 0 || this.#get(slot, TICK) !== this.#tick) return NOTHING;
    return {
      cpuPercent: numberOrNull(this.#get(slot, LATEST_CPU)),
      memoryBytes: numberOrNull(this.#get(slot, LATEST_MEMORY)),
    };
  }

  #namesNow(): string {
    if (this.#names === null) {
      const sorted = [...this.#slots].sort(([a], [b]) => (a < b ? -1 : 1));
      this.#order = sorted.map(([, slot]) => slot);
      this.#names = sorted.map(([key]) => key).join("\n");
    }
    return this.#names;
  }

  #slot(key: string): number {
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const slot = this.#free.pop() ?? this.#slots.size + this.#free.length + HOST_ENTRIES;
    if ((slot + 1) * COLUMNS > this.#columns.length) this.#grow();
    this.#columns.fill(0, slot * COLUMNS, (slot + 1) * COLUMNS);
    this.#kept.fill(Number.NaN, slot * KEPT_SAMPLES * 2, (slot + 1) * KEPT_SAMPLES * 2);
    this.#slots.set(key, slot);
    this.#names = null;
    return slot;
  }

  #grow(): void {
    const columns = new Float64Array(this.#columns.length * 2);
    columns.set(this.#columns);
    const kept = new Float32Array(this.#kept.length * 2).fill(Number.NaN);
    kept.set(this.#kept);
    this.#columns = columns;
    this.#kept = kept;
  }

  #get(slot: number, column: number): number {
    return this.#columns[slot * COLUMNS + column] ?? 0;
  }

  #set(slot: number, column: number, value: number): void {
    this.#columns[slot * COLUMNS + column] = value;
  }
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

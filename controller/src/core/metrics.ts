// Use of processors and memory: what agents say at a moment, and figures over a time with their arithmetic.

/** What an agent said at one moment. */
export interface Samples {
  /** Monotonic clock of the host. */
  readonly monotonicMs: number;
  /** Null where the system does not tell. */
  readonly host: HostSample | null;
  readonly processes: readonly ProcessSample[];
}

export interface HostSample {
  /** Over all CPUs, since the host was started. */
  readonly cpuBusyMs: number;
  readonly cpuTotalMs: number;
  readonly loadHundredths: number;
  readonly memoryTotalBytes: number;
  readonly memoryAvailableBytes: number;
}

/** Of a child with its process group. */
export interface ProcessSample {
  readonly group: string;
  readonly name: string;
  readonly pid: number;
  /** With pid the identity of a life. */
  readonly startTicks: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

/** A quantity over a time. */
export interface Tally {
  /** How many samples it is made from; never 0. */
  readonly count: number;
  readonly min: number;
  readonly avg: number;
  readonly max: number;
}

/** Null where there was no sample of it. */
export interface Figures {
  /** Percent: of one CPU for a process, of the whole machine for a host. */
  readonly cpu: Tally | null;
  /** Bytes. */
  readonly memory: Tally | null;
}

export const NO_FIGURES: Figures = { cpu: null, memory: null };

/** How long the time of one row of history is. */
export const RESOLUTIONS = { minute: 60_000, hour: 3_600_000 } as const;
export type Resolution = keyof typeof RESOLUTIONS;

/** The moment at which the time began that a moment lies in. */
export function startOf(atMs: number, stepMs: number): number {
  return Math.floor(atMs / stepMs) * stepMs;
}

/** Both times together: each counts as much as it has samples. */
export function mergeTallies(a: Tally | null, b: Tally | null): Tally | null {
  if (a === null || b === null) return a ?? b;
  const count = a.count + b.count;
  return {
    count,
    min: Math.min(a.min, b.min),
    avg: (a.avg * a.count + b.avg * b.count) / count,
    max: Math.max(a.max, b.max),
  };
}

export function mergeFigures(a: Figures, b: Figures): Figures {
  return { cpu: mergeTallies(a.cpu, b.cpu), memory: mergeTallies(a.memory, b.memory) };
}

export function tallyOf(value: number): Tally {
  return { count: 1, min: value, avg: value, max: value };
}

// What /proc says of processes and of the host, read out of its text (proc(5)). Pure; whose child something is, is sampling.ts.

/** What `/proc/PID/stat` says. */
export interface ProcessStat {
  readonly pid: number;
  /** Process group. */
  readonly group: number;
  /** User and system time, with that of ended children that were waited for. */
  readonly cpuTicks: number;
  /** Since the start of the host. */
  readonly startTicks: number;
  readonly residentPages: number;
}

/** Units of this system. */
export interface Units {
  readonly ticksPerSecond: number;
  readonly pageBytes: number;
}

export interface HostCpu {
  /** Over all CPUs, since the host was started. */
  readonly busyTicks: number;
  readonly totalTicks: number;
}

export interface HostMemory {
  readonly totalBytes: number;
  /** What programs could still get without swapping. */
  readonly availableBytes: number;
}

/** What Linux has nearly everywhere. */
const USUAL: Units = { ticksPerSecond: 100, pageBytes: 4096 };
/** elf.h */
const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;

/** Null for what is no such line. A program's name may hold anything, also brackets and blanks: counting begins behind it. */
export function parseStat(text: string): ProcessStat | null {
  const close = text.lastIndexOf(")");
  const fields = text.slice(close + 2).split(" ", 22);
  const at = (number: number) => Number(fields[number - 3]);
  const stat = {
    pid: Number.parseInt(text, 10),
    group: at(5),
    cpuTicks: at(14) + at(15) + at(16) + at(17),
    startTicks: at(22),
    residentPages: at(24),
  };
  return close < 0 || Object.values(stat).some(Number.isNaN) ? null : stat;
}

/** The first line of `/proc/stat`: user nice system idle iowait irq softirq steal, with what guests get counted as user's already. */
export function parseHostCpu(text: string): HostCpu | null {
  const [name, ...columns] = text.slice(0, text.indexOf("\n")).trim().split(/ +/);
  const ticks = columns.slice(0, 8).map(Number);
  if (name !== "cpu" || ticks.length < 4 || ticks.some(Number.isNaN)) return null;
  const totalTicks = ticks.reduce((sum, each) => sum + each, 0);
  return { busyTicks: totalTicks - (ticks[3] ?? 0) - (ticks[4] ?? 0), totalTicks };
}

export function parseMemory(text: string): HostMemory | null {
  const bytes = (key: string) => Number(new RegExp(`^${key}: +(\\d+) kB$`, "m").exec(text)?.[1] ?? Number.NaN) * 1024;
  const memory = { totalBytes: bytes("MemTotal"), availableBytes: bytes("MemAvailable") };
  return Number.isNaN(memory.totalBytes + memory.availableBytes) ? null : memory;
}

/** Of `/proc/loadavg`, in hundredths; 0 for what is none. */
export function parseLoadHundredths(text: string): number {
  return Math.round((Number.parseFloat(text) || 0) * 100);
}

/** Units out of `/proc/self/auxv`: pairs of machine words. Where it cannot be read the usual ones. */
export function parseUnits(auxv: Uint8Array): Units {
  const words = new DataView(auxv.buffer, auxv.byteOffset, auxv.byteLength);
  let { ticksPerSecond, pageBytes } = USUAL;
  for (let at = 0; at + 16 <= auxv.byteLength; at += 16) {
    const value = Number(words.getBigUint64(at + 8, true));
    if (value <= 0) continue;
    if (words.getBigUint64(at, true) === AT_PAGESZ) pageBytes = value;
    if (words.getBigUint64(at, true) === AT_CLKTCK) ticksPerSecond = value;
  }
  return { ticksPerSecond, pageBytes };
}

// What host and children use at a moment, read from /proc. Of a child that is its whole process group: a program behind a shell or a
// wrapper, and workers of a server, are what operators mean by it. When to look is the caller's.
import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type ProcessStat,
  parseHostCpu,
  parseLoadHundredths,
  parseMemory,
  parseStat,
  parseUnits,
  type Units,
} from "./sampling-parse.js";

/** What a process group uses. */
export interface GroupUse {
  /** Start of the child that leads it, in ticks since the start of the host: with its pid it names this life. */
  readonly startTicks: number;
  /** So far, with ended children that were waited for. */
  readonly cpuMs: number;
  /** Resident; pages that several processes share count for each. */
  readonly memoryBytes: number;
}

export interface HostUse {
  /** Over all CPUs, since the host was started; waiting for disks is not busy. */
  readonly cpuBusyMs: number;
  readonly cpuTotalMs: number;
  readonly loadHundredths: number;
  readonly memoryTotalBytes: number;
  readonly memoryAvailableBytes: number;
}

export interface Use {
  /** Monotonic clock of the host. */
  readonly monotonicMs: number;
  /** Null where the system does not tell. */
  readonly host: HostUse | null;
  /** By pid of the leader; without those that are gone or cannot be looked at. */
  readonly groups: ReadonlyMap<number, GroupUse>;
}

/** The daemon's loop is held up no longer than this at a time, however many processes the host has. */
const SLICE_MS = 2;
/** A line is some 350 bytes; the name in it is 64 at most. */
const STAT_BYTES = 2048;

export class Sampler {
  readonly #proc: string;
  readonly #buffer = Buffer.allocUnsafe(STAT_BYTES);
  #units: Units | null = null;

  constructor(proc = "/proc") {
    this.#proc = proc;
  }

  /** Looks once. `leaders` are the pids of living children. Never rejects. */
  async sample(leaders: ReadonlySet<number>): Promise<Use> {
    const monotonicMs = Math.round(hostClockMs());
    return { monotonicMs, host: this.#host(), groups: leaders.size === 0 ? new Map() : await this.#groups(leaders) };
  }

  async #groups(leaders: ReadonlySet<number>): Promise<Map<number, GroupUse>> {
    const sums = new Map<number, { startTicks: number; cpuTicks: number; pages: number }>();
    let sliceEndMs = performance.now() + SLICE_MS;
    for (const name of this.#names()) {
      if (performance.now() > sliceEndMs) {
        await nextTurn();
        sliceEndMs = performance.now() + SLICE_MS;
      }
      const stat = this.#stat(name);
      if (stat === null) continue;
      const leader = leaders.has(stat.pid) ? stat.pid : stat.group;
      if (!leaders.has(leader)) continue;
      const sum = sums.get(leader) ?? { startTicks: -1, cpuTicks: 0, pages: 0 };
      if (stat.pid === leader) sum.startTicks = stat.startTicks;
      sum.cpuTicks += stat.cpuTicks;
      sum.pages += stat.residentPages;
      sums.set(leader, sum);
    }
    const { ticksPerSecond, pageBytes } = this.#unitsOnce();
    const groups = new Map<number, GroupUse>();
    for (const [pid, { startTicks, cpuTicks, pages }] of sums) {
      // Others of a group can outlive their leader; whose they are now nobody can tell.
      if (startTicks < 0) continue;
      const cpuMs = Math.round((cpuTicks * 1000) / ticksPerSecond);
      groups.set(pid, { startTicks, cpuMs, memoryBytes: pages * pageBytes });
    }
    return groups;
  }

  #names(): string[] {
    try {
      return readdirSync(this.#proc).filter((name) => name.charCodeAt(0) <= 0x39 && Number(name) > 0);
    } catch {
      return [];
    }
  }

  /** Null for what has ended meanwhile. */
  #stat(name: string): ProcessStat | null {
    let fd: number | null = null;
    try {
      fd = openSync(`${this.#proc}/${name}/stat`, "r");
      return parseStat(this.#buffer.toString("latin1", 0, readSync(fd, this.#buffer, 0, STAT_BYTES, null)));
    } catch {
      return null;
    } finally {
      if (fd !== null) closeSync(fd);
    }
  }

  #host(): HostUse | null {
    try {
      const cpu = parseHostCpu(readFileSync(`${this.#proc}/stat`, "latin1"));
      const memory = parseMemory(readFileSync(`${this.#proc}/meminfo`, "latin1"));
      if (cpu === null || memory === null) return null;
      const { ticksPerSecond } = this.#unitsOnce();
      const ms = (ticks: number) => Math.round((ticks * 1000) / ticksPerSecond);
      return {
        cpuBusyMs: ms(cpu.busyTicks),
        cpuTotalMs: ms(cpu.totalTicks),
        loadHundredths: parseLoadHundredths(readFileSync(`${this.#proc}/loadavg`, "latin1")),
        memoryTotalBytes: memory.totalBytes,
        memoryAvailableBytes: memory.availableBytes,
      };
    } catch {
      return null;
    }
  }

  #unitsOnce(): Units {
    this.#units ??= this.#readUnits();
    return this.#units;
  }

  #readUnits(): Units {
    try {
      return parseUnits(readFileSync(`${this.#proc}/self/auxv`));
    } catch {
      return parseUnits(new Uint8Array(0));
    }
  }
}

/** The same for every process of the host, and through every start of this daemon. */
function hostClockMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

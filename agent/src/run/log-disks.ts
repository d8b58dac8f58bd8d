// Log files wherever they are: on a disk that may hang each in the hands of that disk's thread, elsewhere handled at once.
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Disk, type StartDiskThread } from "./disk.js";
import { check, DiskLog } from "./disk-log.js";
import { startDiskThread } from "./disk-thread-start.js";
import { diskThatMayHang, type Mount, parseMounts } from "./mounts.js";
import { plainLogs } from "./plain-logs.js";
import type { LogFiles, LogSink, RotationRules } from "./ports.js";

/** Many logs are made at once, seldom between two mounts. */
const MOUNTS_MS = 1_000;

export interface LogDisksWorld {
  readonly startThread: StartDiskThread;
  /** The device of the disk that a path is on when that can hang; null when it cannot. */
  readonly diskOf: (path: string) => string | null;
}

export class LogDisks implements LogFiles {
  readonly #world: LogDisksWorld;
  readonly #onProblem: (message: string) => void;
  readonly #disks = new Map<string, Disk>();

  /** `onProblem` hears of what cannot be written to disks that may hang, and of those that do. */
  constructor(onProblem: (message: string) => void, world: LogDisksWorld = hostDisks()) {
    this.#onProblem = onProblem;
    this.#world = world;
  }

  sink(path: string, rotation: RotationRules, onProblem: (message: string) => void): LogSink {
    const disk = this.#diskOf(path);
    return disk === null ? plainLogs.sink(path, rotation, onProblem) : new DiskLog(disk, path, rotation);
  }

  create(path: string): void {
    const disk = this.#diskOf(path);
    if (disk === null) plainLogs.create(path);
    else check(disk.create(path), `open '${path}'`);
  }

  removeStale(directory: string, identifier: string, onProblem: (message: string) => void): void {
    const disk = this.#diskOf(`${directory}/.`);
    if (disk === null) plainLogs.removeStale(directory, identifier, onProblem);
    else disk.clean(directory, identifier);
  }

  /** Ends the threads when all is written; false when one hangs and cannot be ended. */
  async stop(): Promise<boolean> {
    const ended = await Promise.all([...this.#disks.values()].map((disk) => disk.stop()));
    this.#disks.clear();
    return ended.every(Boolean);
  }

  #diskOf(path: string): Disk | null {
    const device = this.#world.diskOf(path);
    if (device === null) return null;
    const disk = this.#disks.get(device) ?? new Disk(this.#world.startThread, this.#onProblem);
    this.#disks.set(device, disk);
    return disk;
  }
}

/** Hundreds of logs are made at once, most in one directory: what is true of that is found out once. */
function hostDisks(): LogDisksWorld {
  let mounts: readonly Mount[] = [];
  let points: ReadonlySet<string> = new Set();
  let readAtMs = Number.NEGATIVE_INFINITY;
  let last: { readonly path: string; readonly device: string | null } = { path: "", device: null };
  const directories = new Map<string, string | null>();
  const ofDirectory = (directory: string): string | null => {
    const known = directories.get(directory);
    if (known !== undefined) return known;
    const device = diskThatMayHang(directory, mounts, readLink);
    directories.set(directory, device);
    return device;
  };
  const diskOf = (given: string): string | null => {
    const path = resolve(given);
    if (performance.now() - readAtMs > MOUNTS_MS) {
      mounts = readMounts();
      points = new Set(mounts.map(({ point }) => point));
      directories.clear();
      last = { path: "", device: null };
      readAtMs = performance.now();
    }
    // A log that was made is then opened.
    if (path === last.path) return last.device;
    let device = ofDirectory(dirname(path));
    if (device === null && (points.has(path) || readLink(path) !== null)) {
      device = diskThatMayHang(path, mounts, readLink);
    }
    last = { path, device };
    return device;
  };
  return { startThread: startDiskThread, diskOf };
}

function readMounts(): readonly Mount[] {
  try {
    return parseMounts(readFileSync("/proc/self/mountinfo", "utf8"));
  } catch {
    // Where nobody tells, every disk counts as the system's own.
    return [];
  }
}

function readLink(path: string): string | null {
  try {
    // What is no link is asked about far more often, and an exception is dear.
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}

// Which children a daemon has, kept in a file for the life after a kill -9: that one must not start a second copy of any.
// A child is named by pid and start time within one boot of the system, so that no stranger is ever taken for one.
import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { readSmallFile } from "./small-file.js";

/** A process for good: a pid is used again, with a start time it is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Since the boot of the system, in its clock ticks (proc_pid_stat(5), starttime). */
  readonly startTicks: number;
}

export interface RecordedChild extends ProcessIdentity {
  readonly group: string;
  readonly name: string;
}

/** First line of the file; every other is a child. JSON, one value a line. */
interface Header extends ProcessIdentity {
  readonly format: 1;
  readonly bootId: string;
}

/** Lines for children that ended are dropped when there are more than this and twice those that live. */
const IDLE_LINES = 1000;

/** What /proc tells of a process; null when it is gone or only waits to be reaped. */
export function identityOf(pid: number): ProcessIdentity | null {
  try {
    const stat = readSmallFile(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? null : { pid, startTicks: Number(fields[19]) };
  } catch {
    return null;
  }
}

/** Whether exactly that process still runs. */
export function isRunning({ pid, startTicks }: ProcessIdentity): boolean {
  return identityOf(pid)?.startTicks === startTicks;
}

function bootId(): string {
  try {
    return readSmallFile("/proc/sys/kernel/random/boot_id").trim();
  } catch {
    return "";
  }
}

/** Children in a record of an earlier daemon that still run. Empty when that daemon does too: they are its own then. */
export function survivorsIn(file: string): RecordedChild[] {
  const [header, ...children] = readRecord(file);
  if (header === undefined || header.format !== 1 || header.bootId !== bootId() || isRunning(header)) return [];
  return (children as unknown as RecordedChild[]).filter(isRunning);
}

/** The lines that can be read; a daemon killed while it wrote leaves half a line at the end. */
function readRecord(file: string): Header[] {
  const values: Header[] = [];
  try {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line !== "") values.push(JSON.parse(line) as Header);
    }
  } catch {
    // No file, or its end: what came before counts.
  }
  return values;
}

export class ChildRecord {
  readonly #file: string;
  readonly #onProblem: (message: string) => void;
  readonly #children = new Map<number, RecordedChild>();
  #fresh: { readonly pid: number; readonly group: string; readonly name: string }[] = [];
  #fd: number | null = null;
  #lines = 0;

  /** `onProblem` hears once of a file that cannot be written. */
  constructor(file: string, onProblem: (message: string) => void) {
    this.#file = file;
    this.#onProblem = onProblem;
  }

  /** Begins the record of this daemon with children of an earlier one that are still being stopped. */
  start(survivors: readonly RecordedChild[]): void {
    for (const child of survivors) this.#children.set(child.pid, child);
    this.#begin();
  }

  /** A child that was just made. Written with others of the same turn. */
  add(pid: number, group: string, name: string): void {
    if (this.#fd === null) return;
    if (this.#fresh.length === 0) setImmediate(() => this.#flush());
    this.#fresh.push({ pid, group, name });
  }

  /** A child that is gone. Its line says nothing any more: no process will be it again. */
  remove(pid: number): void {
    this.#children.delete(pid);
    this.#fresh = this.#fresh.filter((child) => child.pid !== pid);
  }

  /** Removes the file when no child is left; else the next daemon finds them there. */
  stop(): void {
    if (this.#fd === null) return;
    this.#flush();
    this.#close();
    if (this.#children.size > 0) return;
    try {
      unlinkSync(this.#file);
    } catch {
      // Gone already.
    }
  }

  #flush(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    const lines: string[] = [];
    for (const { pid, group, name } of fresh) {
      const identity = identityOf(pid);
      if (identity === null) continue;
      const child: RecordedChild = { ...identity, group, name };
      this.#children.set(pid, child);
      lines.push(lineOf(child));
    }
    if (this.#lines + lines.length > IDLE_LINES + 2 * this.#children.size) this.#begin();
    else this.#write(lines);
  }

  /** Written anew from its start, the header first: cut short it names too few and nobody else. */
  #begin(): void {
    this.#close();
    const self = identityOf(process.pid);
    if (self === null) return;
    const header: Header = { format: 1, bootId: bootId(), ...self };
    try {
      this.#fd = openSync(this.#file, "w", 0o600);
      this.#lines = 0;
      this.#write([lineOf(header), ...[...this.#children.values()].map(lineOf)]);
    } catch (error) {
      this.#failed(error);
    }
  }

  #write(lines: readonly string[]): void {
    if (this.#fd === null || lines.length === 0) return;
    try {
      writeSync(this.#fd, lines.join(""));
      this.#lines += lines.length;
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#close();
    this.#onProblem(
      `cannot write ${this.#file} (${FleetError.from(error).message}): a daemon started after this one was killed would not know its programs`,
    );
  }

  #close(): void {
    const fd = this.#fd;
    this.#fd = null;
    if (fd === null) return;
    try {
      closeSync(fd);
    } catch {
      // A disk over the network may say only now that it is full. The number is free all the same.
    }
  }
}

const lineOf = (value: Header | RecordedChild): string => `${JSON.stringify(value)}\n`;

// A log file on a disk that may hang.
import { getSystemErrorName } from "node:util";
import type { Disk, Outcome } from "./disk.js";
import type { LogSink, RotationRules } from "./ports.js";

/** Throws what the system said; what is not done yet is no failure. */
export function check(outcome: Outcome, call: string): void {
  if (outcome.type === "later" || outcome.errno === 0) return;
  const code = getSystemErrorName(-outcome.errno);
  throw Object.assign(new Error(`${code}: ${call}`), { code, errno: -outcome.errno });
}

export class DiskLog implements LogSink {
  readonly path: string;
  readonly #disk: Disk;
  readonly #log: number;
  #isOpen = false;

  constructor(disk: Disk, path: string, rotation: RotationRules) {
    this.path = path;
    this.#disk = disk;
    this.#log = disk.add(path, rotation);
  }

  get isFull(): boolean {
    return this.#disk.isFull;
  }

  /** Of a disk that does not answer in time it is hoped that the file can be opened: the program starts. */
  open(): void {
    if (this.#isOpen) return;
    check(this.#disk.ask(this.#log, "open"), `open '${this.path}'`);
    this.#isOpen = true;
  }

  write(chunk: Buffer): void {
    if (this.#isOpen) this.#disk.write(this.#log, chunk);
  }

  settle(): boolean {
    return this.#disk.settle();
  }

  reopen(): void {
    if (this.#isOpen) this.#disk.ask(this.#log, "reopen");
  }

  clear(): void {
    if (this.#isOpen) check(this.#disk.ask(this.#log, "clear"), `unlink '${this.path}'`);
  }

  /** What was written is in the file when this returns, unless the disk lets it wait. */
  close(): void {
    if (this.#isOpen) this.#disk.ask(this.#log, "close");
    this.#isOpen = false;
  }
}

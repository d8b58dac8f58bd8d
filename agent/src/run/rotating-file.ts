// A log file that rotates by size, as supervisord rotates its own and its children's logs.
import { closeSync, fstatSync, ftruncateSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import type { LogSink } from "./ports.js";

export interface RotationRules {
  /** Size that ends a file; 0 or negative for never. */
  readonly maxBytes: number;
  /** How many older files to keep as `.1` (newest) to `.N`; 0 empties the file in place. */
  readonly backups: number;
}

/**
 * Appends chunks whole and rotates after the one that reaches the limit, so a file may exceed it by a chunk and the live
 * file is then empty (supervisor 4.x loggers.py, RotatingFileHandler). A write that the disk refuses loses that chunk and
 * is reported once until writing works again; the program goes on.
 */
export class RotatingFile implements LogSink {
  #fd: number | null = null;
  #sizeBytes = 0;
  #failing = false;

  constructor(
    readonly path: string,
    readonly rules: RotationRules,
    readonly onProblem: (message: string) => void,
  ) {}

  open(): void {
    if (this.#fd !== null) return;
    this.#fd = openSync(this.path, "a", 0o666);
    const stats = fstatSync(this.#fd);
    this.#sizeBytes = stats.isFile() ? stats.size : Number.NEGATIVE_INFINITY;
  }

  write(chunk: Buffer): void {
    if (this.#fd === null) return;
    try {
      for (let done = 0; done < chunk.length; ) done += writeSync(this.#fd, chunk, done);
      this.#sizeBytes += chunk.length;
      this.#failing = false;
      if (this.rules.maxBytes > 0 && this.#sizeBytes >= this.rules.maxBytes) this.#rotate();
    } catch (error) {
      if (!this.#failing) this.onProblem(`cannot write log ${this.path}: ${errnoOf(error) ?? error}`);
      this.#failing = true;
    }
  }

  reopen(): void {
    if (this.#fd === null) return;
    this.close();
    this.#reopenOrReport();
  }

  /** A regular file is replaced by an empty one; anything else, like /dev/stdout, is left alone (never unlinked). */
  clear(): void {
    if (this.#fd === null || this.#sizeBytes === Number.NEGATIVE_INFINITY) return;
    removeIfThere(this.path);
    this.reopen();
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #rotate(): void {
    if (this.#fd === null) return;
    if (this.rules.backups <= 0) {
      ftruncateSync(this.#fd, 0);
      this.#sizeBytes = 0;
      return;
    }
    this.close();
    for (let n = this.rules.backups - 1; n >= 1; n--) renameIfThere(`${this.path}.${n}`, `${this.path}.${n + 1}`);
    renameIfThere(this.path, `${this.path}.1`);
    this.#reopenOrReport();
  }

  #reopenOrReport(): void {
    try {
      this.open();
    } catch (error) {
      this.onProblem(`cannot open log ${this.path}: ${errnoOf(error) ?? error}`);
    }
  }
}

/** A missing source is no problem: somebody else may have cleaned up. */
function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

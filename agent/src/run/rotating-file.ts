// A log file that rotates by size, as supervisord rotates its own and its children's logs.
import { ftruncateSync, renameSync, unlinkSync } from "node:fs";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { OpenLog } from "./open-log.js";
import type { LogSink, RotationRules } from "./ports.js";

/** How often a file that cannot be opened is tried again. */
const RETRY_MS = 1000;

/**
 * Appends chunks whole and rotates after the one that reaches the limit, so a file may exceed it by a chunk and the live
 * file is then empty (supervisor 4.x loggers.py, RotatingFileHandler). What the disk refuses is lost and reported once
 * until writing works again; the program goes on.
 */
export class RotatingFile implements LogSink {
  #log: OpenLog | null = null;
  /** Between `open` and `close`, even while the file cannot be opened. */
  #isOpen = false;
  #sizeBytes = 0;
  #failing = false;
  #retryAtMs = 0;

  constructor(
    readonly path: string,
    readonly rules: RotationRules,
    readonly onProblem: (message: string) => void,
  ) {}

  /** Written at once, or refused. */
  readonly isFull = false;

  settle(): boolean {
    return true;
  }

  open(): void {
    if (this.#log !== null) return;
    this.#openFile();
    this.#isOpen = true;
  }

  write(chunk: Buffer): void {
    if (this.#log === null && !this.#comesBack()) return;
    try {
      this.#log?.write(chunk);
      this.#sizeBytes += chunk.length;
      this.#failing = false;
    } catch (error) {
      this.#problem("cannot write log", error);
    }
    if (this.rules.maxBytes > 0 && this.#sizeBytes >= this.rules.maxBytes) this.#rotate();
  }

  reopen(): void {
    if (!this.#isOpen) return;
    this.#closeFile();
    this.#openOrReport();
  }

  /** A regular file is replaced by an empty one; anything else, like /dev/stdout, is left alone (never unlinked). */
  clear(): void {
    if (this.#log === null || this.#sizeBytes === Number.NEGATIVE_INFINITY) return;
    removeIfThere(this.path);
    this.reopen();
  }

  close(): void {
    this.#closeFile();
    this.#isOpen = false;
  }

  #openFile(): void {
    this.#log = new OpenLog(this.path);
    this.#sizeBytes = this.#log.sizeBytes ?? Number.NEGATIVE_INFINITY;
  }

  /** Whatever closing fails with, the number is free then, and may be somebody else's when the next chunk comes. */
  #closeFile(): void {
    const log = this.#log;
    this.#log = null;
    try {
      log?.end();
    } catch (error) {
      // A disk over the network or with quotas may say only now that what was written does not fit.
      this.#problem("cannot write log", error);
    }
  }

  #rotate(): void {
    if (this.#log === null) return;
    try {
      if (this.rules.backups <= 0) ftruncateSync(this.#log.fd, 0);
      else this.#shift();
      this.#sizeBytes = 0;
    } catch (error) {
      this.#problem("cannot rotate log", error);
      // What cannot be moved away grows by another limit before it is tried again.
      this.#sizeBytes = 0;
      return;
    }
    if (this.rules.backups > 0) this.reopen();
  }

  #shift(): void {
    for (let n = this.rules.backups - 1; n >= 1; n--) renameIfThere(`${this.path}.${n}`, `${this.path}.${n + 1}`);
    renameIfThere(this.path, `${this.path}.1`);
  }

  /** Whether a file that could not be opened can be now. */
  #comesBack(): boolean {
    if (!this.#isOpen || performance.now() < this.#retryAtMs) return false;
    this.#openOrReport();
    return this.#log !== null;
  }

  #openOrReport(): void {
    try {
      this.#openFile();
    } catch (error) {
      this.#retryAtMs = performance.now() + RETRY_MS;
      this.#problem("cannot open log", error);
    }
  }

  #problem(what: string, error: unknown): void {
    if (!this.#failing) this.onProblem(`${what} ${this.path}: ${errnoOf(error) ?? error}`);
    this.#failing = true;
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

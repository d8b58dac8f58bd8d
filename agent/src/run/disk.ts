// A disk that may hang, seen from the main thread: log files on it are handled by a thread of its own, which is waited for only for a
// moment. What it has not written yet waits in memory, up to a limit; a disk that does not answer for seconds loses what comes.

import { getSystemErrorName } from "node:util";
import { DiskBacklog } from "./disk-backlog.js";
import { type DiskNews, type DiskOrder, DONE, ERRNO, type LogAction, READY, SHARED_NUMBERS } from "./disk-orders.js";
import type { RotationRules } from "./ports.js";

/** How patient one is with a disk. */
export interface DiskLimits {
  /** How long something may be waited for that is usually done at once: once, then not again until the disk has caught up. */
  readonly waitMs: number;
  /** With so much unwritten, whoever can wait should; what comes to a disk that hangs is lost. */
  readonly fullBytes: number;
  /** And with so much, what comes is lost in any case. */
  readonly mostBytes: number;
  /** As much of each log is kept in spite of that: a few lines are not lost because another log pours. */
  readonly shareBytes: number;
  readonly lookMs: number;
  /** A disk that finishes nothing for so long hangs. */
  readonly stallMs: number;
}

const LIMITS: DiskLimits = {
  waitMs: 250,
  fullBytes: 4 * 1024 * 1024,
  mostBytes: 16 * 1024 * 1024,
  shareBytes: 32 * 1024,
  lookMs: 1_000,
  stallMs: 5_000,
};

/** For a thread to begin, which no disk of its own can delay. */
const BEGIN_MS = 5_000;
/** As much is sent at once; what is larger goes by itself. */
const BATCH_BYTES = 64 * 1024;
/** More that is asked waits until the disk has caught up: programs that are restarted for ever would ask for ever. */
const MOST_ORDERS = 10_000;
/** How long the end of a thread is waited for. */
const END_MS = 1_000;

/** The thread, for those who have nothing to do with threads. */
export interface DiskThread {
  post(order: DiskOrder, transfer: readonly ArrayBuffer[]): void;
  /** Resolves when it is gone. */
  readonly gone: Promise<void>;
}

export type StartDiskThread = (
  numbers: SharedArrayBuffer,
  hear: (news: DiskNews) => void,
  onFailure: (reason: string) => void,
) => DiskThread;

/** Written by the thread when asked for at once; `later` when it is not done yet. */
export type Outcome = { readonly type: "done"; readonly errno: number } | { readonly type: "later" };

export class Disk {
  readonly #numbers = new Int32Array(new SharedArrayBuffer(SHARED_NUMBERS * 4));
  readonly #thread: DiskThread;
  readonly #limits: DiskLimits;
  readonly #onProblem: (message: string) => void;
  readonly #paths: string[] = [];
  /** What is not posted yet, of many logs. */
  readonly #batch = Buffer.allocUnsafe(BATCH_BYTES);
  #batchBytes = 0;
  #pieces: number[] = [];
  #flushIsDue = false;
  readonly #backlog = new DiskBacklog();
  /** Of each log whether it is to be open, as was last asked. */
  readonly #isOpen: boolean[] = [];
  #leftOut = false;
  /** Tickets nobody waits for any more, of which a failure is news. */
  readonly #givenUp = new Set<number>();
  #isBehind = false;
  #isStalled = false;
  #lostBytes = 0;
  #look: NodeJS.Timeout | null = null;
  #movedAtMs = 0;
  #isDead = false;

  /** `onProblem` hears of logs that cannot be written, of a disk that hangs and of one that answers again. */
  constructor(start: StartDiskThread, onProblem: (message: string) => void, limits: DiskLimits = LIMITS) {
    this.#limits = limits;
    this.#onProblem = onProblem;
    this.#thread = start(
      this.#numbers.buffer as SharedArrayBuffer,
      (news) => this.#hear(news),
      (reason) => this.#died(reason),
    );
    Atomics.wait(this.#numbers, READY, 0, BEGIN_MS);
  }

  /** Introduces a log; answers the number for the other calls. */
  add(path: string, rules: RotationRules): number {
    const log = this.#paths.push(path) - 1;
    this.#thread.post({ type: "log", log, path, rules }, []);
    return log;
  }

  /** More is unwritten than should be: whoever can wait with more, should. Of a disk that hangs nothing is to be hoped for. */
  get isFull(): boolean {
    if (this.#backlog.bytes <= this.#limits.fullBytes || this.#isStalled) return false;
    this.#catchUp();
    return this.#backlog.bytes > this.#limits.fullBytes;
  }

  /** Takes the bytes, which may be reused afterwards, or loses them when far too many wait already. */
  write(log: number, chunk: Buffer): void {
    if (this.#isTooMuch(log, chunk.length)) {
      this.#lostBytes += chunk.length;
      return;
    }
    this.#backlog.add(log, chunk.length);
    if (this.#batchBytes + chunk.length > BATCH_BYTES) this.#flush();
    if (chunk.length > BATCH_BYTES / 2) {
      this.#flush();
      this.#postBytes(Int32Array.of(log, chunk.length), new Uint8Array(chunk));
      return;
    }
    chunk.copy(this.#batch, this.#batchBytes);
    this.#batchBytes += chunk.length;
    this.#pieces.push(log, chunk.length);
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    setImmediate(() => this.#flush());
  }

  /** Does it after all that was asked before, and waits for that a moment. */
  ask(log: number, action: LogAction): Outcome {
    if (action === "open" || action === "close") this.#isOpen[log] = action === "open";
    if (this.#backlog.orders > MOST_ORDERS) {
      this.#leftOut = true;
      return { type: "later" };
    }
    return this.#askFor((ticket) => ({ type: "act", ticket, log, action }));
  }

  create(path: string): Outcome {
    return this.#askFor((ticket) => ({ type: "create", ticket, path }));
  }

  clean(directory: string, identifier: string): Outcome {
    return this.#askFor((ticket) => ({ type: "clean", ticket, directory, identifier }));
  }

  /** Whether everything so far is written, after waiting for it a moment. */
  settle(): boolean {
    this.#catchUp();
    return !this.#isBehind && this.#askFor((ticket) => ({ type: "settle", ticket })).type === "done";
  }

  /** Lets the thread write what waits, and end; false when it hangs and does not. */
  async stop(): Promise<boolean> {
    this.#flush();
    this.#thread.post({ type: "end" }, []);
    const ended = await new Promise<boolean>((resolve) => {
      const late = setTimeout(resolve, END_MS, false);
      void this.#thread.gone.then(() => {
        clearTimeout(late);
        resolve(true);
      });
    });
    if (this.#look !== null) clearTimeout(this.#look);
    this.#look = null;
    return ended;
  }

  #isTooMuch(log: number, bytes: number): boolean {
    if (this.#isDead) return true;
    const { fullBytes, mostBytes, shareBytes } = this.#limits;
    if (this.#backlog.bytes + bytes <= fullBytes || this.#backlog.bytesOf(log) + bytes <= shareBytes) return false;
    this.#catchUp();
    return this.#backlog.bytes + bytes > (this.#isStalled ? fullBytes : mostBytes);
  }

  #flush(): void {
    this.#flushIsDue = false;
    if (this.#batchBytes === 0) return;
    const bytes = new Uint8Array(this.#batch.subarray(0, this.#batchBytes));
    this.#batchBytes = 0;
    const pieces = Int32Array.from(this.#pieces);
    this.#pieces = [];
    this.#postBytes(pieces, bytes);
  }

  #postBytes(pieces: Int32Array, bytes: Uint8Array<ArrayBuffer>): void {
    this.#post((ticket) => ({ type: "write", ticket, pieces, bytes }), pieces, [bytes.buffer]);
  }

  #post(order: (ticket: number) => DiskOrder, pieces?: Int32Array, transfer: readonly ArrayBuffer[] = []): number {
    if (this.#backlog.orders === 0) this.#movedAtMs = performance.now();
    const ticket = this.#backlog.give(pieces);
    this.#thread.post(order(ticket), transfer);
    this.#look ??= setTimeout(this.#watch, this.#limits.lookMs).unref();
    return ticket;
  }

  #askFor(order: (ticket: number) => DiskOrder): Outcome {
    this.#flush();
    const ticket = this.#post(order);
    if (this.#waitFor(ticket)) return { type: "done", errno: Atomics.load(this.#numbers, ERRNO) };
    this.#givenUp.add(ticket);
    return { type: "later" };
  }

  #waitFor(ticket: number): boolean {
    this.#catchUp();
    if (this.#isBehind || this.#isDead) return false;
    const untilMs = performance.now() + this.#limits.waitMs;
    for (;;) {
      const done = Atomics.load(this.#numbers, DONE);
      if (done === ticket) break;
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) {
        this.#isBehind = true;
        return false;
      }
      Atomics.wait(this.#numbers, DONE, done, leftMs);
    }
    this.#catchUp();
    return true;
  }

  #catchUp(): void {
    if (!this.#backlog.done(Atomics.load(this.#numbers, DONE))) return;
    this.#movedAtMs = performance.now();
    if (this.#isStalled) this.#answersAgain();
    if (this.#backlog.orders > 0) return;
    this.#isBehind = false;
    if (this.#leftOut) this.#makeUp();
  }

  readonly #watch = (): void => {
    this.#look = null;
    this.#catchUp();
    if (this.#backlog.orders === 0) {
      // What failed was told before it was done.
      this.#givenUp.clear();
      return;
    }
    if (!this.#isStalled && performance.now() - this.#movedAtMs > this.#limits.stallMs) {
      this.#isStalled = true;
      this.#onProblem(`the disk of ${this.#paths[0]} does not answer: logs on it wait, and what does not fit is lost`);
    }
    this.#look = setTimeout(this.#watch, this.#limits.lookMs).unref();
  };

  /** Every log as was last asked, after some of what was asked was left out. */
  #makeUp(): void {
    this.#leftOut = false;
    for (const [log, isOpen] of this.#isOpen.entries()) {
      this.#post((ticket) => ({ type: "act", ticket, log, action: isOpen ? "open" : "close" }));
    }
  }

  #answersAgain(): void {
    this.#isStalled = false;
    const lost = this.#lostBytes;
    this.#lostBytes = 0;
    this.#onProblem(`the disk of ${this.#paths[0]} answers again; ${lost} bytes for logs on it were lost`);
  }

  #hear(news: DiskNews): void {
    if (news.type === "problem") return this.#onProblem(news.text);
    if (!this.#givenUp.delete(news.ticket)) return;
    this.#onProblem(`cannot open log ${this.#paths[news.log]}: ${getSystemErrorName(-news.errno)}`);
  }

  #died(reason: string): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#backlog.clear();
    this.#onProblem(`the thread for logs on the disk of ${this.#paths[0]} ended, nothing is kept of them: ${reason}`);
  }
}

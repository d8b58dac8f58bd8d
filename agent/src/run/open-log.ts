// One open log file or pipe: a file takes its bytes at once, a pipe or terminal whose reader is slow never makes anybody wait.
import { closeSync, constants, fstatSync, openSync, statSync, writeSync } from "node:fs";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";

/** What a slow reader may be behind; what comes on top is lost. */
const BEHIND_BYTES = 1024 * 1024;
const RETRY_MS = 10;
/** How long what is left may take to get out after the end. */
const LINGER_MS = 5_000;

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY;

/** To read a log with: a named pipe in its place is nothing to wait for, and a terminal not to be made ours. */
export const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Another name of what the daemon was started with; to move that away would be to rename the device. */
const OWN_OUTPUT = /^\/(dev\/(stdout|stderr|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;

/** Opens for appending. A named pipe that nobody reads yet is kept open for a later reader, where supervisord would hang. */
function openFile(path: string): number {
  try {
    return openSync(path, APPEND, 0o666);
  } catch (error) {
    if (errnoOf(error) !== "ENXIO" || !statSync(path).isFIFO()) throw error;
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  }
}

export class OpenLog {
  readonly #fd: number;
  /** Size when it was opened; null for what has none and is never rotated. */
  readonly sizeBytes: number | null;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #endAtMs: number | null = null;

  /** Throws the system's error. */
  constructor(path: string) {
    this.#fd = openFile(path);
    const stats = fstatSync(this.#fd);
    this.sizeBytes = stats.isFile() && !OWN_OUTPUT.test(path) ? stats.size : null;
  }

  get fd(): number {
    return this.#fd;
  }

  /** Writes or, for a slow reader, keeps the bytes; the chunk may be reused afterwards. Throws the system's error, EAGAIN for bytes lost. */
  write(chunk: Buffer): void {
    const rest = this.#waiting.length === 0 ? this.#tryWrite(chunk) : chunk;
    if (rest.length === 0) return;
    if (this.#waitingBytes + rest.length > BEHIND_BYTES) {
      throw Object.assign(new Error("the reader is too slow"), { code: "EAGAIN" });
    }
    this.#waiting.push(Buffer.from(rest));
    this.#waitingBytes += rest.length;
    this.#timer ??= setTimeout(this.#flush, RETRY_MS);
  }

  /** Closes, for a slow reader a little later. Call it once. */
  end(): void {
    this.#endAtMs = performance.now() + LINGER_MS;
    this.#flush();
  }

  /** What could not be written now. */
  #tryWrite(chunk: Buffer): Buffer {
    let done = 0;
    try {
      while (done < chunk.length) done += writeSync(this.#fd, chunk, done);
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw error;
    }
    return chunk.subarray(done);
  }

  readonly #flush = (): void => {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        const rest = this.#tryWrite(next);
        this.#waitingBytes -= next.length - rest.length;
        if (rest.length > 0) {
          this.#waiting[0] = rest;
          break;
        }
        this.#waiting.shift();
      }
    } catch {
      // The reader is gone; the next write says so.
      this.#waiting = [];
      this.#waitingBytes = 0;
    }
    if (this.#waiting.length > 0 && (this.#endAtMs === null || performance.now() < this.#endAtMs)) {
      this.#timer = setTimeout(this.#flush, RETRY_MS);
    } else if (this.#endAtMs !== null) {
      closeSync(this.#fd);
    }
  };
}

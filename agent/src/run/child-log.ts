// One channel of one process: captured bytes go to its file, to those who follow it live, and into a short memory of the end.
import { type Capture, type CaptureStep, capture, endCapture, newCapture } from "./capture.js";
import type { LogSink } from "./ports.js";

/** How much of the end of a life is kept for the report of an exit. */
const REMEMBERED_BYTES = 4096;

/** The last bytes written, in a fixed ring, which a silent channel does without; writing copies at most its size. */
export class TailMemory {
  #ring = Buffer.alloc(0);
  #written = 0;

  write(chunk: Buffer): void {
    if (this.#ring.length === 0) this.#ring = Buffer.alloc(REMEMBERED_BYTES);
    const kept = chunk.length > REMEMBERED_BYTES ? chunk.subarray(chunk.length - REMEMBERED_BYTES) : chunk;
    const start = (this.#written + chunk.length - kept.length) % REMEMBERED_BYTES;
    const first = Math.min(kept.length, REMEMBERED_BYTES - start);
    kept.copy(this.#ring, start, 0, first);
    kept.copy(this.#ring, 0, first);
    this.#written += chunk.length;
  }

  /** Everything remembered, from the start of a line where the beginning was lost. */
  read(): Buffer {
    if (this.#written <= REMEMBERED_BYTES) return Buffer.from(this.#ring.subarray(0, this.#written));
    const start = this.#written % REMEMBERED_BYTES;
    const all = Buffer.concat([this.#ring.subarray(start), this.#ring.subarray(0, start)]);
    const newline = all.indexOf(10);
    return newline >= 0 && newline < all.length - 1 ? all.subarray(newline + 1) : all;
  }

  clear(): void {
    this.#written = 0;
  }
}

/** ESC [ … up to the first of these letters, as `strip_ansi` removes it (supervisor 4.x dispatchers.py, stripEscapes). */
// biome-ignore lint/complexity/useRegexLiterals: the escape character is clearer spelled out
const ANSI = new RegExp("\\u001b\\[[^HfABCDRsuJKhlpm]*[HfABCDRsuJKhlpm]", "g");

/** Hears bytes as they come. The buffer is reused: copy what is kept. */
export type LogFollower = (chunk: Buffer) => void;

export interface ChildLogOptions {
  readonly stripAnsi: boolean;
  /** Most bytes of a capture between marks; 0 for no capture mode. */
  readonly captureMaxBytes: number;
}

export class ChildLog {
  readonly #memory = new TailMemory();
  /** Of every byte; of output without marks, captured or not; of what goes into the log; of finished captures. */
  readonly #listeners = new Set<LogFollower>();
  readonly #watchers = new Set<LogFollower>();
  readonly #followers = new Set<LogFollower>();
  readonly #captors = new Set<LogFollower>();
  readonly #stripAnsi: boolean;
  #capture: Capture | null;

  constructor(
    readonly sink: LogSink | null,
    { stripAnsi, captureMaxBytes }: ChildLogOptions = { stripAnsi: false, captureMaxBytes: 0 },
  ) {
    this.#stripAnsi = stripAnsi;
    this.#capture = captureMaxBytes > 0 ? newCapture(captureMaxBytes) : null;
  }

  /** Where the captured bytes are kept; null when nowhere. */
  get path(): string | null {
    return this.sink?.path ?? null;
  }

  /** For a new life: opens the file and forgets the last lines of the previous one. Throws the system's error. */
  open(): void {
    this.sink?.open();
    this.#memory.clear();
  }

  /** The end of a life: what was held back as the beginning of a mark is written. */
  close(): void {
    if (this.#capture !== null) this.#take(endCapture(this.#capture));
    this.sink?.close();
  }

  /** The chunk is used before this returns and not kept. */
  write(chunk: Buffer): void {
    if (this.#capture === null) this.#log(chunk);
    else this.#take(capture(this.#capture, chunk));
    for (const listener of this.#listeners) listener(chunk);
  }

  #take({ next, pieces }: CaptureStep): void {
    this.#capture = next;
    for (const { type, data } of pieces) {
      if (type === "output") this.#log(data);
      else if (type === "part") for (const watcher of this.#watchers) watcher(this.#stripped(data));
      else for (const captor of this.#captors) captor(data);
    }
  }

  #log(chunk: Buffer): void {
    const bytes = this.#stripped(chunk);
    this.sink?.write(bytes);
    this.#memory.write(bytes);
    for (const watcher of this.#watchers) watcher(bytes);
    for (const follower of this.#followers) follower(bytes);
  }

  #stripped(chunk: Buffer): Buffer {
    if (!this.#stripAnsi || !chunk.includes(0x1b)) return chunk;
    return Buffer.from(chunk.toString("latin1").replace(ANSI, ""), "latin1");
  }

  /** More waits to be written than should: whoever can wait with more, should. */
  get isFull(): boolean {
    return this.sink?.isFull ?? false;
  }

  /** For readers of the file: writes what waits, after a moment at most; false while its disk does not answer. */
  settle(): boolean {
    return this.sink?.settle() ?? true;
  }

  lastBytes(): Buffer {
    return this.#memory.read();
  }

  /** Hears what goes into the log from now on. The result ends it. */
  follow(follower: LogFollower): () => void {
    return subscribe(this.#followers, follower);
  }

  /** Hears all output but marks, also what is captured. */
  watch(watcher: LogFollower): () => void {
    return subscribe(this.#watchers, watcher);
  }

  /** Hears every byte as the child wrote it. */
  listen(listener: LogFollower): () => void {
    return subscribe(this.#listeners, listener);
  }

  get isListenedTo(): boolean {
    return this.#listeners.size > 0;
  }

  /** Hears each finished capture. */
  onCaptured(captor: LogFollower): () => void {
    return subscribe(this.#captors, captor);
  }
}

function subscribe(set: Set<LogFollower>, follower: LogFollower): () => void {
  set.add(follower);
  return () => set.delete(follower);
}

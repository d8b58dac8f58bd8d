// The reading ends of children's channels. A child that is silent is waited for; one that writes is asked again a little later,
// all such together, so that what it costs goes by the clock and by the bytes, not by how often children write.
//
//   waiting ──bytes──▶ steady (every 20 ms) ──many bytes──▶ busy (every ms, or at once while pipes fill up)
//      ▲                  │    ▲                                │
//      └────no bytes──────┘    └───────────few bytes────────────┘
import { closeSync } from "node:fs";
import { Socket, type SocketConstructorOpts } from "node:net";
import type { Libc } from "./libc.js";

/** As much as supervisord takes in one read; all pipes share one buffer because chunks are handled at once. */
const READ_BYTES = 128 * 1024;
/** Below what a listener of events or a reader of a live log notices, above what a chatty program writes its lines in. */
const STEADY_MS = 20;
const BUSY_MS = 1;
/** This much in one read of a steady pipe means that the pipe may fill up before the next. */
const BUSY_BYTES = 16 * 1024;
/** Less than this so many times in a row, and a busy pipe need not be looked at every millisecond. */
const STEADY_BYTES = 4 * 1024;
const CALM_TURNS = 20;
/** What the system gives a pipe. */
const PIPE_BYTES = 64 * 1024;
/** What a child can write in lines in a millisecond, and more: a busy pipe of the usual size would make it wait. */
const BUSY_PIPE_BYTES = 512 * 1024;
/** One turn takes no more from a pipe than this many reads, for the sake of the others. */
const BUSY_READS = 4;
/** After an exit at most this much is taken from a pipe that a grandchild may still be filling. */
const DRAIN_READS = 16;

const readBuffer = Buffer.allocUnsafe(READ_BYTES);

/** Takes a chunk. The buffer is reused: copy what is kept. */
export type Sink = (chunk: Buffer) => void;

export interface OutputOptions {
  /** Somebody answers to what is written: every chunk is handed over as soon as it is there. */
  readonly prompt: boolean;
  /** While it is true nothing is read: the child waits, as it does for any slow reader. */
  readonly isHeld: () => boolean;
}

/** One channel of one child: hands over chunks until closed, and what is left when asked. */
export class OutputPipe {
  readonly #fd: number;
  readonly #sink: Sink;
  readonly #libc: Libc;
  readonly #onBytes: (pipe: OutputPipe, bytes: number) => boolean;
  readonly isHeld: () => boolean;
  /** Until somebody waits for bytes the descriptor alone will do. */
  #socket: Socket | null = null;
  #closed = false;
  #enlarged = false;
  #mayGrow = true;
  /** Turns in a row with few bytes, while it is busy. */
  calmTurns = 0;

  constructor(
    fd: number,
    sink: Sink,
    libc: Libc,
    isHeld: () => boolean,
    onBytes: (pipe: OutputPipe, bytes: number) => boolean,
  ) {
    this.#fd = fd;
    this.isHeld = isHeld;
    this.#sink = sink;
    this.#libc = libc;
    this.#onBytes = onBytes;
    // A grandchild may hold the other end for ever, and nobody may wait for it.
    libc.dontBlock(fd);
  }

  /** A socket lets go of its descriptor some time before it says so, and the number may be somebody else's by then. */
  get isClosed(): boolean {
    return this.#closed || this.#socket?.destroyed === true;
  }

  /** Hands over what is there, at most `reads` buffers full; answers how many bytes that was. Closes at the end of the output. */
  read(reads: number): number {
    let total = 0;
    for (let i = 0; i < reads && !this.isClosed; i++) {
      const bytes = this.#libc.read(this.#fd, readBuffer);
      // Nothing there now is -1; nothing for ever is 0.
      if (bytes === 0) this.#close();
      if (bytes <= 0) break;
      total += bytes;
      this.#sink(readBuffer.subarray(0, bytes));
      if (bytes < READ_BYTES) break;
    }
    return total;
  }

  /** Waits for bytes, at first or again. Throws the system's error when that cannot be. */
  wait(): void {
    if (this.isClosed) return;
    if (this.#enlarged && this.#libc.setPipeSize(this.#fd, PIPE_BYTES)) this.#enlarged = false;
    this.#socket ??= this.#open();
    this.#socket.resume();
  }

  #open(): Socket {
    const callback = (bytes: number): boolean => {
      this.#sink(readBuffer.subarray(0, bytes));
      return this.#onBytes(this, bytes);
    };
    const options: SocketConstructorOpts & { onread: object } = {
      fd: this.#fd,
      readable: true,
      writable: false,
      onread: { buffer: readBuffer, callback },
    };
    const socket = new Socket(options);
    // A broken pipe end says no more than its close does.
    socket.on("error", () => socket.destroy());
    return socket;
  }

  #close(): void {
    if (this.isClosed) return;
    this.#closed = true;
    if (this.#socket === null) closeSync(this.#fd);
    else this.#socket.destroy();
  }

  /** Makes room for what comes while nobody looks. Where the system allows no more (pipe-user-pages-soft) it stays as it is. */
  enlarge(): void {
    if (this.#enlarged || !this.#mayGrow || this.isClosed) return;
    this.#enlarged = this.#mayGrow = this.#libc.setPipeSize(this.#fd, BUSY_PIPE_BYTES);
  }

  /** Whether so many bytes at once mean that the child was about to wait for us. */
  wasFull(bytes: number): boolean {
    return bytes >= ((this.#enlarged ? BUSY_PIPE_BYTES : PIPE_BYTES) * 3) / 4;
  }

  /** Hands over what is in the pipe now, then closes it. */
  drainAndClose(): void {
    this.read(DRAIN_READS);
    this.#close();
  }
}

/** All open pipes of a daemon, and when each is looked at. */
export class OutputPipes {
  readonly #libc: Libc;
  readonly #steady = new Set<OutputPipe>();
  readonly #busy = new Set<OutputPipe>();
  #fresh: OutputPipe[] = [];
  #steadyTimer: NodeJS.Timeout | null = null;
  #busyIsDue = false;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Takes over the descriptor. */
  open(fd: number, sink: Sink, { prompt, isHeld }: OutputOptions): OutputPipe {
    const opened = new OutputPipe(fd, sink, this.#libc, isHeld, (pipe, bytes) => {
      if (prompt) return true;
      if (bytes >= BUSY_BYTES) this.#makeBusy(pipe);
      else this.#makeSteady(pipe);
      return false;
    });
    // Programs that are started together are all started before the first of them is listened to.
    if (this.#fresh.length === 0) setImmediate(this.#waitForFresh);
    this.#fresh.push(opened);
    return opened;
  }

  readonly #waitForFresh = (): void => {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const pipe of fresh) this.#wait(pipe);
  };

  /** One that cannot be waited for is looked at by the clock. */
  #wait(pipe: OutputPipe): void {
    try {
      pipe.wait();
    } catch {
      this.#makeSteady(pipe);
    }
  }

  #makeSteady(pipe: OutputPipe): void {
    this.#busy.delete(pipe);
    this.#steady.add(pipe);
    this.#steadyTimer ??= setTimeout(this.#readSteady, STEADY_MS);
  }

  #makeBusy(pipe: OutputPipe): void {
    this.#steady.delete(pipe);
    this.#busy.add(pipe);
    pipe.calmTurns = 0;
    this.#armBusy(false);
  }

  #armBusy(atOnce: boolean): void {
    if (this.#busyIsDue) return;
    this.#busyIsDue = true;
    if (atOnce) setImmediate(this.#readBusy);
    else setTimeout(this.#readBusy, BUSY_MS);
  }

  readonly #readSteady = (): void => {
    // Armed first: whatever a sink does, the others are looked at again.
    this.#steadyTimer = setTimeout(this.#readSteady, STEADY_MS);
    for (const pipe of this.#steady) {
      if (pipe.isHeld()) continue;
      const bytes = pipe.read(1);
      if (bytes >= BUSY_BYTES) this.#makeBusy(pipe);
      else if (bytes === 0) {
        this.#steady.delete(pipe);
        this.#wait(pipe);
      }
    }
    if (this.#steady.size > 0) return;
    clearTimeout(this.#steadyTimer);
    this.#steadyTimer = null;
  };

  readonly #readBusy = (): void => {
    this.#busyIsDue = false;
    let filling = false;
    try {
      for (const pipe of this.#busy) {
        if (pipe.isHeld()) continue;
        const bytes = pipe.read(BUSY_READS);
        if (pipe.isClosed) this.#busy.delete(pipe);
        else if (pipe.wasFull(bytes)) filling = true;
        // Blocks are taken as they come, from a small pipe that stays in the processor's cache; lines need room to gather.
        else if (bytes >= STEADY_BYTES) pipe.enlarge();
        pipe.calmTurns = bytes < STEADY_BYTES ? pipe.calmTurns + 1 : 0;
        if (pipe.calmTurns > CALM_TURNS) this.#makeSteady(pipe);
      }
    } finally {
      if (this.#busy.size > 0) this.#armBusy(filling);
    }
  };
}

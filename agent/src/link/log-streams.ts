// Logs that the controller asked for: the end of a file, then live bytes from memory, never more than the reader gave credit for.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { AgentMessage, LogOpen } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import type { ChildLog } from "../run/child-log.js";
import { nameOfOpen } from "../run/log-files.js";
import { READ_FLAGS } from "../run/open-log.js";
import type { Supervisor } from "../run/supervisor.js";

type LogStreamMessage = Extract<AgentMessage["body"], { $case: "logChunk" | "logEnd" }>;

/** Largest piece in one message. */
const CHUNK_BYTES = 64 * 1024;
/** Bytes kept for a reader without credit; older ones are skipped and counted. */
const PENDING_BYTES = 256 * 1024;
/** The most of a file's end that is sent. */
const MAX_TAIL_BYTES = 16 * 1024 * 1024;

/** A stretch of a file that is read once, from `position` to `end`. */
class FilePart {
  #fd: number | null;

  constructor(
    fd: number,
    /** Names the file, as in LogPosition. */
    readonly name: string,
    private position: number,
    private readonly end: number,
  ) {
    this.#fd = fd;
  }

  /** Whether everything has been read; then the file is closed. */
  get isOver(): boolean {
    if (this.position >= this.end) this.close();
    return this.#fd === null;
  }

  /** Up to `limit` bytes and where they begin; none when the file has become shorter. */
  read(limit: number): { readonly data: Buffer; readonly offset: number } {
    const offset = this.position;
    if (this.#fd === null) return { data: Buffer.alloc(0), offset };
    const data = Buffer.allocUnsafe(Math.min(limit, this.end - offset));
    const bytes = readSync(this.#fd, data, 0, data.length, offset);
    this.position = bytes === 0 ? this.end : offset + bytes;
    return { data: data.subarray(0, bytes), offset };
  }

  close(): void {
    const fd = this.#fd;
    // Also where closing fails the number is free, and may be somebody else's next.
    this.#fd = null;
    if (fd !== null) closeSync(fd);
  }
}

class LogStream {
  #credit: number;
  #live: Buffer[] = [];
  #liveBytes = 0;
  #skippedBytes = 0;
  #file: FilePart | null;
  readonly #follow: boolean;
  readonly #unfollow: () => void;

  constructor(
    request: LogOpen,
    log: ChildLog,
    file: FilePart | null,
    private readonly send: (message: LogStreamMessage) => void,
    private readonly onDone: () => void,
  ) {
    this.id = request.streamId;
    this.#credit = request.creditBytes;
    this.#file = file;
    this.#follow = request.follow;
    // Followed from before the file is read: what is written meanwhile waits its turn.
    this.#unfollow = request.follow ? log.follow((chunk) => this.#queue(chunk)) : () => {};
  }

  readonly id: number;

  grant(bytes: number): void {
    this.#credit += bytes;
    this.pump();
  }

  /** Says that it is open, whether or not there is anything to send. */
  announce(): void {
    this.#emit(Buffer.alloc(0));
  }

  /** Sends what credit allows: first the file's end, then what was written since. */
  pump(): void {
    while (this.#file !== null && !this.#file.isOver && this.#credit > 0) {
      const { data, offset } = this.#file.read(Math.min(CHUNK_BYTES, this.#credit));
      if (data.length > 0) this.#emit(data, { file: this.#file.name, offset });
    }
    // Looked at without credit too: what was granted may be exactly what there was.
    if (this.#file !== null && !this.#file.isOver) return;
    this.#file = null;
    while (this.#credit > 0) {
      const next = this.#live.shift();
      if (next === undefined) break;
      const data = next.subarray(0, Math.min(this.#credit, CHUNK_BYTES));
      if (data.length < next.length) this.#live.unshift(next.subarray(data.length));
      this.#liveBytes -= data.length;
      this.#emit(data);
    }
    if (!this.#follow) this.onDone();
  }

  close(): void {
    this.#unfollow();
    this.#file?.close();
    this.#file = null;
    this.#live = [];
  }

  /** What comes from memory has no known place in the file. */
  #emit(data: Buffer, { file, offset } = { file: "", offset: 0 }): void {
    this.#credit -= data.length;
    const skippedBytes = this.#skippedBytes;
    this.#skippedBytes = 0;
    this.send({ $case: "logChunk", value: { streamId: this.id, data, skippedBytes, offset, file } });
  }

  #queue(chunk: Buffer): void {
    this.#live.push(Buffer.from(chunk));
    this.#liveBytes += chunk.length;
    while (this.#liveBytes > PENDING_BYTES) {
      const dropped = this.#live.shift();
      if (dropped === undefined) break;
      this.#liveBytes -= dropped.length;
      this.#skippedBytes += dropped.length;
    }
    this.pump();
  }
}

/** All log streams of one connection to the controller. */
export class LogStreams {
  readonly #streams = new Map<number, LogStream>();

  constructor(
    private readonly supervisor: Supervisor,
    private readonly mainLog: ChildLog,
    private readonly send: (message: LogStreamMessage) => void,
  ) {}

  open(request: LogOpen): void {
    const log = this.#logOf(request);
    if (log === null) return this.#refuse(request, FAULTS.BAD_NAME, `BAD_NAME: ${request.group}:${request.name}`);
    const needsFile = request.mustExist || !request.follow;
    if (log.path === null && needsFile) return this.#refuse(request, FAULTS.NO_FILE, "NO_FILE");
    let file: FilePart | null = null;
    try {
      if (log.path !== null && (request.tailBytes > 0 || needsFile)) file = openEnd(log, log.path, request.tailBytes);
    } catch {
      if (needsFile) return this.#refuse(request, FAULTS.NO_FILE, `NO_FILE: ${log.path}`);
    }
    const stream = new LogStream(request, log, file, this.send, () => {
      this.close(request.streamId);
      this.send({ $case: "logEnd", value: { streamId: request.streamId, error: "", code: 0 } });
    });
    this.#streams.set(request.streamId, stream);
    if (request.mustExist) stream.announce();
    stream.pump();
  }

  grant(id: number, bytes: number): void {
    this.#streams.get(id)?.grant(bytes);
  }

  close(id: number): void {
    this.#streams.get(id)?.close();
    this.#streams.delete(id);
  }

  closeAll(): void {
    for (const id of [...this.#streams.keys()]) this.close(id);
  }

  #logOf({ group, name, channel }: LogOpen): ChildLog | null {
    if (channel === "main") return this.mainLog;
    const process = this.supervisor.process(group, name);
    return process?.[channel === "stderr" ? "stderr" : "stdout"] ?? null;
  }

  #refuse(request: LogOpen, code: number, error: string): void {
    this.send({ $case: "logEnd", value: { streamId: request.streamId, error, code } });
  }
}

/** The last `bytes` of a file as it is now. Throws the system's error, EAGAIN while its disk does not answer. */
function openEnd(log: ChildLog, path: string, bytes: number): FilePart {
  if (!log.settle()) throw Object.assign(new Error("the disk does not answer"), { code: "EAGAIN" });
  const fd = openSync(path, READ_FLAGS);
  try {
    const stats = fstatSync(fd);
    const size = stats.isFile() ? stats.size : 0;
    return new FilePart(fd, nameOfOpen(fd), Math.max(0, size - Math.min(bytes, MAX_TAIL_BYTES)), size);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

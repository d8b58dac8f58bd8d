// Room on the disk that is taken beforehand, for what must be written down while the disk is full: a file of two halves, written in turn,
// so that a crash in the middle of one leaves the other.
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { errnoOf, FleetError } from "@fleetvisor/proto/vocabulary/errors";

/** Some five thousand targets of operations. */
const HALF_BYTES = 1024 * 1024;
/** Number of the writing, length, hash of the text. */
const HEAD_BYTES = 8 + 4 + 32;

export class Reserve implements Lifecycle {
  readonly #file: string;
  #handle: FileHandle | null = null;
  #number = 0;
  #text = "";

  constructor(dataDir: string) {
    this.#file = join(dataDir, "reserve");
  }

  /** What was written last; "" when nothing was. */
  get text(): string {
    return this.#text;
  }

  /** Takes the room, unless it is taken already. Rejects with `unavailable` when that cannot be done; then nothing can be written. */
  async start(): Promise<void> {
    try {
      this.#handle = await openOrMake(this.#file);
      // Zeros are written, for room that is only promised is not there when it is needed.
      const { size } = await this.#handle.stat();
      if (size < 2 * HALF_BYTES) {
        await this.#handle.write(Buffer.alloc(2 * HALF_BYTES - size), 0, undefined, size);
        await this.#handle.sync();
      }
      for (const half of [0, 1]) await this.#read(half);
    } catch (error) {
      await this.stop();
      throw new FleetError("unavailable", `cannot keep room in ${this.#file}: ${FleetError.from(error).message}`);
    }
  }

  async stop(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  /** Whether the text is small enough. */
  takes(text: string): boolean {
    return Buffer.byteLength(text) <= HALF_BYTES - HEAD_BYTES;
  }

  /** Replaces the text; resolves when it is on the disk. One at a time. Rejects with `too-large`, or `unavailable` for the disk's no. */
  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    if (!this.takes(text)) {
      throw new FleetError(
        "too-large",
        "too much waits for a disk that takes nothing: do less at a time until it does",
      );
    }
    if (this.#handle === null) throw new FleetError("unavailable", `there is no room in ${this.#file}`);
    const number = this.#number + 1;
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeBigUInt64BE(BigInt(number), 0);
    head.writeUInt32BE(bytes.length, 8);
    hashOf(number, bytes).copy(head, 12);
    try {
      await this.#handle.write(Buffer.concat([head, bytes]), 0, undefined, (number % 2) * HALF_BYTES);
      await this.#handle.datasync();
    } catch (error) {
      throw FleetError.from(error, "unavailable");
    }
    this.#number = number;
    this.#text = text;
  }

  async #read(half: number): Promise<void> {
    const whole = Buffer.alloc(HALF_BYTES);
    await this.#handle?.read(whole, 0, HALF_BYTES, half * HALF_BYTES);
    const number = Number(whole.readBigUInt64BE(0));
    const length = whole.readUInt32BE(8);
    if (number <= this.#number || length > HALF_BYTES - HEAD_BYTES) return;
    const bytes = whole.subarray(HEAD_BYTES, HEAD_BYTES + length);
    // One that was cut short by a crash: the other half holds what was before.
    if (!hashOf(number, bytes).equals(whole.subarray(12, HEAD_BYTES))) return;
    this.#number = number;
    this.#text = bytes.toString();
  }
}

async function openOrMake(file: string): Promise<FileHandle> {
  try {
    return await open(file, "r+");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    return open(file, "wx+", 0o600);
  }
}

function hashOf(number: number, bytes: Uint8Array): Buffer {
  return createHash("sha256").update(`${number} `).update(bytes).digest();
}

// The outbox on disk: one file a boot, to which reports are appended and which is emptied when all are committed. A report outlives
// the agent once it is written, which follows its making within a turn of the loop; supervision never waits for it.
//
//   frame = length (4 bytes, little-endian) + Report (protobuf)      a torn last frame is what a crash leaves, and is left out
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Report } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { Outbox } from "./outbox.js";

const DIRECTORY = "outbox";
/** Ends the name of a file that is being written anew. */
const FRESH = ".new";
const LENGTH_BYTES = 4;
/** A frame that claims more is no frame. */
const FRAME_BYTES = 1024 * 1024;
/** A file that grows beyond this is written anew with what is still needed. */
const COMPACT_BYTES = 16 * 1024 * 1024;
/** With more queued than this the disk is far behind, and the file is written anew from the outbox, which has its own limit. */
const MOST_WORK = 10_000;
/** How long a disk may take for the last of it. */
const CLOSE_MS = 5_000;
/** How often a disk that refuses is tried again. */
const RETRY_MS = 5_000;

/** What an earlier boot of this agent left uncommitted. */
export interface EarlierOutbox {
  readonly bootId: string;
  readonly outbox: Outbox;
}

/** Reads what earlier boots left, oldest first, and removes files in which there is nothing. Throws the system's error. */
export function readEarlierOutboxes(stateDir: string): EarlierOutbox[] {
  const directory = join(stateDir, DIRECTORY);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const entries = readdirSync(directory);
  // What a crash left half-way to replace a boot's file is no boot: its reports would be told twice.
  for (const name of entries) if (name.endsWith(FRESH)) rmSync(join(directory, name), { force: true });
  const kept = entries.filter((name) => !name.endsWith(FRESH));
  const names = kept.map((name) => ({ name, atMs: statSync(join(directory, name)).mtimeMs }));
  names.sort((a, b) => a.atMs - b.atMs);
  return names.flatMap(({ name }) => {
    const reports = decodeFrames(readFileSync(join(directory, name)));
    if (reports.length > 0) return [{ bootId: name, outbox: new Outbox(reports) }];
    rmSync(join(directory, name), { force: true });
    return [];
  });
}

/** Forgets an earlier boot: everything of it is committed. */
export function removeOutbox(stateDir: string, bootId: string): Promise<void> {
  return rm(join(stateDir, DIRECTORY, bootId), { force: true });
}

type Work =
  | { readonly type: "open" }
  | { readonly type: "append"; readonly report: Report }
  | { readonly type: "empty" };

export class OutboxFile {
  readonly #path: string;
  /** Asked when the file is written anew. */
  readonly #outbox: Outbox;
  readonly #onProblem: (message: string) => void;
  readonly #retryMs: number;
  #work: Work[] = [];
  #handle: FileHandle | null = null;
  #bytes = 0;
  #running: Promise<void> | null = null;
  /** What was queued is not any more: the file must be written anew. */
  #isBehind = false;
  #failing = false;
  #retry: NodeJS.Timeout | null = null;

  constructor(
    stateDir: string,
    bootId: string,
    outbox: Outbox,
    onProblem: (message: string) => void,
    retryMs = RETRY_MS,
  ) {
    this.#path = join(stateDir, DIRECTORY, bootId);
    this.#outbox = outbox;
    this.#onProblem = onProblem;
    this.#retryMs = retryMs;
  }

  /**
   * Makes the file, so that the first report is as soon on disk as any other: one write, and no open before it. Resolves when
   * it was tried; need not be awaited, since reports may come before.
   */
  async open(): Promise<void> {
    this.#do({ type: "open" });
    await this.#running;
  }

  append(report: Report): void {
    this.#do({ type: "append", report });
  }

  /** Everything appended so far is committed. */
  empty(): void {
    this.#do({ type: "empty" });
  }

  /** Writes what is queued and closes; false when the disk does not answer. A file with nothing in it is removed. */
  async close(withinMs = CLOSE_MS): Promise<boolean> {
    if (this.#retry !== null) clearTimeout(this.#retry);
    return new Promise((resolve) => {
      const late = setTimeout(resolve, withinMs, false);
      void this.#finish().then(() => {
        clearTimeout(late);
        resolve(true);
      });
    });
  }

  async #finish(): Promise<void> {
    // One work may leave another: what was reported while the file was written anew comes after it.
    while (this.#running !== null) await this.#running;
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#handle?.close();
    this.#handle = null;
    // An empty file that stays is removed by the next boot.
    if (this.#bytes === 0) await rm(this.#path, { force: true }).catch(() => {});
  }

  #do(work: Work): void {
    if (this.#work.length >= MOST_WORK) {
      this.#work = [];
      this.#isBehind = true;
    }
    if (!this.#isBehind) this.#work.push(work);
    if (this.#failing) return;
    this.#running ??= this.#drain();
  }

  /** Does all that is queued, what belongs together in one write. */
  async #drain(): Promise<void> {
    try {
      while (this.#work.length > 0 || this.#isBehind) {
        if (this.#isBehind) await this.#compact();
        const work = this.#work;
        this.#work = [];
        await this.#open();
        // What was appended before everything was committed need not be written at all.
        const emptied = work.findLastIndex(({ type }) => type === "empty");
        if (emptied >= 0) await this.#truncate();
        await this.#write(work.slice(emptied + 1));
        if (this.#bytes > COMPACT_BYTES) await this.#compact();
      }
      this.#failing = false;
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#running = null;
    }
  }

  async #write(work: readonly Work[]): Promise<void> {
    const frames = work.flatMap((one) => (one.type === "append" ? encodeFrame(one.report) : []));
    if (frames.length === 0) return;
    const bytes = Buffer.concat(frames);
    const handle = await this.#open();
    await handle.appendFile(bytes);
    this.#bytes += bytes.length;
  }

  async #truncate(): Promise<void> {
    if (this.#bytes === 0) return;
    await this.#handle?.truncate(0);
    this.#bytes = 0;
  }

  async #open(): Promise<FileHandle> {
    this.#handle ??= await open(this.#path, "a", 0o600);
    return this.#handle;
  }

  /** Writes the file anew with what is not committed. */
  async #compact(): Promise<void> {
    const bytes = Buffer.concat(this.#outbox.after(0, Number.POSITIVE_INFINITY).flatMap(encodeFrame));
    // What is queued is reflected in the outbox, and so in these bytes.
    this.#work = [];
    this.#isBehind = false;
    const path = `${this.#path}${FRESH}`;
    const fresh = await open(path, "w", 0o600);
    try {
      await fresh.writeFile(bytes);
    } catch (error) {
      // Half a file is of use to nobody, and takes what room there is.
      await rm(path, { force: true });
      throw error;
    } finally {
      await fresh.close();
    }
    await this.#handle?.close();
    this.#handle = null;
    await rename(path, this.#path);
    this.#bytes = bytes.length;
  }

  /** Reports stay in memory; the file is written anew, whole, when the disk takes it again. */
  #fail(error: unknown): void {
    if (!this.#failing) {
      const reason = errnoOf(error) ?? (error instanceof Error ? error.message : String(error));
      this.#onProblem(`cannot write ${this.#path}: ${reason}; reports are kept in memory alone`);
    }
    this.#failing = true;
    this.#work = [];
    this.#retry = setTimeout(() => {
      this.#running = this.#compact().then(
        () => {
          this.#failing = false;
          this.#running = null;
          // What was reported meanwhile is not in those bytes.
          if (this.#work.length > 0) this.#running = this.#drain();
        },
        (again: unknown) => {
          this.#running = null;
          this.#fail(again);
        },
      );
    }, this.#retryMs);
    this.#retry.unref();
  }
}

function encodeFrame(report: Report): Buffer[] {
  const bytes = Report.encode(report).finish();
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(bytes.length);
  return [length, Buffer.from(bytes)];
}

/** The whole frames at the beginning; what follows a damaged one cannot be read. */
export function decodeFrames(bytes: Buffer): Report[] {
  const reports: Report[] = [];
  for (let at = 0; at + LENGTH_BYTES <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    const end = at + LENGTH_BYTES + length;
    if (length === 0 || length > FRAME_BYTES || end > bytes.length) break;
    try {
      const report = Report.decode(bytes.subarray(at + LENGTH_BYTES, end));
      if (report.seq <= (reports.at(-1)?.seq ?? 0)) break;
      reports.push(report);
    } catch {
      break;
    }
    at = end;
  }
  return reports;
}

// The thread that searches logs: reads at a bounded pace, looks, tells matches in batches. Whatever a pattern costs, it costs here.
import { closeSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { type OpenedLog, openLogFiles, type SearchedFile } from "./log-search-files.js";
import { type FoundLine, LineScanner, lineTest } from "./log-search-lines.js";
import { BATCH_BYTES, type Match, type SearchedLog, type ThreadData, type ThreadMessage } from "./log-search-order.js";

const CHUNK_BYTES = 64 * 1024;
/** Matches wait this long for company. */
const GATHER_MS = 100;
const NAMED_UNREADABLE = 20;

class Full extends Error {}

class Search {
  readonly #data: ThreadData;
  readonly #pulse: Int32Array;
  readonly #tell: (message: ThreadMessage) => void;
  readonly #goOn: () => Promise<void>;
  readonly #startedMs = performance.now();
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  readonly #unreadable: string[] = [];
  #batch: Match[] = [];
  #batchBytes = 0;
  #toldMs = performance.now();
  #matches = 0;
  #searchedBytes = 0;
  #searchedFiles = 0;
  #skippedBytes = 0;

  constructor(data: ThreadData, tell: (message: ThreadMessage) => void, goOn: () => Promise<void>) {
    this.#data = data;
    this.#pulse = new Int32Array(data.pulse);
    this.#tell = tell;
    this.#goOn = goOn;
  }

  async run(): Promise<void> {
    let full = false;
    try {
      for (const log of this.#data.order.logs) await this.#searchLog(log);
    } catch (error) {
      if (!(error instanceof Full)) throw error;
      full = true;
    }
    await this.#flush();
    this.#tell({
      type: "end",
      searched: {
        searchedBytes: this.#searchedBytes,
        searchedFiles: this.#searchedFiles,
        skippedBytes: this.#skippedBytes,
        full,
        unreadable: this.#unreadable,
      },
    });
  }

  async #searchLog(log: SearchedLog): Promise<void> {
    let opened: OpenedLog;
    try {
      opened = openLogFiles(log.path, this.#data.order.newestBytes);
    } catch (error) {
      this.#cannotRead(log, error);
      return;
    }
    this.#skippedBytes += opened.skippedBytes;
    try {
      for (const file of opened.files) await this.#searchFile(log, file);
    } catch (error) {
      if (errnoOf(error) === null) throw error;
      this.#cannotRead(log, error);
    } finally {
      for (const { fd } of opened.files) closeSync(fd);
    }
  }

  #cannotRead({ group, name, channel }: SearchedLog, error: unknown): void {
    if (this.#unreadable.length >= NAMED_UNREADABLE) return;
    this.#unreadable.push(`${group}:${name} ${channel}: ${errnoOf(error) ?? "cannot be read"}`);
  }

  async #searchFile(log: SearchedLog, { fd, backup, startBytes, endBytes }: SearchedFile): Promise<void> {
    const scanner = new LineScanner(lineTest(this.#data.order), startBytes, startBytes > 0);
    this.#searchedFiles += 1;
    for (let at = startBytes; at < endBytes; ) {
      const bytes = readSync(fd, this.#chunk, 0, Math.min(CHUNK_BYTES, endBytes - at), at);
      if (bytes === 0) break; // it was emptied
      at += bytes;
      this.#searchedBytes += bytes;
      this.#take(log, backup, () => scanner.feed(this.#chunk.subarray(0, bytes)));
      if (this.#batchBytes >= BATCH_BYTES / 2 || performance.now() - this.#toldMs > GATHER_MS) await this.#flush();
      await this.#pace();
    }
    this.#take(log, backup, () => scanner.end());
  }

  /** Looks, while the pulse says so to whoever watches over the pattern's cost. */
  #take({ group, name, channel }: SearchedLog, backup: number, look: () => Generator<FoundLine, void, void>): void {
    Atomics.add(this.#pulse, 0, 1);
    try {
      for (const found of look()) {
        this.#batch.push({ group, name, channel, backup, ...found });
        this.#batchBytes += found.line.length;
        this.#matches += 1;
        if (this.#matches >= this.#data.order.maxMatches) throw new Full();
      }
    } finally {
      Atomics.add(this.#pulse, 0, 1);
    }
  }

  /** Tells what was found, in batches of the agreed size. */
  async #flush(): Promise<void> {
    const found = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#toldMs = performance.now();
    for (let from = 0; from < found.length; ) {
      let to = from;
      for (let bytes = 0; to < found.length; to += 1) {
        bytes += found[to]?.line.length ?? 0;
        if (bytes > BATCH_BYTES && to > from) break;
      }
      this.#tell({ type: "matches", matches: found.slice(from, to) });
      await this.#goOn();
      from = to;
    }
  }

  /** No faster than was agreed: others want the disk too. */
  async #pace(): Promise<void> {
    const dueMs = (this.#searchedBytes / this.#data.order.bytesPerSecond) * 1000;
    const earlyMs = dueMs - (performance.now() - this.#startedMs);
    if (earlyMs > 1) await sleep(earlyMs);
  }
}

const port = parentPort;
if (port !== null) {
  const goOn = () => new Promise<void>((resolve) => port.once("message", () => resolve()));
  const search = new Search(workerData as ThreadData, (message) => port.postMessage(message), goOn);
  search.run().then(
    () => port.close(),
    (error: unknown) => {
      port.postMessage({ type: "failed", reason: error instanceof Error ? error.message : String(error) });
      port.close();
    },
  );
}

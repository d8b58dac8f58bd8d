// The main thread's side of the writer: gathers writes into batches, one under way at a time, and tells each caller.
import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { ERROR_KINDS, type ErrorKind, FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { StoreLoad } from "../store.js";
import { startWriterWorker } from "./start-worker.js";
import type { FromWriter, ToWriter, WriteArgs, WriteJob, WriteName, WriteResult } from "./writes.js";

/** Reports wait this long for company, so that many share one commit. */
const GATHER_MS = 50;
/** No batch waits once it has this many rows, nor holds many more. */
const BATCH_ROWS = 500;
const RETRY_MS = 1_000;
/** A file that cannot be opened is tried again after this: each try is a thread of its own. */
const REOPEN_MS = 5_000;
/** Rows of lasting writes that wait while the disk refuses; further reports are refused, for agents keep them. */
const MOST_WAITING_ROWS = 100_000;
const STOP_MS = 5_000;

interface Pending extends WriteJob {
  readonly rows: number;
  /** Tried again when the disk refuses, instead of rejected. */
  readonly lasting: boolean;
  resolve(value: unknown): void;
  reject(error: FleetError): void;
}

export interface WriteOptions {
  readonly rows: number;
  /** May wait to share a commit. */
  readonly patient: boolean;
  readonly lasting: boolean;
}

const AT_ONCE: WriteOptions = { rows: 1, patient: false, lasting: false };

export class WriterThread {
  readonly #file: string;
  readonly #onTrouble: (message: string | null) => void;
  readonly #startWorker: typeof startWriterWorker;
  readonly #beforeOpen: () => void;
  #worker: Worker | null = null;
  #queue: Pending[] = [];
  #underWay: readonly Pending[] = [];
  #rows = 0;
  #timer: NodeJS.Timeout | null = null;
  #urgent = false;
  #stopping = false;
  #started = false;
  #restart: NodeJS.Timeout | null = null;
  #trouble: string | null = null;
  #troubleSinceMs: number | null = null;
  #sentMs = 0;
  #done = { commits: 0, rows: 0, commitMs: 0 };

  /** `beforeOpen` is called each time before the file is opened, and throws when that must not be. */
  constructor(
    file: string,
    onTrouble: (message: string | null) => void,
    startWorker = startWriterWorker,
    beforeOpen: () => void = () => {},
  ) {
    this.#file = file;
    this.#onTrouble = onTrouble;
    this.#startWorker = startWorker;
    this.#beforeOpen = beforeOpen;
  }

  get trouble(): string | null {
    return this.#trouble;
  }

  /** Wall clock; null without trouble. */
  get troubleSinceMs(): number | null {
    return this.#troubleSinceMs;
  }

  get load(): StoreLoad {
    const underWay = this.#underWay.reduce((sum, { rows }) => sum + rows, 0);
    return { ...this.#done, waitingRows: this.#rows + underWay };
  }

  /** Resolves when the file is open and of the newest schema; rejects with the reason otherwise. */
  async start(): Promise<void> {
    await this.#open();
    this.#started = true;
  }

  /** As `start`, but a file that is damaged or on a disk that takes nothing is trouble, and tried again. */
  async startAnyhow(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      const { kind, message } = FleetError.from(error);
      // Of a newer fleetvisor, or another controller's: that does not pass, and must not be written to.
      if (kind === "conflict") throw error;
      this.#started = true;
      this.#fail(message, REOPEN_MS);
    }
  }

  async #open(): Promise<void> {
    this.#beforeOpen();
    const worker = this.#startWorker({ file: this.#file });
    const [first] = (await once(worker, "message")) as [FromWriter];
    if (first.type === "refused") {
      throw new FleetError(first.kind in ERROR_KINDS ? (first.kind as ErrorKind) : "internal", first.message);
    }
    let reason = "it was ended";
    worker.on("message", (message: FromWriter) => this.#answer(message));
    worker.on("error", (error) => {
      reason = error.message;
    });
    worker.on("exit", () => {
      if (this.#worker === worker) this.#fail(`the writer thread ended: ${reason}`);
    });
    this.#worker = worker;
  }

  /** Writes what is queued, within bounds, and ends the thread. Writes asked for later are rejected. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === null) {
      this.#rejectAll("the store is closed");
      return;
    }
    const end = performance.now() + STOP_MS;
    while ((this.#queue.length > 0 || this.#underWay.length > 0) && this.#trouble === null && performance.now() < end) {
      this.#send();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    this.#worker = null;
    this.#cancelTimer();
    const exited = once(worker, "exit");
    worker.postMessage({ type: "close" } satisfies ToWriter);
    const forced = setTimeout(() => void worker.terminate(), STOP_MS);
    await exited;
    clearTimeout(forced);
    this.#rejectAll("the store is closed");
  }

  write<N extends WriteName>(name: N, args: WriteArgs<N>, options: WriteOptions = AT_ONCE): Promise<WriteResult<N>> {
    return new Promise<unknown>((resolve, reject) => {
      if (!this.#started || this.#stopping) {
        reject(new FleetError("unavailable", "the store is closed"));
        return;
      }
      if (this.#trouble !== null && options.patient && this.#rows >= MOST_WAITING_ROWS) {
        reject(new FleetError("unavailable", `the history store cannot write, and much waits: ${this.#trouble}`));
        return;
      }
      if (this.#worker === null && !options.lasting) {
        reject(new FleetError("unavailable", `the history store cannot write: ${this.#trouble}`));
        return;
      }
      this.#queue.push({ name, args, rows: options.rows, lasting: options.lasting, resolve, reject });
      this.#rows += options.rows;
      this.#urgent ||= !options.patient;
      this.#plan();
    }) as Promise<WriteResult<N>>;
  }

  #plan(): void {
    if (this.#worker === null || this.#queue.length === 0 || this.#underWay.length > 0) return;
    if (this.#trouble !== null) this.#timer ??= setTimeout(() => this.#send(), RETRY_MS);
    else if (this.#urgent || this.#rows >= BATCH_ROWS) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), GATHER_MS);
  }

  #send(): void {
    this.#cancelTimer();
    if (this.#worker === null || this.#underWay.length > 0 || this.#queue.length === 0) return;
    let rows = 0;
    let count = 0;
    for (const job of this.#queue) {
      if (rows >= BATCH_ROWS) break;
      rows += job.rows;
      count++;
    }
    this.#underWay = this.#queue.splice(0, count);
    this.#rows -= rows;
    if (this.#queue.length === 0) this.#urgent = false;
    this.#sentMs = performance.now();
    const jobs = this.#underWay.map(({ name, args }) => ({ name, args }));
    this.#worker.postMessage({ type: "batch", jobs } satisfies ToWriter);
  }

  #answer(message: FromWriter): void {
    if (message.type === "failed") {
      this.#refuse(message.message);
      return;
    }
    if (message.type !== "committed") return;
    const jobs = this.#underWay;
    this.#underWay = [];
    this.#done.commits += 1;
    this.#done.rows += jobs.reduce((sum, { rows }) => sum + rows, 0);
    this.#done.commitMs += performance.now() - this.#sentMs;
    if (this.#trouble !== null) this.#setTrouble(null);
    jobs.forEach((job, index) => {
      const outcome = message.outcomes[index];
      if (outcome?.done === true) job.resolve(outcome.value);
      else job.reject(new FleetError("internal", `store: ${outcome?.message ?? "no answer"}`));
    });
    this.#plan();
  }

  /** The disk takes nothing now: lasting writes go back to the head of the queue in their order, the others are told. */
  #refuse(message: string): void {
    this.#putBack(message);
    if (!this.#stopping) this.#plan();
  }

  #putBack(message: string): void {
    const jobs = this.#underWay;
    this.#underWay = [];
    this.#setTrouble(message);
    const all = [...jobs, ...this.#queue];
    this.#queue = all.filter((job) => job.lasting);
    this.#rows = this.#queue.reduce((sum, job) => sum + job.rows, 0);
    for (const job of all) {
      if (!job.lasting) job.reject(new FleetError("unavailable", `the history store cannot write: ${message}`));
    }
  }

  /**
   * The thread is gone: another one takes over what it was at. Its batch is kept wholly or not at all, and reports that are kept already
   * are known by their numbers.
   */
  #fail(message: string, againMs = RETRY_MS): void {
    this.#worker = null;
    this.#cancelTimer();
    this.#putBack(message);
    if (!this.#stopping) this.#restart = setTimeout(() => this.#startAnew(), againMs);
  }

  #startAnew(): void {
    this.#restart = null;
    this.#open().then(
      () => {
        if (this.#stopping) void this.#worker?.terminate();
        else if (this.#queue.length === 0) this.#setTrouble(null);
        else this.#plan();
      },
      (error: unknown) => this.#fail(FleetError.from(error).message, REOPEN_MS),
    );
  }

  #rejectAll(message: string): void {
    const jobs = [...this.#underWay, ...this.#queue];
    this.#underWay = [];
    this.#queue = [];
    this.#rows = 0;
    for (const job of jobs) job.reject(new FleetError("unavailable", message));
  }

  #cancelTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #setTrouble(message: string | null): void {
    if (message === this.#trouble) return;
    this.#trouble = message;
    this.#troubleSinceMs = message === null ? null : (this.#troubleSinceMs ?? Date.now());
    this.#onTrouble(message);
  }
}

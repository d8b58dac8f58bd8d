// One search of logs in a thread of its own, which is ended when its pattern takes too long, its time is over or nobody wants it.
import type { Worker } from "node:worker_threads";
import type { Match, Searched, SearchOrder, ThreadData, ThreadMessage } from "./log-search-order.js";
import { startThread } from "./start-thread.js";

/** How long one piece of a log may keep a pattern busy. */
const STALL_MS = 2_000;
const LOOK_MS = 250;
/** A thread whose pattern eats memory ends by itself. */
const HEAP_MB = 64;

export type SearchEnd =
  | { readonly type: "over"; readonly searched: Searched }
  | { readonly type: "failed"; readonly reason: string };

export interface SearchHearer {
  /** After it the search rests until `goOn`. */
  matches(matches: readonly Match[]): void;
  /** Called once, unless the search was stopped before. */
  end(end: SearchEnd): void;
}

/** Begins at once. After `stop`, which may be called twice, and after `end` nothing is heard. */
export class LogSearch {
  readonly #worker: Worker;
  readonly #pulse = new SharedArrayBuffer(4);
  readonly #hearer: SearchHearer;
  readonly #look: NodeJS.Timeout;
  readonly #limit: NodeJS.Timeout;
  #isOver = false;
  #seenPulse = 0;
  #seenSinceMs = performance.now();

  constructor(order: SearchOrder, timeoutMs: number, hearer: SearchHearer) {
    this.#hearer = hearer;
    const workerData: ThreadData = { order, pulse: this.#pulse };
    this.#worker = startThread("log-search-thread", {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    this.#worker.on("message", (message: ThreadMessage) => this.#hear(message));
    this.#worker.on("error", (error) => this.#fail(error.message));
    this.#worker.on("exit", () => this.#fail("the search ended without a word"));
    this.#look = setInterval(() => this.#watch(), LOOK_MS);
    this.#limit = setTimeout(() => this.#fail(`not finished after ${timeoutMs / 1000} s`), timeoutMs);
  }

  goOn(): void {
    if (!this.#isOver) this.#worker.postMessage("go on");
  }

  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#look);
    clearTimeout(this.#limit);
    void this.#worker.terminate();
  }

  #hear(message: ThreadMessage): void {
    if (this.#isOver) return;
    if (message.type === "matches") this.#hearer.matches(message.matches);
    else if (message.type === "end") this.#end({ type: "over", searched: message.searched });
    else this.#fail(message.reason);
  }

  #watch(): void {
    const pulse = Atomics.load(new Int32Array(this.#pulse), 0);
    const nowMs = performance.now();
    if (pulse !== this.#seenPulse || pulse % 2 === 0) {
      this.#seenPulse = pulse;
      this.#seenSinceMs = nowMs;
    } else if (nowMs - this.#seenSinceMs > STALL_MS) {
      this.#fail("the pattern takes too long on some line: make it simpler, or search for plain text");
    }
  }

  #fail(reason: string): void {
    this.#end({ type: "failed", reason });
  }

  #end(end: SearchEnd): void {
    if (this.#isOver) return;
    this.stop();
    this.#hearer.end(end);
  }
}

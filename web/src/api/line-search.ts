// A search through lines that grow: only what is new is looked at, in another thread, which is ended when a pattern keeps it too long.
import type { Range } from "../model/highlight.js";
import type { Wanted } from "../model/line-match.js";
import type { SearchOrder } from "./line-search-worker.js";

export interface SearchedLine {
  readonly id: number;
  readonly text: string;
}

export interface LineHits {
  readonly id: number;
  readonly ranges: readonly Range[];
}

/** What runs the search. After `close` nothing is heard. */
export interface SearchThread {
  /** Each is answered once by `onHits`, what is wanted by none. */
  send(order: SearchOrder): void;
  onHits: (hits: readonly LineHits[]) => void;
  close(): void;
}

/** Lines with hits; `isTooSlow` when the pattern was given up. */
export interface FoundLines {
  readonly hits: ReadonlyMap<number, readonly Range[]>;
  /** Every line given so far has been looked at. */
  readonly isDone: boolean;
  readonly isTooSlow: boolean;
}

export const NOTHING_FOUND: FoundLines = { hits: new Map(), isDone: true, isTooSlow: false };

const BATCH_LINES = 1_000;
/** How long a batch may take: a pattern that is fit for use takes a few milliseconds. */
const PATIENCE_MS = 1_500;
/** An answer may be there and wait for a page that was busy itself. */
const GRACE_MS = 300;

/** One search for one thing. `changed` is called after each batch, never after `stop`. */
export class LineSearch {
  readonly #thread: SearchThread;
  readonly #changed: (found: FoundLines) => void;
  /** What was looked at of each line: one that is written on is looked at again. */
  readonly #seen = new Map<number, string>();
  #waiting: SearchedLine[] = [];
  #hits = new Map<number, readonly Range[]>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Until it has said that it is there: its start is not the pattern's cost. */
  #isBusy = true;
  #isOver = false;

  constructor(wanted: Wanted, changed: (found: FoundLines) => void, thread: SearchThread = newThread()) {
    this.#changed = changed;
    this.#thread = thread;
    this.#thread.onHits = (hits) => this.#take(hits);
    this.#thread.send({ wanted });
  }

  /** All lines that there are now; those that are gone are forgotten. */
  look(lines: readonly SearchedLine[]): void {
    if (this.#isOver) return;
    // Lines come at either end, and of the others only the last of before is written on.
    const fresh: SearchedLine[] = [];
    for (const line of lines) {
      if (this.#seen.get(line.id) === line.text) continue;
      this.#seen.set(line.id, line.text);
      fresh.push(line);
    }
    if (this.#seen.size > 2 * lines.length + BATCH_LINES) this.#forget(lines);
    this.#waiting.push(...fresh);
    this.#next();
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#thread.close();
  }

  #forget(lines: readonly SearchedLine[]): void {
    const kept = new Set(lines.map(({ id }) => id));
    for (const id of this.#seen.keys()) {
      if (kept.has(id)) continue;
      this.#seen.delete(id);
      this.#hits.delete(id);
    }
  }

  #next(): void {
    if (this.#isBusy || this.#waiting.length === 0) return;
    const lines = this.#waiting.slice(0, BATCH_LINES);
    this.#waiting = this.#waiting.slice(BATCH_LINES);
    this.#isBusy = true;
    const giveUp = () => {
      this.stop();
      this.#changed({ hits: this.#hits, isDone: false, isTooSlow: true });
    };
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(giveUp, GRACE_MS);
    }, PATIENCE_MS);
    this.#thread.send({ lines });
  }

  #take(found: readonly LineHits[]): void {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#isBusy = false;
    const hits = new Map(this.#hits);
    for (const { id, ranges } of found) {
      if (ranges.length > 0) hits.set(id, ranges);
      else hits.delete(id);
    }
    this.#hits = hits;
    this.#next();
    this.#changed({ hits, isDone: !this.#isBusy, isTooSlow: false });
  }
}

function newThread(): SearchThread {
  const worker = new Worker(new URL("./line-search-worker.ts", import.meta.url), { type: "module" });
  const thread: SearchThread = {
    send: (order) => worker.postMessage(order),
    onHits: () => {},
    close: () => worker.terminate(),
  };
  worker.onmessage = ({ data }: MessageEvent<readonly LineHits[]>) => thread.onHits(data);
  return thread;
}

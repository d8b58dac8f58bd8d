// Reads a log before its end: a window of pages that grows at either end, opened at a place or where given lines are.
import type { LogPage } from "@fleetvisor/proto/api/logs";
import { apiPath } from "@fleetvisor/proto/api/paths";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import {
  addEarlier,
  addLater,
  earlierOf,
  type LogWindow,
  lastRowId,
  laterOf,
  openWindow,
} from "../model/log-window.js";
import { call } from "./client.js";
import type { LogSource } from "./log-follow.js";

/** Places with the same lines that are passed over. */
const MOST_PASSED = 100;

export interface PastView {
  /** Null while none is open: the log is followed. */
  readonly window: LogWindow | null;
  readonly reading: "earlier" | "later" | "place" | null;
  /** Why something could not be read, in the server's words. */
  readonly problem: string | null;
  /** The row to be shown: what was looked for, or where one was. */
  readonly rowId: number | null;
}

export const NO_PAST: PastView = { window: null, reading: null, problem: null, rowId: null };

/** The end of a life: its last lines from the most telling to the least, and how many later places have the same. */
export interface ExitPlace {
  readonly needles: readonly string[];
  readonly passed: number;
}

/** One reader of one log. `changed` is never called after `stop`. */
export class LogPast {
  #view: PastView = NO_PAST;
  readonly #source: LogSource;
  readonly #changed: () => void;
  #abort = new AbortController();

  constructor(source: LogSource, changed: () => void) {
    this.#source = source;
    this.#changed = changed;
  }

  get view(): PastView {
    return this.#view;
  }

  stop(): void {
    this.#abort.abort();
  }

  /** What could not be read is said no longer. */
  seen(): void {
    this.#show({ ...this.#view, problem: null });
  }

  /** Back to the end of the log. */
  leave(): void {
    this.#abort.abort();
    this.#show(NO_PAST);
  }

  /** Opens a window around a place that is shown, or at the end of the log for null. */
  open(place: string | null): Promise<void> {
    return this.#read("place", async (signal) => {
      const before = await this.#page({ before: place }, signal);
      const window = openWindow(before);
      // What was shown from that place on stays on the screen.
      const whole = before.isNewest ? window : addLater(window, await this.#page({ after: before.end }, signal));
      return { window: whole, rowId: lastRowId(window) };
    });
  }

  /** Opens a window around the end of a life. */
  find({ needles, passed }: ExitPlace): Promise<void> {
    return this.#read("place", async (signal) => {
      let failure = new FleetError("not-found", "");
      for (const containing of needles) {
        try {
          const found = await this.#placeOf(containing, passed, signal);
          const window = openWindow(found);
          const rowId = lastRowId(window);
          if (found.isNewest) return { window, rowId };
          return { window: addLater(window, await this.#page({ after: found.end }, signal)), rowId };
        } catch (thrown) {
          failure = FleetError.from(thrown);
          if (failure.kind !== "not-found") break;
        }
      }
      throw failure;
    });
  }

  earlier(): Promise<void> {
    const { window } = this.#view;
    const before = window === null ? null : earlierOf(window);
    if (window === null || before === null) return Promise.resolve();
    return this.#read("earlier", async (signal) => ({
      window: addEarlier(window, await this.#page({ before }, signal)),
      rowId: null,
    }));
  }

  later(): Promise<void> {
    const { window } = this.#view;
    if (window === null) return Promise.resolve();
    return this.#read("later", async (signal) => ({
      window: addLater(window, await this.#page({ after: laterOf(window) }, signal)),
      rowId: null,
    }));
  }

  async #placeOf(containing: string, passed: number, signal: AbortSignal): Promise<LogPage> {
    let before: string | null = null;
    for (let n = Math.min(passed, MOST_PASSED); n > 0; n--) {
      const page = await this.#page({ containing, before, bytes: 1 }, signal);
      before = page.found;
    }
    return this.#page({ containing, before }, signal);
  }

  #page(query: Readonly<Record<string, string | number | null>>, signal: AbortSignal): Promise<LogPage> {
    return call<LogPage>(apiPath("logPage", { ...this.#source }), { query, signal });
  }

  /** One thing at a time: what is being read when another is asked for goes on. */
  async #read(
    reading: NonNullable<PastView["reading"]>,
    get: (signal: AbortSignal) => Promise<Pick<PastView, "window" | "rowId">>,
  ): Promise<void> {
    if (this.#view.reading !== null) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#show({ ...this.#view, reading, problem: null });
    try {
      const next = await get(signal);
      if (!signal.aborted) this.#show({ ...next, reading: null, problem: null });
    } catch (thrown) {
      if (signal.aborted) return;
      this.#show({ ...this.#view, reading: null, problem: FleetError.from(thrown).message });
    }
  }

  #show(view: PastView): void {
    this.#view = view;
    this.#changed();
  }
}

/** The newest of a log as text, oldest line first; `onRead` hears how many bytes there are so far. */
export async function readNewest(
  source: LogSource,
  mostBytes: number,
  { signal, onRead }: { readonly signal: AbortSignal; readonly onRead: (bytes: number) => void },
): Promise<string> {
  const texts: string[] = [];
  let bytes = 0;
  for (let before: string | null = null; bytes < mostBytes; ) {
    const query = { before, bytes: 65_536 };
    const page: LogPage = await call<LogPage>(apiPath("logPage", { ...source }), { query, signal });
    texts.push(page.text);
    bytes += page.bytes;
    onRead(bytes);
    if (page.isOldest || page.start === before) break;
    before = page.start;
  }
  return texts.reverse().join("");
}

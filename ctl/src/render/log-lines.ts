// Lines of several logs as they are printed: with a prefix for people, or as a JSON document a line. Keeps what has no end yet.
import { type Colors, printableLine } from "./colors.js";
import { LineSplitter, lastLines } from "./lines.js";
import { Prefixes } from "./prefix.js";

export interface LogSource {
  readonly target: string;
  readonly channel: "stdout" | "stderr";
}

/** One log that is followed. */
export interface OpenLog {
  /** What can be printed of it now. */
  feed(text: string): string;
  /** What has waited so long for the end of its line. */
  overdue(afterMs: number): string;
}

export interface LineOptions {
  readonly isJson: boolean;
  readonly colors: Colors;
  /** Cells of the terminal; null without one. */
  readonly columns: number | null;
  /** Whether stdout and stderr are to be told apart. */
  readonly namesChannels: boolean;
}

export class LinePrinter {
  readonly #isJson: boolean;
  readonly #colors: Colors;
  readonly #prefixes: Prefixes;
  readonly #namesChannels: boolean;

  constructor({ isJson, colors, columns, namesChannels }: LineOptions) {
    this.#isJson = isJson;
    this.#colors = colors;
    this.#prefixes = new Prefixes(colors, columns);
    this.#namesChannels = namesChannels;
  }

  /** Makes room for the names of what will come. */
  expect(target: string, channel: LogSource["channel"]): void {
    this.#prefixes.expect(this.#name(target, channel));
  }

  /** The last lines of a log; `isWhole` when the text is all of it. */
  last(
    source: LogSource,
    text: string,
    { count, isWhole }: { readonly count: number; readonly isWhole: boolean },
  ): string {
    return this.#lines(source, lastLines(text, count, isWhole));
  }

  /** A log that begins with its end, of which at most `count` lines are shown. */
  open(source: LogSource, count: number): OpenLog {
    const splitter = new LineSplitter();
    let isFirst = count > 0;
    let fedAtMs = performance.now();
    return {
      feed: (text) => {
        fedAtMs = performance.now();
        const lines = splitter.feed(text);
        if (!isFirst) return this.#lines(source, lines);
        isFirst = false;
        return this.#lines(source, lines.slice(-count));
      },
      overdue: (afterMs) => (performance.now() - fedAtMs < afterMs ? "" : this.#lines(source, splitter.flush())),
    };
  }

  #lines({ target, channel }: LogSource, lines: readonly string[]): string {
    if (this.#isJson) {
      const receivedAtMs = Date.now();
      return lines.map((text) => `${JSON.stringify({ target, channel, receivedAtMs, text })}\n`).join("");
    }
    const prefix = this.#prefixes.of(target, this.#name(target, channel));
    return lines.map((line) => `${prefix}${printableLine(line, this.#colors)}\n`).join("");
  }

  #name(target: string, channel: LogSource["channel"]): string {
    return this.#namesChannels && channel === "stderr" ? `${target} stderr` : target;
  }
}

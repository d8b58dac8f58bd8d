// Lines that a search of logs found: for people with whose they are and the match in colour, or for scripts.
import type { LogMatch } from "@fleetvisor/proto/api/v1";
import { type Colors, printableLine } from "./colors.js";
import { ItemWriter, type Output } from "./output.js";
import { Prefixes } from "./prefix.js";

export interface Searched {
  readonly pattern: string;
  readonly fixedStrings?: boolean;
  readonly ignoreCase?: boolean;
  readonly channel: string;
  /** Cells of the terminal; null without one. */
  readonly columns: number | null;
}

export class MatchPrinter {
  readonly #writer: ItemWriter<LogMatch> | null;
  readonly #colors: Colors;
  readonly #prefixes: Prefixes;
  readonly #named = new Set<string>();
  readonly #isName: boolean;
  readonly #namesChannels: boolean;
  readonly #pattern: RegExp | null;

  constructor(output: Output, colors: Colors, searched: Searched) {
    this.#writer = output === "table" ? null : new ItemWriter(output, ({ target }) => target);
    this.#colors = colors;
    this.#prefixes = new Prefixes(colors, searched.columns);
    this.#isName = output === "name";
    this.#namesChannels = searched.channel === "both";
    this.#pattern = colors.isColorSupported ? patternOf(searched) : null;
  }

  /** With names alone each target once. */
  match(found: LogMatch): string {
    const { target, channel, backup, text } = found;
    if (this.#writer !== null) {
      if (this.#isName && this.#named.has(target)) return "";
      if (this.#isName) this.#named.add(target);
      return this.#writer.items([found]);
    }
    const name = `${target}${this.#namesChannels && channel === "stderr" ? " stderr" : ""}${backup === 0 ? "" : ` .${backup}`}`;
    return `${this.#prefixes.of(target, name)}${this.#marked(text)}${found.cut ? this.#colors.dim("…") : ""}\n`;
  }

  end(): string {
    return this.#writer?.end() ?? "";
  }

  /** The match in colour, unless the line has colours of its own. */
  #marked(text: string): string {
    const line = printableLine(text, this.#colors);
    if (this.#pattern === null || line !== text) return line;
    return line.replace(this.#pattern, (match) => (match === "" ? "" : this.#colors.bold(this.#colors.red(match))));
  }
}

/** Plain text only: what took a host long must not be done again here. */
function patternOf({ pattern, fixedStrings = false, ignoreCase = false }: Searched): RegExp | null {
  if (!fixedStrings && /[\\^$.*+?()[\]{}|]/.test(pattern)) return null;
  return new RegExp(pattern.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), ignoreCase ? "gi" : "g");
}

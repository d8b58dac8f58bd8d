// The beginning of a line that says whose it is: lined up, and in a colour of its own for each target. Pure.
import type { Colors } from "./colors.js";
import { cutTo, padTo, widthOf } from "./layout.js";

const PAINTS = [
  "cyan",
  "yellow",
  "green",
  "magenta",
  "blue",
  "cyanBright",
  "yellowBright",
  "greenBright",
  "magentaBright",
  "blueBright",
] as const;

/** Longer names are cut: the line is what counts. On a terminal they have a third of it. */
const WIDEST = 48;
const NARROWEST = 16;

export class Prefixes {
  readonly #colors: Colors;
  readonly #paints = new Map<string, (text: string) => string>();
  readonly #widest: number;
  #width = 0;

  /** `columns` of the terminal; null where lines may be of any length. */
  constructor(colors: Colors, columns: number | null) {
    this.#colors = colors;
    this.#widest = columns === null ? WIDEST : Math.max(NARROWEST, Math.min(WIDEST, Math.floor(columns / 3)));
  }

  /** Makes room for a name that will come. */
  expect(name: string): void {
    this.#width = Math.max(this.#width, Math.min(this.#widest, widthOf(name)));
  }

  /** `web-1/api:worker | `. Each `target` has a colour; what else is in the name has none of its own. */
  of(target: string, name = target): string {
    this.expect(name);
    let paint = this.#paints.get(target);
    if (paint === undefined) {
      paint = this.#colors[PAINTS[this.#paints.size % PAINTS.length] ?? "cyan"];
      this.#paints.set(target, paint);
    }
    const cut = cutTo(name, this.#widest);
    return `${paint(cut)}${padTo("", this.#width - widthOf(cut))} ${this.#colors.dim("|")} `;
  }
}

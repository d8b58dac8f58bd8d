// A table for people: columns without borders, fitted to the terminal, no control characters. Pure.
import Table from "cli-table3";
import stringWidth from "string-width";
import { type Colors, printable } from "./colors.js";

export interface Cell {
  readonly text: string;
  /** Applied after measuring. */
  readonly paint?: (text: string) => string;
}

export type Row = readonly (string | Cell)[];

const NO_BORDERS = Object.fromEntries(
  (["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"] as const).map(
    (name) => [name, ""],
  ),
);

const GAP = 2;
/** A last column narrower than this would be a column of syllables; the terminal may then break the lines. */
const NARROWEST = 24;
/** cli-table3's time grows faster than its rows (10 000: 2.7 s, in blocks 0.8 s), so long tables are made in blocks. */
const BLOCK_ROWS = 100;

/**
 * A table that may come in parts: each part is lined up with those before. With `columns` the last column is broken into
 * lines that fit; without it every row is one line.
 */
export class TableWriter {
  readonly #head: readonly string[];
  readonly #columns: number | null;
  readonly #colors: Colors;
  readonly #widths: number[];
  #begun = false;

  /** `least` are widths known beforehand, so that parts that come later need not be wider. */
  constructor(head: readonly string[], columns: number | null, colors: Colors, least: readonly number[] = []) {
    this.#head = head;
    this.#columns = columns;
    this.#colors = colors;
    this.#widths = head.map((title, at) => Math.max(stringWidth(title), least[at] ?? 0));
  }

  /** Lines of the rows, each ended by a line feed, the first time below the heading. */
  rows(rows: readonly Row[]): string {
    const cells = rows.map((row) => row.map(toCell));
    for (const row of cells) {
      for (const [at, { text }] of row.entries()) {
        this.#widths[at] = Math.max(this.#widths[at] ?? 0, stringWidth(text));
      }
    }
    const widths = this.#fitted();
    const painted = cells.map((row) => row.map(({ text, paint }) => paint?.(text) ?? text));
    let text = this.#begun ? "" : block([this.#head.map((title) => this.#colors.dim(title))], widths);
    this.#begun = true;
    for (let at = 0; at < painted.length; at += BLOCK_ROWS) text += block(painted.slice(at, at + BLOCK_ROWS), widths);
    return text;
  }

  #fitted(): number[] {
    const last = this.#widths.length - 1;
    const before = this.#widths.slice(0, last);
    const natural = this.#widths[last] ?? 0;
    const room = (this.#columns ?? Number.POSITIVE_INFINITY) - before.reduce((sum, width) => sum + width + GAP, 0);
    return [...before, room >= NARROWEST ? Math.min(natural, room) : natural];
  }
}

function toCell(cell: string | Cell): Cell {
  return typeof cell === "string" ? { text: printable(cell) } : { ...cell, text: printable(cell.text) };
}

function block(rows: readonly (readonly string[])[], widths: readonly number[]): string {
  const table = new Table({
    chars: { ...NO_BORDERS, left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "" },
    style: { "padding-left": 0, "padding-right": GAP, head: [], border: [], compact: true },
    colWidths: widths.map((width) => width + GAP),
    wordWrap: true,
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

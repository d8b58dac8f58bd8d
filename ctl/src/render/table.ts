// A table for people: columns without borders, fitted to the terminal, no control characters. Pure.
import { type Colors, printable } from "./colors.js";
import { breakInto, cutTo, padTo, widthOf } from "./layout.js";

export interface Cell {
  readonly text: string;
  /** Applied after measuring. */
  readonly paint?: (text: string) => string;
}

export type Row = readonly (string | Cell)[];

export interface Column {
  readonly title: string;
  /** Shown with `-o wide` alone. */
  readonly isWide?: boolean;
  /** On a narrow terminal columns with a number go, the lowest first. */
  readonly leaves?: number;
  /** A width known beforehand, so that parts that come later need not be wider. */
  readonly least?: number;
}

/** A heading is a column that is always there. */
export type Head = readonly (string | Column)[];

export interface TableOptions {
  /** Cells of the terminal; null where lines may be of any length. */
  readonly columns: number | null;
  readonly colors: Colors;
  /** Every column, each row on one line. */
  readonly isWide?: boolean;
  /** Every row on one line: what does not fit is cut off. */
  readonly isCut?: boolean;
}

const GAP = "  ";
/** A last column narrower than this would be a column of syllables; the terminal may then break the lines. */
const NARROWEST = 24;

/**
 * A table that may come in parts: each part is lined up with those before. On a terminal columns may be left out, which the
 * first part decides, and the last column is broken into lines that fit; elsewhere every row is one line.
 */
export class TableWriter {
  readonly #head: readonly Column[];
  readonly #columns: number | null;
  readonly #colors: Colors;
  readonly #isCut: boolean;
  readonly #widths: number[];
  /** Places of the columns that are shown; null until the first part. */
  #shown: number[] | null = null;

  constructor(head: Head, { columns, colors, isWide = false, isCut = false }: TableOptions) {
    this.#isCut = isCut;
    this.#head = head.map((column) => (typeof column === "string" ? { title: column } : column));
    this.#columns = isWide ? null : columns;
    this.#colors = colors;
    this.#widths = this.#head.map(({ title, least = 0, isWide: only = false }) =>
      only && !isWide ? -1 : Math.max(title.length, least),
    );
  }

  /** Lines of the rows, each ended by a line feed, the first time below the heading. */
  rows(rows: readonly Row[]): string {
    const cells = rows.map((row) => row.map(toCell));
    for (const row of cells) {
      for (const [at, { text }] of row.entries()) {
        const width = this.#widths[at] ?? -1;
        if (width >= 0) this.#widths[at] = Math.max(width, widthOf(text));
      }
    }
    let text = "";
    if (this.#shown === null) {
      this.#shown = this.#choose();
      text = this.#line(this.#head.map(({ title }) => ({ text: title, paint: this.#colors.dim })));
    }
    for (const row of cells) text += this.#line(row);
    return text;
  }

  /** Those that fit, as long as some may go. */
  #choose(): number[] {
    let shown = [...this.#widths.keys()].filter((at) => (this.#widths[at] ?? -1) >= 0);
    const leaving = shown
      .filter((at) => this.#head[at]?.leaves !== undefined)
      .sort((a, b) => (this.#head[a]?.leaves ?? 0) - (this.#head[b]?.leaves ?? 0));
    for (const next of leaving) {
      if (this.#fits(shown)) break;
      shown = shown.filter((at) => at !== next);
    }
    return shown;
  }

  /** Whether what comes before the last column leaves it a width to be read in. */
  #fits(shown: readonly number[]): boolean {
    if (this.#columns === null) return true;
    const last = this.#widths[shown.at(-1) ?? 0] ?? 0;
    return this.#room(shown) >= Math.min(last, NARROWEST);
  }

  #room(shown: readonly number[]): number {
    const before = shown.slice(0, -1).reduce((sum, at) => sum + (this.#widths[at] ?? 0) + GAP.length, 0);
    return (this.#columns ?? Number.POSITIVE_INFINITY) - before;
  }

  #line(row: readonly Cell[]): string {
    const shown = this.#shown ?? [];
    const [last = 0] = shown.slice(-1);
    const room = this.#room(shown);
    const final = row[last] ?? { text: "" };
    const parts = this.#parts(final.text, room);
    let begun = "";
    let plainWidth = 0;
    for (const at of shown.slice(0, -1)) {
      const { text, paint } = row[at] ?? { text: "" };
      const width = this.#widths[at] ?? 0;
      begun += `${text === "" ? "" : (paint?.(text) ?? text)}${padTo("", width - widthOf(text))}${GAP}`;
      plainWidth += width + GAP.length;
    }
    const paint = final.paint ?? ((text: string) => text);
    return parts
      .map((part, nth) => {
        const start = nth === 0 ? begun : " ".repeat(plainWidth);
        return part === "" ? `${start.trimEnd()}\n` : `${start}${paint(part)}\n`;
      })
      .join("");
  }

  #parts(text: string, room: number): readonly string[] {
    if (this.#isCut) return [cutTo(text, Math.max(1, room))];
    return room >= NARROWEST ? breakInto(text, room) : [text];
  }
}

function toCell(cell: string | Cell): Cell {
  return typeof cell === "string" ? { text: printable(cell) } : { ...cell, text: printable(cell.text) };
}

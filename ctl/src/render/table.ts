// A table for people: columns without borders, fitted to the terminal, no control characters. Pure.
import { type Colors, printable } from "./colors.js";
import { breakInto, cutTo, widthOf } from "./layout.js";
import { GAP, NARROWEST, type Plan, planColumns } from "./widths.js";

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

/** The last column where it is cut anyway. */
const NARROWEST_CUT = 12;
/** Before what stands below a row for want of room beside it. */
const HANGING = 4;

/**
 * A table that may come in parts: each part is lined up with those before. On a terminal the first part decides which columns are
 * shown and how wide a cell may be that others stand beside; the last column is broken into lines that fit. Elsewhere every row is
 * one line.
 */
export class TableWriter {
  readonly #head: readonly Column[];
  readonly #columns: number | null;
  readonly #colors: Colors;
  readonly #isCut: boolean;
  readonly #widths: number[];
  /** Null until the first part. */
  #plan: Plan | null = null;

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
    const isFirst = this.#plan === null;
    this.#plan ??= this.#choose(cells);
    const { capped } = this.#plan;
    for (const row of cells) {
      for (const [at, { text }] of row.entries()) {
        const width = widthOf(text);
        const known = this.#widths[at] ?? -1;
        if (known < 0) continue;
        if (capped?.at !== at || width <= capped.width) this.#widths[at] = Math.max(known, width);
        else if (this.#isCut) this.#widths[at] = Math.min(capped.most, width);
      }
    }
    const heading = this.#head.map(({ title }) => ({ text: title, paint: this.#colors.dim }));
    return [...(isFirst ? [heading] : []), ...cells].map((row) => this.#line(row)).join("");
  }

  #choose(cells: readonly (readonly Cell[])[]): Plan {
    const possible = [...this.#widths.keys()].filter((at) => (this.#widths[at] ?? -1) >= 0);
    if (this.#columns === null) return { shown: possible, capped: null, hangs: false };
    const measured = this.#head.map(({ leaves }, at) => ({
      widths: cells.map((row) => widthOf(row[at]?.text ?? "")),
      least: this.#widths[at] ?? 0,
      leaves,
    }));
    return planColumns(measured, possible, this.#columns, this.#isCut ? NARROWEST_CUT : NARROWEST);
  }

  #line(row: readonly Cell[]): string {
    const { shown, hangs } = this.#plan ?? { shown: [], capped: null, hangs: false };
    const lines = [""];
    let width = 0;
    let start = 0;
    const put = (text: string, paint: (text: string) => string = (same) => same) => {
      if (text === "") return;
      // The cell before was wider than its column, or this one would cross the edge.
      const crosses = this.#columns !== null && !this.#isCut && start > 0 && start + widthOf(text) > this.#columns;
      if (width > 0 && (width > start - GAP || crosses)) {
        lines.push("");
        width = 0;
      }
      const place = crosses ? Math.min(start, HANGING) : start;
      lines.push(`${lines.pop()}${" ".repeat(place - width)}${paint(text)}`);
      width = place + widthOf(text);
    };
    for (const at of shown.slice(0, -1)) {
      const { text, paint } = row[at] ?? { text: "" };
      const room = (this.#columns ?? Number.POSITIVE_INFINITY) - start;
      if (!this.#isCut) put(text, paint);
      else if (room > 0) put(cutTo(text, Math.min(room, this.#widths[at] ?? 0)), paint);
      start += (this.#widths[at] ?? 0) + GAP;
    }
    const { text, paint } = row[shown.at(-1) ?? 0] ?? { text: "" };
    const room = (this.#columns ?? Number.POSITIVE_INFINITY) - start;
    if (this.#isCut) put(room < 1 ? "" : cutTo(text, room), paint);
    else if (!hangs) {
      for (const part of breakInto(text, Math.max(NARROWEST, room))) {
        put(part, paint);
        width = Number.POSITIVE_INFINITY;
      }
    } else if (widthOf(text) <= room) put(text, paint);
    else {
      start = HANGING;
      for (const part of breakInto(text, Math.max(NARROWEST, (this.#columns ?? 0) - HANGING))) {
        width = Number.POSITIVE_INFINITY;
        put(part, paint);
      }
    }
    return lines.map((line) => `${line}\n`).join("");
  }
}

function toCell(cell: string | Cell): Cell {
  return typeof cell === "string" ? { text: printable(cell) } : { ...cell, text: printable(cell.text) };
}

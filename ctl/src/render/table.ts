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
/** cli-table3 compares every cell with every other, so long tables are made in blocks of one shape. */
const BLOCK_ROWS = 100;

/**
 * Lines of a table with a heading, each ended by a line feed. With `columns` the last column is broken into lines that
 * fit; without it every row is one line.
 */
export function buildTable(
  head: readonly string[],
  rows: readonly Row[],
  columns: number | null,
  colors: Colors,
): string {
  const cells = rows.map((row) => row.map(toCell));
  const widths = head.map((title, at) =>
    cells.reduce((width, row) => Math.max(width, stringWidth(row[at]?.text ?? "")), stringWidth(title)),
  );
  const last = widths.length - 1;
  if (columns !== null) {
    const room = columns - widths.slice(0, last).reduce((sum, width) => sum + width + GAP, 0);
    if (room >= NARROWEST) widths[last] = Math.min(widths[last] ?? 0, room);
  }
  const titles = head.map((title) => colors.dim(title));
  const painted = cells.map((row) => row.map(({ text, paint }) => paint?.(text) ?? text));
  let text = block([titles], widths);
  for (let at = 0; at < painted.length; at += BLOCK_ROWS) text += block(painted.slice(at, at + BLOCK_ROWS), widths);
  return text;
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

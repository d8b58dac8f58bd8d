// Which columns of a table a terminal has room for, and how wide each may be. Pure.

/** A last column narrower than this would be a column of syllables. */
export const NARROWEST = 24;
/** A column is not made narrower than this: too many cells would not fit. */
const LEAST_CAP = 16;
export const GAP = 2;

export interface Plan {
  /** Places of the columns that are shown. */
  readonly shown: readonly number[];
  /**
   * Cells of this column that are wider than `width` do not count: what follows them stands on the next line. There is room for `most`.
   * Null for none.
   */
  readonly capped: { readonly at: number; readonly width: number; readonly most: number } | null;
  /** The last column has no room beside the others: what does not fit there stands below. */
  readonly hangs: boolean;
}

/** A column as far as it is known by the first rows. */
export interface Measured {
  /** Widths of its cells and its title. */
  readonly widths: readonly number[];
  readonly least: number;
  /** As in Column. */
  readonly leaves: number | undefined;
}

/**
 * In this order: everything as it is; the widest column so narrow that the rest has room, where most of its cells fit all the same;
 * the same with fewer and fewer columns; the last column below the others. `narrowest` is how narrow the last may be.
 */
export function planColumns(
  columns: readonly Measured[],
  candidates: readonly number[],
  room: number,
  narrowest = NARROWEST,
): Plan {
  let shown = [...candidates];
  const leaving = shown
    .filter((at) => columns[at]?.leaves !== undefined)
    .toSorted((a, b) => (columns[a]?.leaves ?? 0) - (columns[b]?.leaves ?? 0));
  for (const next of [null, ...leaving]) {
    shown = shown.filter((at) => at !== next);
    const plan = fitted(columns, shown, room, Math.min(narrowest, widthOf(columns[shown.at(-1) ?? 0])));
    if (plan !== null) return plan;
  }
  return { ...(fitted(columns, shown, room, 0) ?? { shown, capped: null }), hangs: true };
}

/** Null when the columns before the last leave it less than `lastWidth`. */
function fitted(columns: readonly Measured[], shown: readonly number[], room: number, lastWidth: number): Plan | null {
  const before = shown.slice(0, -1);
  const taken = before.reduce((sum, at) => sum + widthOf(columns[at]) + GAP, 0);
  if (taken + lastWidth <= room) return { shown, capped: null, hangs: false };
  const widest = before.toSorted((a, b) => widthOf(columns[b]) - widthOf(columns[a]))[0];
  if (widest === undefined) return null;
  const cap = room - lastWidth - (taken - widthOf(columns[widest]));
  const { widths, least } = columns[widest] ?? { widths: [], least: 0 };
  const fitting = widths.filter((width) => width <= cap);
  if (cap < Math.max(LEAST_CAP, least) || fitting.length * 2 < widths.length) return null;
  return { shown, capped: { at: widest, width: largest(fitting), most: cap }, hangs: false };
}

function widthOf(column: Measured | undefined): number {
  return column === undefined ? 0 : Math.max(column.least, largest(column.widths));
}

/** Of any number of them. */
function largest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}

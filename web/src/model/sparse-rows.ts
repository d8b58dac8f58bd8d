// Rows of a long list of which only some pages are here: what stands where, and which pages are worth keeping. Pure.
import { keepOrder } from "./steady.js";

export interface RowPage<T> {
  readonly page: number;
  readonly rows: readonly T[];
}

export interface SparseRows<T> {
  /** Of the whole list. */
  readonly total: number;
  readonly pageRows: number;
  /** In order; not every one is here, and one may lack rows at its end. */
  readonly pages: readonly RowPage<T>[];
}

/** Undefined where the row is not here. */
export function rowAt<T>({ pages, pageRows }: SparseRows<T>, index: number): T | undefined {
  const wanted = Math.floor(index / pageRows);
  return pages.find(({ page }) => page === wanted)?.rows[index - wanted * pageRows];
}

/** All rows that are here, in their order. */
export function loadedRows<T>({ pages }: SparseRows<T>): readonly T[] {
  return pages.flatMap(({ rows }) => rows);
}

/** Rows of `next` where those of `before` stood: within each page none moves, new ones come last. */
export function keepPlaces<T>(before: SparseRows<T>, next: SparseRows<T>, keyOf: (row: T) => string): SparseRows<T> {
  const shown = new Map(before.pages.map(({ page, rows }) => [page, rows]));
  const pages = next.pages.map(({ page, rows }) => {
    const old = shown.get(page);
    return old === undefined || old === rows ? { page, rows } : { page, rows: keepOrder(old.map(keyOf), rows, keyOf) };
  });
  return { ...next, pages };
}

export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** The pages that rows in view and a few around them are on; the first one at least. */
export function pagesAround({ first, last }: RowRange, around: number, pageRows: number, total: number): number[] {
  const most = Math.max(0, Math.ceil(total / pageRows) - 1);
  const from = Math.min(most, Math.max(0, Math.floor((first - around) / pageRows)));
  const to = Math.min(most, Math.max(from, Math.floor((last + around) / pageRows)));
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}

/**
 * The pages to keep: those around the view, and of the others that are here those that must stay and the nearest, `most` of them in all
 * (those that must stay not counted).
 */
export function keptPages(
  here: readonly number[],
  inView: readonly number[],
  mustStay: (page: number) => boolean,
  most: number,
): number[] {
  const [first = 0] = inView;
  const others = here
    .filter((page) => !inView.includes(page))
    .sort((a, b) => Math.abs(a - first) - Math.abs(b - first));
  const staying = others.filter(mustStay);
  const near = others.filter((page) => !mustStay(page)).slice(0, Math.max(0, most - inView.length));
  return [...inView, ...staying, ...near].sort((a, b) => a - b);
}

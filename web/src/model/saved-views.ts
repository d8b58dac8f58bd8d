// Views of the process table that a person has given a name: a view is the query part of its address. Kept as text in the browser.

export interface SavedView {
  readonly name: string;
  /** Without the `?`; empty for everything in the usual order. */
  readonly query: string;
}

export const MOST_VIEWS = 50;
export const LONGEST_NAME = 60;

/** In the order of their names; whatever is no view is left out, since any text may be found in a browser. */
export function parseViews(text: string | null): readonly SavedView[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? byName(found.filter(isView)).slice(0, MOST_VIEWS) : [];
  } catch {
    return [];
  }
}

export function formatViews(views: readonly SavedView[]): string {
  return JSON.stringify(views);
}

/** With the view under the name, in the place of another of that name; null when there is no room for one more. */
export function withView(views: readonly SavedView[], view: SavedView): readonly SavedView[] | null {
  const others = withoutView(views, view.name);
  return others.length >= MOST_VIEWS ? null : byName([...others, view]);
}

export function withoutView(views: readonly SavedView[], name: string): readonly SavedView[] {
  return views.filter((view) => view.name !== name);
}

/** The same rows in the same order and columns, however the parts of the query stand. */
export function isSameView(a: string, b: string): boolean {
  return sorted(a) === sorted(b);
}

function sorted(query: string): string {
  const params = new URLSearchParams(query);
  params.sort();
  return params.toString();
}

function byName(views: readonly SavedView[]): readonly SavedView[] {
  return views.toSorted((a, b) => a.name.localeCompare(b.name));
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== "object" || value === null) return false;
  const { name, query } = value as Partial<Record<keyof SavedView, unknown>>;
  return typeof name === "string" && name !== "" && name.length <= LONGEST_NAME && typeof query === "string";
}

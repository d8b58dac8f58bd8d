// The columns of the process table: which there are, how wide, by what the controller sorts them; and the choice of them as text.
import type { ProcessSort } from "./links.js";

export interface ColumnPlan {
  /** A track of a CSS grid. */
  readonly width: string;
  readonly sort?: ProcessSort;
  /** Numbers and times stand at the right. */
  readonly end?: boolean;
  /** Among the usual ones. */
  readonly usual: boolean;
  /** Names the row, so it is always there. */
  readonly always?: boolean;
}

/** In the order in which they stand. */
export const COLUMNS = {
  state: { width: "7.6rem", sort: "state", usual: true },
  name: { width: "minmax(9rem, 3fr)", sort: "target", usual: true, always: true },
  instance: { width: "minmax(7rem, 2fr)", usual: true },
  detail: { width: "minmax(0, 4fr)", usual: true },
  command: { width: "minmax(8rem, 4fr)", usual: false },
  cpu: { width: "5rem", sort: "cpu", end: true, usual: false },
  memory: { width: "5.5rem", sort: "memory", end: true, usual: false },
  pid: { width: "4.5rem", end: true, usual: false },
  started: { width: "9.5rem", end: true, usual: false },
  priority: { width: "4.5rem", end: true, usual: false },
  autorestart: { width: "minmax(5rem, 1fr)", usual: false },
  tries: { width: "5rem", end: true, usual: false },
  since: { width: "6.5rem", sort: "since", end: true, usual: true },
  actions: { width: "6.6rem", usual: true },
} as const satisfies Readonly<Record<string, ColumnPlan>>;

export type ColumnId = keyof typeof COLUMNS;

export const COLUMN_IDS = Object.keys(COLUMNS) as readonly ColumnId[];

export function columnPlan(id: ColumnId): ColumnPlan {
  return COLUMNS[id];
}

export const USUAL_COLUMNS: readonly ColumnId[] = COLUMN_IDS.filter((id) => COLUMNS[id].usual);

/** What can be chosen: the name is always there. */
export const CHOICES: readonly ColumnId[] = COLUMN_IDS.filter((id) => columnPlan(id).always !== true);

/** The columns that a text names, in their order; null when it names none, which leaves the choice to the browser. */
export function parseColumns(text: string | null): readonly ColumnId[] | null {
  if (text === null) return null;
  const named = new Set(text.split(","));
  const columns = COLUMN_IDS.filter((id) => named.has(id) || columnPlan(id).always === true);
  return columns.some((id) => named.has(id)) ? columns : null;
}

export function formatColumns(columns: readonly ColumnId[]): string {
  return columns.join(",");
}

/** The choice after one of them was ticked or not, in the order of the table. */
export function toggleColumn(columns: readonly ColumnId[], id: ColumnId): readonly ColumnId[] {
  return COLUMN_IDS.filter((each) => (each === id ? !columns.includes(each) : columns.includes(each)));
}

export function areUsual(columns: readonly ColumnId[]): boolean {
  return formatColumns(columns) === formatColumns(USUAL_COLUMNS);
}

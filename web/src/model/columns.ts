// The columns of the process table: which there are, how wide, by what the controller sorts them; and the choice of them as text.
import type { ProcessSort } from "./links.js";

export interface ColumnPlan {
  /** Its least width, rem. */
  readonly least: number;
  /** Its share of the room that is left; without one it is never wider. */
  readonly grow?: number;
  readonly sort?: ProcessSort;
  /** Numbers and times stand at the right. */
  readonly end?: boolean;
  /** Among the usual ones. */
  readonly usual: boolean;
  /** Names the row, so it is always there. */
  readonly always?: boolean;
}

/** In the order in which they stand. */
const COLUMNS = {
  state: { least: 7.6, sort: "state", usual: true },
  name: { least: 9, grow: 3, sort: "target", usual: true, always: true },
  instance: { least: 7, grow: 2, usual: true },
  detail: { least: 8, grow: 4, usual: true },
  command: { least: 10, grow: 4, usual: false },
  cpu: { least: 5, sort: "cpu", end: true, usual: false },
  memory: { least: 5.5, sort: "memory", end: true, usual: false },
  pid: { least: 4.5, end: true, usual: false },
  started: { least: 9.5, end: true, usual: false },
  priority: { least: 5.5, end: true, usual: false },
  autorestart: { least: 8, usual: false },
  tries: { least: 5.5, end: true, usual: false },
  since: { least: 6.5, sort: "since", end: true, usual: true },
  actions: { least: 6.6, usual: true },
} as const satisfies Readonly<Record<string, ColumnPlan>>;

export type ColumnId = keyof typeof COLUMNS;

export const COLUMN_IDS = Object.keys(COLUMNS) as readonly ColumnId[];

export function columnPlan(id: ColumnId): ColumnPlan {
  return COLUMNS[id];
}

/** Of the boxes before the rows, of the gaps between columns, and at both ends; rem, as the style sheet has them. */
const PICK = 2.2;
const GAP = 0.7;
const ENDS = 1.4;

/** Tracks of a CSS grid for the boxes and the columns. */
export function columnTracks(columns: readonly ColumnId[]): readonly string[] {
  const tracks = columns.map((id) => {
    const { least, grow } = columnPlan(id);
    return grow === undefined ? `${least}rem` : `minmax(${least}rem, ${grow}fr)`;
  });
  return [`${PICK}rem`, ...tracks];
}

/** What all of it needs at least, rem: with less room the table is moved sideways. */
export function leastWidth(columns: readonly ColumnId[]): number {
  return columns.reduce((sum, id) => sum + GAP + columnPlan(id).least, PICK + ENDS);
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

// Which rows of a log have a hit, which are shown, and which hit is the next one.
import type { Range } from "./highlight.js";
import type { LogRow } from "./log-buffer.js";

export interface HitsView {
  /** What is drawn: every row, or only those with a hit and remarks of ours. */
  readonly rows: readonly LogRow[];
  /** Rows with a hit, in order. */
  readonly hitIds: readonly number[];
  /** Place of the current one among them; -1 for none. */
  readonly current: number;
}

export function buildHits(
  rows: readonly LogRow[],
  hits: ReadonlyMap<number, readonly Range[]>,
  { currentId, only }: { readonly currentId: number | null; readonly only: boolean },
): HitsView {
  const hitIds = hits.size === 0 ? [] : rows.filter(({ id }) => hits.has(id)).map(({ id }) => id);
  return {
    rows: only ? rows.filter(({ id, type }) => type === "note" || hits.has(id)) : rows,
    hitIds,
    current: currentId === null ? -1 : hitIds.indexOf(currentId),
  };
}

/** The hit to go to: the newest first, for that is where one looks in a log, then one by one and around. Null where there is none. */
export function nextHit({ hitIds, current }: Pick<HitsView, "hitIds" | "current">, by: 1 | -1): number | null {
  const at = current < 0 ? hitIds.length - 1 : (current + by + hitIds.length) % hitIds.length;
  return hitIds[at] ?? null;
}

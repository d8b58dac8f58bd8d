// New events beside the ones that are shown: how many there are, and the pages once they are taken in.
import type { HistoryPage } from "@fleetvisor/proto/api/v1";

/** Rows that the newest page may grow to: a page that is followed for days stays small. */
export const MOST_FOLLOWED = 1_000;

export interface News {
  readonly count: number;
  /** There are more than the page of new ones holds. */
  readonly orMore: boolean;
}

/** `fresh` is the newest page of the same question. */
export function countNews(pages: readonly HistoryPage[], fresh: HistoryPage | undefined): News {
  const items = fresh?.items ?? [];
  const newest = newestOf(pages);
  const count = items.filter(({ id }) => id > newest).length;
  return { count, orMore: count > 0 && count === items.length && fresh?.nextCursor != null && newest > 0 };
}

/** The pages with the new events at their head. Where some would be missing between, or too many are shown, from the newest page anew. */
export function takeIn(pages: readonly HistoryPage[], fresh: HistoryPage): readonly HistoryPage[] {
  const [first, ...rest] = pages;
  const { count, orMore } = countNews(pages, fresh);
  if (count === 0) return pages;
  if (first === undefined || newestOf(pages) === 0 || orMore || first.items.length + count > MOST_FOLLOWED)
    return [fresh];
  return [{ ...first, items: [...fresh.items.slice(0, count), ...first.items] }, ...rest];
}

function newestOf(pages: readonly HistoryPage[]): number {
  return pages.find(({ items }) => items.length > 0)?.items[0]?.id ?? 0;
}

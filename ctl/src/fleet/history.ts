// Reads history from the controller, page by page.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { HistoryEvent, HistoryPage } from "@fleetvisor/proto/api/v1";
import type { HistoryCause, HistoryKind } from "@fleetvisor/proto/vocabulary/history";
import type { ApiClient } from "./client.js";

const PAGE_ROWS = 1000;

export interface HistoryRange {
  /** Selectors in one text; everything without. */
  readonly selector?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly kind?: HistoryKind | undefined;
  readonly cause?: HistoryCause | undefined;
  /** Only what this user asked for. */
  readonly user?: string | undefined;
  /** The newest so many. */
  readonly count: number;
}

/** Events of the range, oldest first. With `afterId` none that old, which is where it stops asking. */
export async function listHistory(
  client: ApiClient,
  { count, ...filter }: HistoryRange,
  afterId = 0,
  signal?: AbortSignal,
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let cursor: string | undefined;
  while (events.length < count) {
    const query = { ...filter, limit: Math.min(PAGE_ROWS, count - events.length), cursor };
    const page: HistoryPage = await client.get<HistoryPage>(API_PATHS.events, query, signal);
    const newer = page.items.filter(({ id }) => id > afterId);
    events.push(...newer);
    if (page.nextCursor === null || newer.length < page.items.length) break;
    cursor = page.nextCursor;
  }
  return events.reverse();
}

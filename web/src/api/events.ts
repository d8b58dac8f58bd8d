// History by any filter: pages of it, and all of it as a file.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { HistoryEvent, HistoryPage } from "@fleetvisor/proto/api/v1";
import { keepPreviousData, type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { type EventFilter, eventQuery } from "../model/events.js";
import { call } from "./client.js";
import { useLive } from "./live-context.js";

const PAGE_ROWS = 100;
const EXPORT_ROWS = 1_000;
/** Events that a file holds at most: the page keeps it in memory while it is made. */
export const MOST_EXPORTED = 50_000;

export function useEvents(filter: EventFilter): UseInfiniteQueryResult<{ readonly pages: readonly HistoryPage[] }> {
  const { state } = useLive();
  return useInfiniteQuery({
    queryKey: ["events", filter],
    queryFn: ({ pageParam, signal }) => {
      const asked = eventQuery(filter, Date.now() + state.clockOffsetMs);
      return call<HistoryPage>(apiPath("events"), { query: { ...asked, limit: PAGE_ROWS, cursor: pageParam }, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: HistoryPage) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}

export interface Exported {
  /** One event a line, newest first. */
  readonly text: string;
  readonly count: number;
  /** Whether older ones were left out. */
  readonly cut: boolean;
}

/** Everything that the filter takes, up to the limit. `nowMs` by the controller's clock. */
export async function exportEvents(filter: EventFilter, nowMs: number): Promise<Exported> {
  const asked = eventQuery(filter, nowMs);
  const lines: string[] = [];
  let cursor: string | null = null;
  do {
    const page: HistoryPage = await call(apiPath("events"), { query: { ...asked, limit: EXPORT_ROWS, cursor } });
    lines.push(...page.items.map((event: HistoryEvent) => JSON.stringify(event)));
    cursor = page.nextCursor;
  } while (cursor !== null && lines.length < MOST_EXPORTED);
  return { text: lines.map((line) => `${line}\n`).join(""), count: lines.length, cut: cursor !== null };
}

// History by any filter: pages of it, and what is new beside them.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { HistoryPage } from "@fleetvisor/proto/api/v1";
import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type EventFilter, eventQuery } from "../model/events.js";
import { countNews, type News, takeIn } from "../model/fresh-events.js";
import { call } from "./client.js";
import { keys } from "./keys.js";
import { useLive } from "./live-context.js";
import { useAsk } from "./queries.js";

const PAGE_ROWS = 100;

function useAskEvents(filter: EventFilter) {
  const { state } = useLive();
  return (cursor: string | null, signal: AbortSignal) => {
    const asked = eventQuery(filter, Date.now() + state.clockOffsetMs);
    return call<HistoryPage>(apiPath("events"), { query: { ...asked, limit: PAGE_ROWS, cursor }, signal });
  };
}

/** Newest first. Nothing is asked for again by itself: what is new waits beside it, so that rows stay where they are. */
export function useEvents(filter: EventFilter): UseInfiniteQueryResult<InfiniteData<HistoryPage>> {
  const ask = useAskEvents(filter);
  return useInfiniteQuery({
    queryKey: keys.events(filter),
    queryFn: ({ pageParam, signal }) => ask(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: HistoryPage) => page.nextCursor,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface Followed extends News {
  /** Puts the new events at the head of the list. */
  readonly take: () => void;
}

/** What the filter takes beyond the pages that are shown; asked for whenever the live stream tells of something that may be it. */
export function useNews(filter: EventFilter, pages: readonly HistoryPage[] | undefined, following: boolean): Followed {
  const client = useQueryClient();
  const ask = useAskEvents(filter);
  const { poll } = useAsk();
  const { data: fresh } = useQuery({
    queryKey: keys.freshEvents(filter),
    queryFn: ({ signal }) => ask(null, signal),
    enabled: following && pages !== undefined,
    refetchInterval: poll,
    // Whoever begins to follow wants what came meanwhile.
    staleTime: 0,
    retry: false,
  });
  const news = pages === undefined || !following ? { count: 0, orMore: false } : countNews(pages, fresh);
  return {
    ...news,
    take: () => {
      if (fresh === undefined) return;
      client.setQueryData<InfiniteData<HistoryPage>>(keys.events(filter), (old) => {
        if (old === undefined) return undefined;
        const next = takeIn(old.pages, fresh);
        return { pages: [...next], pageParams: old.pageParams.slice(0, next.length) };
      });
    },
  };
}

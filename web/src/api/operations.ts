// Operations, page after page: which are asked for says the filter of the list.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { OperationList } from "@fleetvisor/proto/api/v1";
import { keepPreviousData, type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { type OperationFilter, operationQuery } from "../model/operation-filter.js";
import { call } from "./client.js";
import { keys } from "./keys.js";
import { useAsk } from "./queries.js";

const PAGE_ROWS = 50;

/** Newest first, without their targets; the live stream keeps them right. */
export function useOperationPages(
  filter: OperationFilter,
): UseInfiniteQueryResult<{ readonly pages: readonly OperationList[] }> {
  const { ask, poll } = useAsk();
  const key = keys.operationPages(filter);
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      ask(key, () =>
        call<OperationList>(apiPath("operations"), {
          query: { ...operationQuery(filter), limit: PAGE_ROWS, cursor: pageParam },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page: OperationList) => page.nextCursor ?? null,
    placeholderData: keepPreviousData,
    refetchInterval: poll,
  });
}

// What the pages ask of the controller: one hook an answer, kept right by the live stream.

import { apiPath } from "@fleetvisor/proto/api/paths";
import type {
  FleetSummary,
  HistoryPage,
  Instance,
  InstanceList,
  Operation,
  OperationList,
  Process,
  ProcessList,
} from "@fleetvisor/proto/api/v1";
import {
  keepPreviousData,
  type QueryKey,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { HistoryFilter } from "../model/live-patch.js";
import { instanceSelector, processSelector } from "../model/selector.js";
import { call } from "./client.js";
import { keys } from "./keys.js";
import { useLive } from "./live-context.js";
import { askOperation } from "./whole-operation.js";

const HISTORY_ROWS = 100;

/** How often answers are asked for again while the live stream is away. */
const POLL_MS = 5_000;

export function useFleet(): UseQueryResult<FleetSummary> {
  const { ask, poll } = useAsk();
  return useQuery({
    queryKey: keys.fleet,
    queryFn: ({ signal }) => ask(keys.fleet, () => call<FleetSummary>(apiPath("fleet"), { signal })),
    refetchInterval: poll,
  });
}

/** Alarms are no events of the live stream, so they are asked for now and then. */
const ALARMS_MS = 15_000;

export function useAlarms(): UseQueryResult<FleetSummary["alarms"] | null> {
  return useQuery({
    queryKey: ["alarms"],
    queryFn: async ({ signal }) => (await call<FleetSummary>(apiPath("fleet"), { signal })).alarms ?? null,
    refetchInterval: ALARMS_MS,
  });
}

export function useInstances(): UseQueryResult<InstanceList> {
  const { ask, poll, recent } = useAsk();
  return useQuery({
    queryKey: keys.instances,
    queryFn: ({ signal }) =>
      ask(
        keys.instances,
        () => call<InstanceList>(apiPath("instances"), { signal }),
        (list, askedAtMs) => ({ items: recent.renewInstances(list.items, askedAtMs) }),
      ),
    refetchInterval: poll,
  });
}

export function useInstance(name: string): UseQueryResult<Instance> {
  const { ask, poll, recent } = useAsk();
  return useQuery({
    queryKey: keys.instance(name),
    queryFn: ({ signal }) =>
      ask(
        keys.instance(name),
        () => call<Instance>(apiPath("instance", { instance: name }), { signal }),
        (instance, askedAtMs) => recent.renewInstances([instance], askedAtMs)[0] ?? instance,
      ),
    refetchInterval: poll,
  });
}

export function useProcess(instance: string, group: string, name: string): UseQueryResult<Process> {
  const { ask, poll, recent } = useAsk();
  const key = keys.process(processSelector({ instance, group, name }));
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      ask(
        key,
        () => call<Process>(apiPath("process", { instance, group, name }), { signal }),
        (process, askedAtMs) => recent.renewProcesses([process], askedAtMs)[0] ?? process,
      ),
    refetchInterval: poll,
  });
}

/** The first few processes of a selector, for suggestions; null asks nothing. */
export function useFound(selector: string | null): UseQueryResult<ProcessList> {
  return useQuery({
    queryKey: ["found", selector],
    queryFn: ({ signal }) => call<ProcessList>(apiPath("processes"), { query: { selector, limit: 10 }, signal }),
    enabled: selector !== null,
    placeholderData: keepPreviousData,
  });
}

/** History newest first; null fields of the filter mean any. */
export function useHistory(filter: HistoryFilter): UseInfiniteQueryResult<Pages<HistoryPage>> {
  const { ask, poll } = useAsk();
  const key = keys.history(filter);
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      ask(key, () =>
        call<HistoryPage>(apiPath("events"), {
          query: { selector: selectorOf(filter), limit: HISTORY_ROWS, cursor: pageParam },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page: HistoryPage) => page.nextCursor,
    refetchInterval: poll,
  });
}

/** An operation that this page began; asked for again while it runs, should the stream be away. */
export function useOperation(started: Operation): Operation {
  const { data } = useQuery({
    queryKey: keys.operation(started.id),
    queryFn: ({ signal }) => askOperation(started.id, signal),
    initialData: started,
    // One that has more targets than it was answered with is asked for at once.
    initialDataUpdatedAt: started.moreTargets === undefined ? Date.now() : 0,
    staleTime: 1_000,
    refetchInterval: ({ state }) =>
      state.data?.finishedAtMs === null ? (started.moreTargets ? 15_000 : 2_000) : false,
  });
  return data;
}

/** One operation by its id, with all of its targets. */
export function useOneOperation(id: string): UseQueryResult<Operation> {
  const { ask, poll } = useAsk();
  const key = keys.operation(id);
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(key, () => askOperation(id, signal)),
    refetchInterval: poll,
  });
}

/** The latest operations, newest first, without their targets. */
export function useOperations(limit: number): UseQueryResult<OperationList> {
  const { ask, poll } = useAsk();
  const key = keys.operations(limit);
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(key, () => call<OperationList>(apiPath("operations"), { query: { limit }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: poll,
  });
}

interface Pages<T> {
  readonly pages: readonly T[];
}

function selectorOf({ instance, group, name }: HistoryFilter): string | null {
  if (instance === null) return null;
  return group === null || name === null ? instanceSelector(instance) : processSelector({ instance, group, name });
}

/** How every hook asks: answers are laid under later live changes, and polled for while the stream is away. */
export function useAsk() {
  const live = useLive();
  const client = useQueryClient();
  /** Gets an answer, lays later live changes over it, and asks again if it may predate the stream. */
  async function ask<T>(key: QueryKey, get: () => Promise<T>, renew?: (answer: T, askedAtMs: number) => T): Promise<T> {
    const askedAtMs = performance.now();
    const answer = await get();
    if (live.predatesStream(askedAtMs)) {
      setTimeout(() => void client.invalidateQueries({ queryKey: key, exact: true }), 0);
    }
    return renew === undefined ? answer : renew(answer, askedAtMs);
  }
  const poll = () => (live.state.status === "reconnecting" ? POLL_MS : false);
  return { ask, poll, recent: live.recent };
}

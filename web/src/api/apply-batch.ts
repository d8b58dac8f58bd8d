// Writes a batch of live changes into the query cache and tells which answers must be fetched again.
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
import { hashKey, type InfiniteData, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { type EventFilter, mayBeTaken } from "../model/events.js";
import {
  type Batch,
  type HistoryFilter,
  MOST_NEW_HISTORY,
  patchInstances,
  patchProcessPages,
  patchTrouble,
  prependHistory,
  renewProcess,
} from "../model/live-patch.js";
import type { OperationFilter } from "../model/operation-filter.js";
import { patchOperation, patchOperationList, patchOperationPages } from "../model/operation-patch.js";
import { keys, type ProcessListKey } from "./keys.js";

/** Keys whose answers a patch cannot make right: counts, and lists that rows may have entered or left. */
export function applyBatch(client: QueryClient, batch: Batch): readonly QueryKey[] {
  return [
    ...applyProcesses(client, batch),
    ...applyInstances(client, batch),
    ...applyHistory(client, batch),
    ...applyOperations(client, batch),
  ];
}

function applyProcesses(client: QueryClient, batch: Batch): QueryKey[] {
  const refetch: QueryKey[] = [];
  for (const [target, process] of batch.processes) {
    if (process !== null) {
      client.setQueryData<Process>(keys.process(target), (old) => old && renewProcess(old, process));
    } else if (client.getQueryData(keys.process(target)) !== undefined) refetch.push(keys.process(target));
  }
  if (batch.instances.size > 0) {
    client.setQueriesData<Process>({ queryKey: ["process"] }, (old) => {
      const liveness = old && batch.instances.get(old.instance)?.liveness;
      return old === undefined || liveness === undefined || liveness === old.liveness ? old : { ...old, liveness };
    });
  }
  for (const { list, keys: pageKeys, pages: old } of processLists(client)) {
    const { pages, strangers, gone } = patchProcessPages(old, batch);
    pages.forEach((page, at) => {
      const key = pageKeys[at];
      if (key !== undefined && page !== old[at]) client.setQueryData(key, page);
    });
    const membership = pages !== old && (/\bstate\b/i.test(list.selector) || list.sort !== "target");
    // Where a row is gone those of the pages behind it have moved up.
    if (strangers || membership || gone) refetch.push(keys.processes(list));
  }
  if (batch.processes.size > 0) {
    client.setQueryData<FleetSummary>(keys.fleet, (old) => old && patchTrouble(old, batch));
    refetch.push(keys.fleet, keys.instances, ["instance"]);
  }
  return refetch;
}

interface CachedList {
  readonly list: ProcessListKey;
  readonly keys: readonly QueryKey[];
  readonly pages: readonly ProcessList[];
}

/** The pages of processes that are here, those of one list together. */
function processLists(client: QueryClient): readonly CachedList[] {
  const lists = new Map<string, { list: ProcessListKey; keys: QueryKey[]; pages: ProcessList[] }>();
  for (const [key, page] of client.getQueriesData<ProcessList>({ queryKey: keys.allProcesses })) {
    if (page === undefined) continue;
    const list = key[1] as ProcessListKey;
    const name = hashKey([list]);
    const cached = lists.get(name) ?? { list, keys: [], pages: [] };
    lists.set(name, cached);
    cached.keys.push(key);
    cached.pages.push(page);
  }
  return [...lists.values()];
}

function applyInstances(client: QueryClient, batch: Batch): QueryKey[] {
  if (batch.instances.size === 0) return [];
  client.setQueryData<InstanceList>(keys.instances, (old) => old && patchInstances(old, batch));
  const refetch: QueryKey[] = [keys.fleet];
  for (const [name, instance] of batch.instances) {
    if (instance !== null) {
      client.setQueryData<Instance>(keys.instance(name), (old) => old && { ...old, ...instance });
    } else if (client.getQueryData(keys.instance(name)) !== undefined) refetch.push(keys.instance(name));
  }
  return refetch;
}

function applyHistory(client: QueryClient, batch: Batch): QueryKey[] {
  if (batch.history.length === 0) return [];
  const refetch: QueryKey[] = [];
  for (const { instance, group, name } of batch.history) {
    const timeline = ["timeline", `${instance}/${group}:${name}`];
    if (client.getQueryCache().find({ queryKey: timeline, exact: false }) !== undefined) refetch.push(timeline);
  }
  for (const { queryKey } of client.getQueryCache().findAll({ queryKey: keys.allFreshEvents, type: "active" })) {
    const filter = queryKey[1] as EventFilter;
    if (batch.history.some((event) => mayBeTaken(filter, event))) refetch.push(queryKey);
  }
  for (const [key, old] of client.getQueriesData<InfiniteData<HistoryPage>>({ queryKey: keys.allHistory })) {
    if (old === undefined) continue;
    const pages = prependHistory(old.pages, batch.history, key[1] as HistoryFilter);
    if (pages === old.pages) continue;
    if ((pages[0]?.items.length ?? 0) > MOST_NEW_HISTORY) {
      client.setQueryData(key, { pages: pages.slice(0, 1), pageParams: old.pageParams.slice(0, 1) });
      refetch.push(key);
    } else client.setQueryData(key, { ...old, pages });
  }
  return refetch;
}

/** An operation that is open is always in the cache with its targets; one of many targets is told in parts. */
function applyOperations(client: QueryClient, batch: Batch): QueryKey[] {
  const refetch: QueryKey[] = [];
  for (const [id, operation] of batch.operations) {
    client.setQueryData<Operation>(keys.operation(id), (old) => (old === undefined ? undefined : operation));
  }
  for (const [id, progress] of batch.progress) {
    client.setQueryData<Operation>(keys.operation(id), (old) => old && patchOperation(old, progress));
    if (progress.tooMany === true && client.getQueryData(keys.operation(id)) !== undefined)
      refetch.push(keys.operation(id));
  }
  if (batch.operations.size + batch.progress.size > 0) {
    client.setQueriesData<OperationList>(
      { queryKey: keys.allOperations },
      (old) => old && patchOperationList(old, batch),
    );
    const lists = client.getQueriesData<InfiniteData<OperationList>>({ queryKey: keys.allOperationPages });
    for (const [key, old] of lists) {
      if (old === undefined) continue;
      client.setQueryData(key, { ...old, pages: patchOperationPages(old.pages, batch, key[1] as OperationFilter) });
    }
  }
  return refetch;
}

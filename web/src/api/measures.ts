// What the pages ask about a stretch of time: figures for charts, states for a timeline, what came before an end.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { HistoryEvent, HistoryPage, MetricSeries, Operation, OperationList } from "@fleetvisor/proto/api/v1";
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { LOOK_BACK_MS, type ToldBefore } from "../model/before.js";
import { instanceSelector, processSelector } from "../model/selector.js";
import type { Span } from "../model/spans.js";
import { call } from "./client.js";
import { keys } from "./keys.js";
import { useLive } from "./live-context.js";
import { askOperation } from "./whole-operation.js";

/** A chart has no use for more points than its width in pixels. */
const POINTS = 400;
/** Events of a timeline; a program that crashes all the time has more. */
const MOST_EVENTS = 1_000;
const TIMELINE_MS = 60_000;

export interface Place {
  readonly instance: string;
  readonly group: string;
  readonly name: string;
}

interface Window {
  readonly sinceMs: number;
  readonly untilMs: number;
}

export type Measured = Window & { readonly series: MetricSeries };

/** Figures of a process, or without group and name of a host, up to now; asked for again as often as new points can come. */
export function useMetrics(what: Place | { readonly instance: string }, span: Span): UseQueryResult<Measured> {
  const windowOf = useWindow(span);
  const isProcess = "group" in what;
  const name = isProcess ? `${what.instance}/${what.group}:${what.name}` : what.instance;
  const path = isProcess ? apiPath("processMetrics", { ...what }) : apiPath("instanceMetrics", { ...what });
  return useQuery({
    queryKey: keys.metrics(name, span.key),
    queryFn: async ({ signal }) => {
      const window = windowOf();
      return { ...window, series: await call<MetricSeries>(path, { query: { ...window, points: POINTS }, signal }) };
    },
    placeholderData: keepPreviousData,
    refetchInterval: Math.max(15_000, span.ms / POINTS),
  });
}

export type Told = Window & {
  readonly events: readonly HistoryEvent[];
  /** Whether these are all of that time. */
  readonly complete: boolean;
};

/** The newest events of a process in a span. Live changes ask for them again. */
export function useTimeline(place: Place, span: Span): UseQueryResult<Told> {
  const windowOf = useWindow(span);
  return useQuery({
    queryKey: keys.timeline(`${place.instance}/${place.group}:${place.name}`, span.key),
    queryFn: async ({ signal }) => {
      const window = windowOf();
      const query = { selector: processSelector(place), sinceMs: window.sinceMs, limit: MOST_EVENTS };
      const page = await call<HistoryPage>(apiPath("events"), { query, signal });
      return { ...window, events: page.items, complete: page.nextCursor === null };
    },
    placeholderData: keepPreviousData,
    refetchInterval: TIMELINE_MS,
  });
}

/** Operations of the time before an end that are looked at as a whole. */
const LOOKED_AT = 8;
const BEFORE_ROWS = 300;

/** What happened on the host shortly before an end. `skewMs` is how far the host's clock is ahead of the controller's. */
export function useBefore(end: HistoryEvent, skewMs: number): UseQueryResult<ToldBefore> {
  return useQuery({
    queryKey: keys.before(end.instance, end.id),
    queryFn: async ({ signal }) => {
      const [events, operations] = await Promise.all([
        eventsBefore(end, signal),
        operationsBefore(end, skewMs, signal),
      ]);
      return { events, operations, skewMs };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A program that fails all the time fills a page by itself: what people and the configuration did is then asked for apart. */
async function eventsBefore({ instance, atMs }: HistoryEvent, signal: AbortSignal): Promise<readonly HistoryEvent[]> {
  const query = {
    selector: instanceSelector(instance),
    sinceMs: atMs - LOOK_BACK_MS,
    untilMs: atMs,
    limit: BEFORE_ROWS,
  };
  const ask = (more: { readonly cause?: string; readonly kind?: string }) =>
    call<HistoryPage>(apiPath("events"), { query: { ...query, ...more }, signal });
  const all = await ask({});
  if (all.nextCursor === null) return all.items;
  const apart = await Promise.all([
    ask({ cause: "order" }),
    ask({ kind: "process-added" }),
    ask({ kind: "process-removed" }),
  ]);
  const byId = new Map([all, ...apart].flatMap(({ items }) => items).map((event) => [event.id, event]));
  return [...byId.values()].sort((a, b) => b.id - a.id);
}

/** What was asked for need not have changed a state: a signal, a configuration read anew. */
async function operationsBefore(end: HistoryEvent, skewMs: number, signal: AbortSignal): Promise<readonly Operation[]> {
  const { items } = await call<OperationList>(apiPath("operations"), { query: { limit: 100 }, signal });
  const endAtMs = end.atMs - skewMs;
  const near = items.filter(({ createdAtMs }) => createdAtMs <= endAtMs && endAtMs - createdAtMs <= LOOK_BACK_MS);
  return Promise.all(near.slice(0, LOOKED_AT).map(({ id }) => askOperation(id, signal)));
}

/** The span up to now by the controller's clock. */
function useWindow(span: Span): () => Window {
  const { state } = useLive();
  return () => {
    const untilMs = Math.round(Date.now() + state.clockOffsetMs);
    return { sinceMs: untilMs - span.ms, untilMs };
  };
}

const HOUR_MS = 3_600_000;

/** What happened anywhere in the last hour, newest first; all of it unless `nextCursor` says otherwise. */
export function useLastHour(): UseQueryResult<HistoryPage> {
  const { state } = useLive();
  return useQuery({
    queryKey: ["last-hour"],
    queryFn: ({ signal }) => {
      const sinceMs = Math.round(Date.now() + state.clockOffsetMs - HOUR_MS);
      return call<HistoryPage>(apiPath("events"), { query: { sinceMs, limit: MOST_EVENTS }, signal });
    },
    refetchInterval: 20_000,
  });
}

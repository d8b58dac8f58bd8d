// What the pages ask about a stretch of time: figures for charts, states for a timeline, what came before an end.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { HistoryEvent, HistoryPage, MetricSeries } from "@fleetvisor/proto/api/v1";
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { LOOK_BACK_MS } from "../model/exits.js";
import { instanceSelector, processSelector } from "../model/selector.js";
import type { Span } from "../model/spans.js";
import { call } from "./client.js";
import { keys } from "./keys.js";
import { useLive } from "./live-context.js";

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

/** What happened on the host shortly before an end, newest first. */
export function useBefore(end: HistoryEvent | null): UseQueryResult<HistoryPage> {
  return useQuery({
    queryKey: keys.before(end?.instance ?? "", end?.id ?? 0),
    queryFn: ({ signal }) => {
      const { instance = "", atMs = 0 } = end ?? {};
      const query = { selector: instanceSelector(instance), sinceMs: atMs - LOOK_BACK_MS, untilMs: atMs, limit: 300 };
      return call<HistoryPage>(apiPath("events"), { query, signal });
    },
    enabled: end !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
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

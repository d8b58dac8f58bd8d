// The history explorer's filters: from the URL and back, and to the question that the controller is asked.
import type { HistoryEvent, HistoryQuery } from "@fleetvisor/proto/api/v1";
import {
  HISTORY_CAUSE_NAMES,
  HISTORY_KIND_NAMES,
  type HistoryCause,
  type HistoryKind,
} from "@fleetvisor/proto/vocabulary/history";
import { SPANS, type Span } from "./spans.js";

export interface EventFilter {
  readonly selector: string;
  readonly user: string;
  readonly cause: HistoryCause | null;
  readonly kind: HistoryKind | null;
  /** Null for all of time. */
  readonly span: Span | null;
}

export const ANY_EVENT: EventFilter = { selector: "", user: "", cause: null, kind: null, span: null };

export function parseEventFilter(params: URLSearchParams): EventFilter {
  const text = (name: string) => params.get(name) ?? "";
  return {
    selector: text("q"),
    user: text("user"),
    cause: HISTORY_CAUSE_NAMES.find((name) => name === params.get("cause")) ?? null,
    kind: HISTORY_KIND_NAMES.find((name) => name === params.get("kind")) ?? null,
    span: SPANS.find(({ key }) => key === params.get("span")) ?? null,
  };
}

export function eventFilterParams({ selector, user, cause, kind, span }: EventFilter): URLSearchParams {
  const params = new URLSearchParams();
  if (selector !== "") params.set("q", selector);
  if (user !== "") params.set("user", user);
  if (cause !== null) params.set("cause", cause);
  if (kind !== null) params.set("kind", kind);
  if (span !== null) params.set("span", span.key);
  return params;
}

/** What to ask the controller at a moment of its clock. */
export function eventQuery({ selector, user, cause, kind, span }: EventFilter, nowMs: number): HistoryQuery {
  return {
    ...(selector.trim() === "" ? {} : { selector: selector.trim() }),
    ...(user.trim() === "" ? {} : { user: user.trim() }),
    ...(cause === null ? {} : { cause }),
    ...(kind === null ? {} : { kind }),
    ...(span === null ? {} : { sinceMs: Math.round(nowMs - span.ms) }),
  };
}

export function isFiltered(filter: EventFilter): boolean {
  return eventFilterParams(filter).size > 0;
}

/** Whether a new event can be one that the filter takes: false is certain, true is for the controller to say, which reads selectors. */
export function mayBeTaken({ user, cause, kind }: EventFilter, event: HistoryEvent): boolean {
  if (user.trim() !== "" && event.user !== user.trim()) return false;
  if (kind !== null && event.kind !== kind) return false;
  return cause === null || HAS_CAUSE[cause](event);
}

const HAS_CAUSE: Readonly<Record<HistoryCause, (event: HistoryEvent) => boolean>> = {
  order: ({ operationId }) => operationId !== null,
  signal: ({ exitSignal }) => exitSignal !== null,
  unexpected: ({ exitExpected }) => exitExpected === false,
  "spawn-error": ({ spawnError }) => spawnError !== null,
  restart: ({ fromState, toState, operationId }) =>
    toState === "STARTING" && (fromState === "EXITED" || fromState === "BACKOFF") && operationId === null,
  "out-of-memory": ({ oomKilled }) => oomKilled,
};

// The history explorer's filters: from the URL and back, and to the question that the controller is asked.
import type { HistoryQuery } from "@fleetvisor/proto/api/v1";
import { HISTORY_CAUSE_NAMES, type HistoryCause } from "@fleetvisor/proto/vocabulary/history";
import { SPANS, type Span } from "./spans.js";

export interface EventFilter {
  readonly selector: string;
  readonly user: string;
  readonly cause: HistoryCause | null;
  /** Null for all of time. */
  readonly span: Span | null;
}

export const ANY_EVENT: EventFilter = { selector: "", user: "", cause: null, span: null };

export function parseEventFilter(params: URLSearchParams): EventFilter {
  const text = (name: string) => params.get(name) ?? "";
  return {
    selector: text("q"),
    user: text("user"),
    cause: HISTORY_CAUSE_NAMES.find((name) => name === params.get("cause")) ?? null,
    span: SPANS.find(({ key }) => key === params.get("span")) ?? null,
  };
}

export function eventFilterParams({ selector, user, cause, span }: EventFilter): URLSearchParams {
  const params = new URLSearchParams();
  if (selector !== "") params.set("q", selector);
  if (user !== "") params.set("user", user);
  if (cause !== null) params.set("cause", cause);
  if (span !== null) params.set("span", span.key);
  return params;
}

/** What to ask the controller at a moment of its clock. */
export function eventQuery({ selector, user, cause, span }: EventFilter, nowMs: number): HistoryQuery {
  return {
    ...(selector.trim() === "" ? {} : { selector: selector.trim() }),
    ...(user.trim() === "" ? {} : { user: user.trim() }),
    ...(cause === null ? {} : { cause }),
    ...(span === null ? {} : { sinceMs: Math.round(nowMs - span.ms) }),
  };
}

export function isFiltered(filter: EventFilter): boolean {
  return eventFilterParams(filter).size > 0;
}

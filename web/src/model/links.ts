// Addresses inside the page: one function a page, and the reading of what its query part says. The URL is the view.
import type { OperationState } from "@fleetvisor/proto/vocabulary/operations";
import { isProcessState, type ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { type ColumnId, formatColumns, parseColumns } from "./columns.js";
import { ANY_EVENT, type EventFilter, eventFilterParams } from "./events.js";
import { ANY_INSTANCE, type InstanceFilter, instanceFilterParams } from "./instance-filter.js";
import { type LogsView, logsViewParams, NO_LOGS } from "./logs-view.js";
import { instanceSelector } from "./selector.js";

export type ProcessSort = "target" | "state" | "since" | "cpu" | "memory";

/** What the process table shows. */
export interface ProcessView {
  readonly selector: string;
  /** Only these states; none means all. */
  readonly states: readonly ProcessState[];
  readonly sort: ProcessSort;
  /** Null where the browser's own choice holds. */
  readonly columns?: readonly ColumnId[] | null;
}

const SORTS: readonly ProcessSort[] = ["state", "target", "since", "cpu", "memory"];
const DEFAULT_SORT: ProcessSort = "state";

export function processViewParams(view: ProcessView): URLSearchParams {
  const params = new URLSearchParams();
  if (view.selector !== "") params.set("q", view.selector);
  if (view.states.length > 0) params.set("state", view.states.join(","));
  if (view.sort !== DEFAULT_SORT) params.set("sort", view.sort);
  if (view.columns != null) params.set("columns", formatColumns(view.columns));
  return params;
}

/** Reads a process view from a URL; what it cannot read it leaves at its default. */
export function parseProcessView(params: URLSearchParams): ProcessView {
  const states = (params.get("state") ?? "").split(",").filter(isProcessState);
  const sort = SORTS.find((key) => key === params.get("sort"));
  return {
    selector: params.get("q") ?? "",
    states: [...new Set(states)],
    sort: sort ?? DEFAULT_SORT,
    columns: parseColumns(params.get("columns")),
  };
}

const part = encodeURIComponent;

export const links = {
  home: () => "/",
  processes: (view: Partial<ProcessView> = {}) =>
    withQuery("/processes", processViewParams({ selector: "", states: [], sort: DEFAULT_SORT, ...view })),
  instances: (filter: Partial<InstanceFilter> = {}) =>
    withQuery("/instances", instanceFilterParams({ ...ANY_INSTANCE, ...filter })),
  operations: (states: readonly OperationState[] = []) =>
    withQuery("/operations", new URLSearchParams(states.length === 0 ? {} : { state: states.join(",") })),
  events: (filter: Partial<EventFilter> = {}) => withQuery("/events", eventFilterParams({ ...ANY_EVENT, ...filter })),
  logs: (view: Partial<LogsView> = {}) => withQuery("/logs", logsViewParams({ ...NO_LOGS, ...view })),
  controller: () => "/controller",
  access: (part = "") => (part === "" ? "/access" : `/access/${part}`),
  operation: (id: string) => `/operations/${part(id)}`,
  instance: (name: string) => `/instances/${part(name)}`,
  /** The process table with one instance's processes in one state. */
  instanceState: (name: string, state: ProcessState) =>
    links.processes({ selector: instanceSelector(name), states: [state] }),
  process: (process: { readonly instance: string; readonly group: string; readonly name: string }) =>
    `/instances/${part(process.instance)}/processes/${part(process.group)}/${part(process.name)}`,
};

function withQuery(path: string, params: URLSearchParams): string {
  const query = params.toString();
  return query === "" ? path : `${path}?${query}`;
}

// Names of the answers in the query cache. The live stream finds what to patch by these.
import type { EventFilter } from "../model/events.js";
import type { ProcessSort } from "../model/links.js";
import type { HistoryFilter } from "../model/live-patch.js";
import type { OperationFilter } from "../model/operation-filter.js";

export const keys = {
  session: ["session"] as const,
  fleet: ["fleet"] as const,
  instances: ["instances"] as const,
  instance: (name: string) => ["instance", name] as const,
  allProcesses: ["processes"] as const,
  processes: (list: ProcessListKey) => ["processes", list] as const,
  /** Counted from 0. */
  processPage: (list: ProcessListKey, page: number) => ["processes", list, page] as const,
  process: (target: string) => ["process", target] as const,
  allHistory: ["history"] as const,
  history: (filter: HistoryFilter) => ["history", filter] as const,
  events: (filter: EventFilter) => ["events", filter] as const,
  allFreshEvents: ["events-fresh"] as const,
  freshEvents: (filter: EventFilter) => ["events-fresh", filter] as const,
  /** Of one process, `target`; `span` names how far back. */
  timeline: (target: string, span: string) => ["timeline", target, span] as const,
  before: (target: string, id: number) => ["before", target, id] as const,
  metrics: (what: string, span: string) => ["metrics", what, span] as const,
  operation: (id: string) => ["operation", id] as const,
  allOperations: ["operations"] as const,
  operations: (limit: number) => ["operations", limit] as const,
  allOperationPages: ["operation-pages"] as const,
  operationPages: (filter: OperationFilter) => ["operation-pages", filter] as const,
};

export interface ProcessListKey {
  readonly selector: string;
  readonly sort: ProcessSort;
}

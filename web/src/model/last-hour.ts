// The last hour of the fleet: what became worse in it and is still so, what restarted most, which operations failed.
import type { HistoryEvent, Operation } from "@fleetvisor/proto/api/v1";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { groupBy } from "../lib/group.js";
import { buildHistory } from "./history.js";
import { links } from "./links.js";
import { operationTitle } from "./operations.js";
import { instanceSelector, processSelector } from "./selector.js";
import { parseSpan } from "./spans.js";

const HOUR_MS = 3_600_000;
const MOST = 5;

export interface WorseRow {
  readonly subject: string;
  readonly href: string;
  /** Null for an instance. */
  readonly state: ProcessState | null;
  readonly words: string;
  readonly atMs: number;
}

export interface RestartRow {
  readonly subject: string;
  readonly href: string;
  readonly count: number;
  /** The events behind the count. */
  readonly eventsHref: string;
}

export interface LastHour {
  readonly worse: readonly WorseRow[];
  readonly moreWorse: number;
  readonly restarters: readonly RestartRow[];
  readonly failed: readonly {
    readonly id: string;
    readonly title: string;
    readonly href: string;
    readonly user: string;
  }[];
}

/** `events` newest first, of the last hour. */
export function buildLastHour(
  events: readonly HistoryEvent[],
  operations: readonly Operation[],
  nowMs: number,
): LastHour {
  const bySubject = groupBy(events, ({ instance, group, name }) => `${instance}/${group ?? ""}:${name ?? ""}`);
  const worse = [...bySubject.values()].flatMap((own) => worseRow(own) ?? []);
  return {
    worse: worse.slice(0, MOST),
    moreWorse: Math.max(0, worse.length - MOST),
    restarters: [...bySubject.values()]
      .flatMap((own) => restartRow(own) ?? [])
      .sort((a, b) => b.count - a.count)
      .slice(0, MOST),
    failed: operations
      .filter(
        ({ state, finishedAtMs }) => state === "failed" && finishedAtMs !== null && nowMs - finishedAtMs < HOUR_MS,
      )
      .slice(0, MOST)
      .map((operation) => ({
        id: operation.id,
        title: operationTitle(operation),
        href: links.operation(operation.id),
        user: operation.user,
      })),
  };
}

/** A process or instance that the hour found well and left badly; what was bad before it did not become worse. */
function worseRow(own: readonly HistoryEvent[]): WorseRow | null {
  const [newest] = own;
  const oldest = own.at(-1);
  if (newest === undefined || oldest === undefined) return null;
  const [row] = buildHistory([newest]);
  if (row === undefined || !row.bad || newest.kind === "gap") return null;
  const wasBad = oldest.fromState === "FATAL" || oldest.fromState === "BACKOFF" || oldest.fromState === "UNKNOWN";
  if (wasBad) return null;
  return { subject: row.subject, href: row.href, state: row.state, words: row.words, atMs: row.atMs };
}

/** Starts that nobody asked for; the first one of a new process is no restart. */
function restartRow(own: readonly HistoryEvent[]): RestartRow | null {
  const count = own.filter(
    ({ toState, fromState, operationId }) => toState === "STARTING" && fromState !== "STOPPED" && operationId === null,
  ).length;
  const [row] = buildHistory(own.slice(0, 1));
  const [event] = own;
  if (count < 2 || row === undefined || event === undefined) return null;
  const { instance, group, name } = event;
  const selector =
    group === null || name === null ? instanceSelector(instance) : processSelector({ instance, group, name });
  return { subject: row.subject, href: row.href, count, eventsHref: links.events({ selector, span: parseSpan("1h") }) };
}

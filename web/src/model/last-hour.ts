// The last hour of the fleet: what became worse in it and is still so, what restarted most, which operations fail or failed.
import type { HistoryEvent, Operation } from "@fleetvisor/proto/api/v1";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { groupBy } from "../lib/group.js";
import { buildHistory } from "./history.js";
import { links } from "./links.js";
import { operationTitle, progressOf } from "./operations.js";
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

export interface FailedRow {
  readonly id: string;
  readonly title: string;
  readonly href: string;
  readonly user: string;
  /** Targets of it that failed or whose fate is not known, and their rows. */
  readonly count: number;
  readonly countHref: string;
  /** It goes on all the same. */
  readonly underWay: boolean;
}

export interface LastHour {
  /** All of them, the newest first. */
  readonly worse: readonly WorseRow[];
  readonly restarters: readonly RestartRow[];
  readonly failed: readonly FailedRow[];
}

/** `events` newest first, of the last hour. */
export function buildLastHour(
  events: readonly HistoryEvent[],
  operations: readonly Operation[],
  nowMs: number,
): LastHour {
  const bySubject = groupBy(events, ({ instance, group, name }) => `${instance}/${group ?? ""}:${name ?? ""}`);
  const failed = operations.flatMap((operation) => failedRow(operation, nowMs) ?? []);
  return {
    worse: [...bySubject.values()].flatMap((own) => worseRow(own) ?? []),
    restarters: [...bySubject.values()]
      .flatMap((own) => restartRow(own) ?? [])
      .sort((a, b) => b.count - a.count)
      .slice(0, MOST),
    failed: failed.slice(0, MOST),
  };
}

/** One that failed within the hour, or goes on though some of its targets failed. */
function failedRow(operation: Operation, nowMs: number): FailedRow | null {
  const { id, state, finishedAtMs, user } = operation;
  const count = progressOf(operation)
    .counts.filter(({ result }) => result === "failed" || result === "unknown")
    .reduce((sum, { count }) => sum + count, 0);
  const lately = state === "failed" && finishedAtMs !== null && nowMs - finishedAtMs < HOUR_MS;
  const underWay = finishedAtMs === null;
  if (!lately && !(underWay && count > 0)) return null;
  const href = links.operation(id);
  return {
    id,
    title: operationTitle(operation),
    href,
    user,
    count,
    countHref: `${href}?result=failed,unknown`,
    underWay,
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

/** What the controller finds by the cause `restart`. */
export function isRestart({ toState, fromState, operationId }: HistoryEvent): boolean {
  return toState === "STARTING" && (fromState === "EXITED" || fromState === "BACKOFF") && operationId === null;
}

/** A process that restarts again and again; once is no news. */
function restartRow(own: readonly HistoryEvent[]): RestartRow | null {
  const count = own.filter(isRestart).length;
  const [row] = buildHistory(own.slice(0, 1));
  const [event] = own;
  if (count < 2 || row === undefined || event === undefined) return null;
  const { instance, group, name } = event;
  const selector =
    group === null || name === null ? instanceSelector(instance) : processSelector({ instance, group, name });
  const eventsHref = links.events({ selector, cause: "restart", span: parseSpan("1h") });
  return { subject: row.subject, href: row.href, count, eventsHref };
}

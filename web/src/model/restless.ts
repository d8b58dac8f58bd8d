// Processes that are up and will not stay so: they restart again and again, which no count of states shows.
import type { HistoryEvent, Process } from "@fleetvisor/proto/api/v1";
import { groupBy } from "../lib/group.js";
import { buildHistory } from "./history.js";
import { isRestart } from "./last-hour.js";
import { links } from "./links.js";
import { processSelector } from "./selector.js";
import { parseSpan } from "./spans.js";

/** So many restarts in the hour, the newest of them as lately as this, are a habit and not an accident that is over. */
const LEAST = 3;
const LATELY_MS = 15 * 60_000;

export interface RestlessRow {
  readonly process: Pick<Process, "instance" | "group" | "name">;
  readonly href: string;
  /** Restarts in the hour that nobody asked for, and the events behind them. */
  readonly count: number;
  /** Not all events of the hour were looked at: there may be more. */
  readonly atLeast: boolean;
  readonly eventsHref: string;
  /** How the last of its lives that ended badly did; empty where none was told. */
  readonly reason: string;
}

/** `events` newest first, of the last hour; `complete`: all of them. Who restarts most comes first. */
export function buildRestless(
  events: readonly HistoryEvent[],
  complete: boolean,
  nowMs: number,
): readonly RestlessRow[] {
  const bySubject = groupBy(events, ({ instance, group, name }) => `${instance}/${group ?? ""}:${name ?? ""}`);
  return [...bySubject.values()]
    .flatMap((own) => restlessRow(own, complete, nowMs) ?? [])
    .sort((a, b) => b.count - a.count);
}

function restlessRow(own: readonly HistoryEvent[], complete: boolean, nowMs: number): RestlessRow | null {
  const [newest] = own;
  const restarts = own.filter(isRestart);
  const [last] = restarts;
  if (newest === undefined || last === undefined || restarts.length < LEAST || nowMs - last.atMs > LATELY_MS)
    return null;
  const { instance, group, name, toState } = newest;
  // What is given up, failing or stopped is told as that.
  const isUp = toState === "STARTING" || toState === "RUNNING" || toState === "EXITED";
  if (group === null || name === null || !isUp) return null;
  const process = { instance, group, name };
  const end = buildHistory(own.filter(({ uptimeMs }) => uptimeMs !== null)).find(({ bad }) => bad);
  return {
    process,
    href: links.process(process),
    count: restarts.length,
    atLeast: !complete,
    eventsHref: links.events({ selector: processSelector(process), cause: "restart", span: parseSpan("1h") }),
    reason: end?.words ?? "",
  };
}

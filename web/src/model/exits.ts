// Ends of lives out of history.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { formatBytes, formatUptime } from "../lib/format.js";
import { buildHistory, type HistoryRow } from "./history.js";
import { saysLessThanTheEnd } from "./reason.js";

/** Figures of the ended life are empty where they are not known; an agent tells 0 for memory that it could not see. */
export interface ExitRow {
  readonly id: number;
  readonly atMs: number;
  readonly cause: string;
  readonly bad: boolean;
  readonly uptime: string;
  readonly cpu: string;
  readonly memory: string;
  readonly who: string;
  readonly operationHref: string | null;
  readonly tails: HistoryRow["tails"];
}

/** Ended lives and starts that failed, in the order given. The step to FATAL after them repeats the last and is left out. */
export function buildExits(events: readonly HistoryEvent[]): readonly ExitRow[] {
  const ends = events.filter(isEnd);
  return buildHistory(ends).map((row, at) => {
    const { cpuMs = null, peakMemoryBytes = null } = ends[at] ?? {};
    return {
      id: row.id,
      atMs: row.atMs,
      cause: row.words,
      bad: row.bad,
      uptime: row.uptime,
      cpu: cpuMs === null ? "" : formatUptime(cpuMs),
      memory: peakMemoryBytes === null || peakMemoryBytes === 0 ? "" : formatBytes(peakMemoryBytes),
      who: row.who,
      operationHref: row.operationHref,
      tails: row.tails,
    };
  });
}

export function isEnd({ kind, uptimeMs, spawnError }: HistoryEvent): boolean {
  return kind === "process-state" && (uptimeMs !== null || (spawnError !== null && !saysLessThanTheEnd(spawnError)));
}

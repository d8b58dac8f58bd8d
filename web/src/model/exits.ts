// Ends of lives out of history, and what happened shortly before one of them.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { t } from "../i18n/i18n.js";
import { formatBytes, formatSpan, formatUptime } from "../lib/format.js";
import { buildHistory, type HistoryRow } from "./history.js";
import { links } from "./links.js";
import { saysLessThanTheEnd } from "./reason.js";

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
      memory: peakMemoryBytes === null ? "" : formatBytes(peakMemoryBytes),
      who: row.who,
      operationHref: row.operationHref,
      tails: row.tails,
    };
  });
}

export function isEnd({ kind, uptimeMs, spawnError }: HistoryEvent): boolean {
  return kind === "process-state" && (uptimeMs !== null || (spawnError !== null && !saysLessThanTheEnd(spawnError)));
}

/** How far before an end one looks for its reason. */
export const LOOK_BACK_MS = 15 * 60_000;

export interface BeforeRow {
  readonly id: number;
  /** What happened: `ann asked for an operation`, `added by the configuration`. */
  readonly words: string;
  readonly subject: string;
  readonly subjectHref: string;
  readonly operationHref: string | null;
  /** `12s before`. */
  readonly when: string;
}

const MOST_BEFORE = 6;

/**
 * What changed on the host in the quarter of an hour before an end, newest first: what people asked for (each operation once), what the
 * configuration brought or took, and ends of other processes. What the process did by itself is left out.
 */
export function buildBefore(end: HistoryEvent, events: readonly HistoryEvent[]): readonly BeforeRow[] {
  const told = new Set<string>();
  const rows: BeforeRow[] = [];
  for (const event of events) {
    if (event.id >= end.id || event.atMs > end.atMs || end.atMs - event.atMs > LOOK_BACK_MS) continue;
    const row = beforeRow(event, end, told);
    if (row !== null) rows.push(row);
    if (rows.length === MOST_BEFORE) break;
  }
  return rows;
}

function beforeRow(event: HistoryEvent, end: HistoryEvent, told: Set<string>): BeforeRow | null {
  const [row] = buildHistory([event]);
  if (row === undefined) return null;
  const itself = event.group === end.group && event.name === end.name;
  const place = { id: event.id, subject: row.subject, subjectHref: row.href };
  const when = t("process:before.when", { span: formatSpan(end.atMs - event.atMs) });
  if (event.operationId !== null) {
    // The order that ended this very life is its cause, told beside it.
    if (told.has(event.operationId) || event.operationId === end.operationId) return null;
    told.add(event.operationId);
    const words = t("process:before.asked", { user: event.user ?? t("process:before.somebody") });
    return { ...place, words, operationHref: links.operation(event.operationId), when };
  }
  const changed = event.kind !== "process-state";
  if (!changed && (itself || !isEnd(event))) return null;
  return {
    ...place,
    words: event.user === null ? row.words : t("process:before.by", { what: row.words, user: event.user }),
    operationHref: null,
    when,
  };
}

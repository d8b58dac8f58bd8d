// What goes into an exported file: its kinds, and rows of processes and history as lines of each.
import type { HistoryEvent, Process } from "@fleetvisor/proto/api/v1";
import { type CsvValue, csvLine } from "./csv.js";

export const EXPORT_FORMATS = {
  csv: { type: "text/csv", extension: "csv" },
  ndjson: { type: "application/x-ndjson", extension: "ndjson" },
} as const;

export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** How rows of a kind become text; fields are those of the API under their own names, so that a file can be read by a program. */
export interface Exported<Row> {
  readonly head: (format: ExportFormat) => string;
  readonly line: (format: ExportFormat, row: Row) => string;
}

function exported<Row>(fields: readonly (keyof Row & string)[]): Exported<Row> {
  return {
    head: (format) => (format === "csv" ? csvLine(fields) : ""),
    line: (format, row) =>
      format === "csv" ? csvLine(fields.map((field) => cell(field, row[field]))) : `${JSON.stringify(row)}\n`,
  };
}

/** Moments are ISO 8601 in CSV, where nobody reads milliseconds. */
function cell(field: string, value: unknown): CsvValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" && /(^at|^since|At)Ms$/.test(field)) return new Date(value).toISOString();
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : JSON.stringify(value);
}

const PROCESS_FIELDS = [
  ...["target", "instance", "group", "name", "state", "liveness", "sinceMs", "pid", "startedAtMs", "stoppedAtMs"],
  ...["exitCode", "exitSignal", "exitExpected", "spawnError", "tries", "description", "command", "priority"],
  ...["autostart", "autorestart", "cpuPercent", "memoryBytes"],
] as readonly (keyof Process & string)[];

const EVENT_FIELDS = [
  ...["id", "kind", "atMs", "instance", "group", "name", "fromState", "toState", "pid", "exitCode", "exitSignal"],
  ...["exitExpected", "coreDumped", "oomKilled", "spawnError", "uptimeMs", "cpuMs", "peakMemoryBytes"],
  ...["operationId", "user", "detail", "stderrTail", "stdoutTail"],
] as readonly (keyof HistoryEvent & string)[];

export const EXPORTED_PROCESSES: Exported<Process> = exported(PROCESS_FIELDS);
export const EXPORTED_EVENTS: Exported<HistoryEvent> = exported(EVENT_FIELDS);

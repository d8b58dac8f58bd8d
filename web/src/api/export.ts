// Everything that a question finds as one file: page after page, each handed to the browser at once, so that the page's own memory stays small.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { HistoryEvent, HistoryPage, Process, ProcessList } from "@fleetvisor/proto/api/v1";
import { type EventFilter, eventQuery } from "../model/events.js";
import {
  EXPORT_FORMATS,
  EXPORTED_EVENTS,
  EXPORTED_PROCESSES,
  type Exported,
  type ExportFormat,
} from "../model/export.js";
import { call } from "./client.js";

/** The most that the API gives at a time. */
const PAGE_ROWS = 1_000;

export interface ExportProgress {
  readonly done: number;
  /** Null where it is not known beforehand. */
  readonly total: number | null;
}

interface ExportRun {
  readonly format: ExportFormat;
  readonly onProgress: (progress: ExportProgress) => void;
  readonly signal: AbortSignal;
}

/** What can be exported: begun with a format, it gives the file, or fails as a request does, or with the signal's reason. */
export type ExportSource = (run: ExportRun) => Promise<Blob>;

interface Page<Row> {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
  readonly total?: number;
}

/** Processes that a selector takes (empty: every one), in the order of their targets. */
export function processExport(selector: string): ExportSource {
  return (run) =>
    gather(
      run,
      EXPORTED_PROCESSES,
      (cursor) =>
        call<ProcessList>(apiPath("processes"), {
          query: { selector, sort: "target", limit: PAGE_ROWS, cursor },
          signal: run.signal,
        }) satisfies Promise<Page<Process>>,
    );
}

/** History that a filter takes, newest first. `nowMs` by the controller's clock. */
export function eventExport(filter: EventFilter, nowMs: () => number): ExportSource {
  return (run) => {
    const asked = eventQuery(filter, nowMs());
    return gather(
      run,
      EXPORTED_EVENTS,
      (cursor) =>
        call<HistoryPage>(apiPath("events"), {
          query: { ...asked, limit: PAGE_ROWS, cursor },
          signal: run.signal,
        }) satisfies Promise<Page<HistoryEvent>>,
    );
  };
}

async function gather<Row>(
  { format, onProgress, signal }: ExportRun,
  { head, line }: Exported<Row>,
  pageAt: (cursor: string | null) => Promise<Page<Row>>,
): Promise<Blob> {
  const parts: Blob[] = [new Blob([head(format)])];
  let done = 0;
  let cursor: string | null = null;
  do {
    const page: Page<Row> = await pageAt(cursor);
    signal.throwIfAborted();
    // A blob is the browser's to keep, on disk if need be; text would be ours.
    parts.push(new Blob([page.items.map((row) => line(format, row)).join("")]));
    done += page.items.length;
    onProgress({ done, total: page.total ?? null });
    cursor = page.nextCursor;
  } while (cursor !== null);
  return new Blob(parts, { type: EXPORT_FORMATS[format].type });
}

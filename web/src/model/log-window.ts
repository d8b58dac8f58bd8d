// A part of a log that does not follow its end: pages of it side by side, more at either end, bounded by letting go of the other one.
import type { LogPage } from "@fleetvisor/proto/api/logs";
import { t } from "../i18n/i18n.js";
import { appendText, EMPTY_LOG, type LogRow } from "./log-buffer.js";

interface WindowPage {
  readonly page: Pick<LogPage, "start" | "end" | "backup" | "isOldest" | "isNewest">;
  readonly rows: readonly LogRow[];
  /** The last row is text without its line feed yet. */
  readonly open: string | null;
}

export interface LogWindow {
  /** Never none. */
  readonly pages: readonly WindowPage[];
  readonly rows: readonly LogRow[];
}

/** Some megabytes of text. */
const MOST_PAGES = 48;

export function openWindow(page: LogPage): LogWindow {
  return windowOf([pageOf(page, 1)]);
}

/** With the page before it; far pages at its end are let go. */
export function addEarlier(window: LogWindow, page: LogPage): LogWindow {
  const [first] = window.pages;
  const rowCount = countOf(page.text);
  const added = pageOf(page, (first?.rows[0]?.id ?? 1) - rowCount - 1);
  return windowOf([added, ...window.pages].slice(0, MOST_PAGES));
}

/** With the page after it, whose first line may be the end of a line; far pages at its beginning are let go. */
export function addLater(window: LogWindow, page: LogPage): LogWindow {
  const last = window.pages.at(-1);
  const nextId = (last?.rows.at(-1)?.id ?? 0) + 2;
  // A line that was being written when it was read goes on in the page after it.
  if (last !== undefined && last.open !== null && page.start === last.page.end && page.text !== "") {
    const { start } = last.page;
    const joined = pageOf({ ...page, start, text: last.open + page.text }, last.rows.at(-1)?.id ?? nextId);
    const kept = { ...last, rows: last.rows.slice(0, -1), open: null };
    return windowOf([...window.pages.slice(0, -1), kept, { ...joined, page }].slice(-MOST_PAGES));
  }
  return windowOf([...window.pages, pageOf(page, nextId)].slice(-MOST_PAGES));
}

/** Where the page before it ends; null when nothing older is kept. */
export function earlierOf({ pages }: LogWindow): string | null {
  const first = pages[0]?.page;
  return first === undefined || first.isOldest ? null : first.start;
}

/** Where the page after it begins. */
export function laterOf({ pages }: LogWindow): string {
  return pages.at(-1)?.page.end ?? "";
}

/** Whether it reached the end of the log when that was last looked at. */
export function isAtEnd({ pages }: LogWindow): boolean {
  return pages.at(-1)?.page.isNewest ?? false;
}

/** The rows that begin with the lines of `text`, by which its last is found: the last row of the first page that was opened. */
export function lastRowId({ pages }: LogWindow): number | null {
  return pages[0]?.rows.at(-1)?.id ?? null;
}

function pageOf(page: LogPage, firstId: number): WindowPage {
  const { start, end, backup, isOldest, isNewest } = page;
  const buffer = appendText({ ...EMPTY_LOG, nextId: firstId }, page.text);
  return {
    page: { start, end, backup, isOldest, isNewest },
    rows: buffer.rows,
    open: buffer.open === null ? null : buffer.open.raw,
  };
}

/** At least so many rows. */
function countOf(text: string): number {
  return appendText(EMPTY_LOG, text).rows.length;
}

function windowOf(pages: readonly WindowPage[]): LogWindow {
  const rows = pages.flatMap(({ page, rows }, at) => {
    const before = pages[at - 1]?.page;
    // Pages of one file touch; between two files the log was rotated.
    const isSeam = before !== undefined && page.start !== before.end && page.start.endsWith("@0");
    const id = (rows[0]?.id ?? 1) - 1;
    return isSeam ? [{ id, type: "note" as const, text: t("logs:rotatedHere") }, ...rows] : rows;
  });
  return { pages, rows };
}

// Lines of several logs as one list in the order in which they came, each with whose it is; bounded in number and size.
import { t } from "../i18n/i18n.js";
import { type AnsiStyle, PLAIN, parseAnsi } from "./ansi.js";
import type { LogRow } from "./log-buffer.js";

interface MergedRow {
  readonly row: LogRow;
  /** Place of its log among those that are followed; null for a remark. */
  readonly source: number | null;
  /** When it came, by the clock of the browser; null for what was written before. */
  readonly atMs: number | null;
}

/** The beginning of a line whose end has not come. */
interface OpenLine {
  readonly raw: string;
  readonly style: AnsiStyle;
  readonly sinceMs: number;
}

export interface LogMerge {
  readonly rows: readonly MergedRow[];
  readonly open: ReadonlyMap<number, OpenLine>;
  readonly nextId: number;
  /** Rows dropped at the head so far. */
  readonly dropped: number;
  readonly chars: number;
}

export const EMPTY_MERGE: LogMerge = { rows: [], open: new Map(), nextId: 1, dropped: 0, chars: 0 };

const MOST_ROWS = 20_000;
const MOST_CHARS = 8_000_000;
const LONGEST_LINE = 16_384;

/** What came of one log. */
export interface Piece {
  readonly source: number;
  readonly text: string;
  readonly isTail: boolean;
  readonly atMs: number;
}

/** Adds pieces in their order. A line without an end waits for it, so that lines of several logs are not mixed. */
export function appendPieces(merge: LogMerge, pieces: readonly Piece[], most = MOST_ROWS): LogMerge {
  const rows = merge.rows.slice();
  const open = new Map(merge.open);
  let { nextId, chars } = merge;
  for (const { source, text, isTail, atMs } of pieces) {
    const before = open.get(source);
    const lines = ((before?.raw ?? "") + text).split("\n");
    let style = before?.style ?? PLAIN;
    let rest = lines.pop() ?? "";
    // An endless line is broken instead of growing.
    for (; rest.length > LONGEST_LINE; rest = rest.slice(LONGEST_LINE)) lines.push(rest.slice(0, LONGEST_LINE));
    for (const raw of lines) {
      const line = parseAnsi(raw, style);
      style = line.style;
      rows.push({
        row: { id: nextId++, type: "text", text: line.text, spans: line.spans },
        source,
        atMs: isTail ? null : atMs,
      });
      chars += line.text.length;
    }
    if (rest === "") open.delete(source);
    else open.set(source, { raw: rest, style, sinceMs: lines.length === 0 ? (before?.sinceMs ?? atMs) : atMs });
  }
  return bounded({ ...merge, rows, open, nextId, chars }, most);
}

/** Shows the beginnings of lines that have waited so long; what follows them is a line of its own. */
export function releaseOpen(merge: LogMerge, nowMs: number, patienceMs: number): LogMerge {
  const due = [...merge.open].filter(([, { sinceMs }]) => nowMs - sinceMs >= patienceMs);
  if (due.length === 0) return merge;
  return appendPieces(
    merge,
    due.map(([source]) => ({ source, text: "\n", isTail: false, atMs: nowMs })),
  );
}

export function addRemark(merge: LogMerge, text: string): LogMerge {
  const row = { id: merge.nextId, type: "note" as const, text };
  const rows = [...merge.rows, { row, source: null, atMs: null }];
  return bounded({ ...merge, rows, nextId: merge.nextId + 1, chars: merge.chars + text.length }, MOST_ROWS);
}

export function clearMerge(merge: LogMerge): LogMerge {
  return { ...merge, rows: [], dropped: 0, chars: 0 };
}

function bounded(merge: LogMerge, most: number): LogMerge {
  let { chars } = merge;
  let drop = Math.max(0, merge.rows.length - most);
  for (let at = 0; at < drop; at++) chars -= merge.rows[at]?.row.text.length ?? 0;
  while (chars > MOST_CHARS && drop < merge.rows.length - 1) chars -= merge.rows[drop++]?.row.text.length ?? 0;
  return drop === 0 ? merge : { ...merge, rows: merge.rows.slice(drop), dropped: merge.dropped + drop, chars };
}

export interface MergedLog {
  readonly target: string;
  readonly channel: "stdout" | "stderr";
}

export interface MergedSource {
  /** `web-1/api:api-0`, or `web-1/nginx` where the group is called like its process; the channel only where there are both. */
  readonly label: string;
  readonly target: string;
  readonly href: { readonly instance: string; readonly group: string; readonly name: string };
  /** Name of a CSS variable. */
  readonly colour: string;
}

/** Terminal colours that can be told apart on the log's ground in both schemes. */
const COLOURS = [4, 2, 5, 3, 6, 1, 12, 10, 13, 11, 14, 9];

/** How the logs are named and coloured. */
export function buildSources(logs: readonly MergedLog[]): readonly MergedSource[] {
  const hasBoth = new Set(logs.map(({ channel }) => channel)).size > 1;
  return logs.map(({ target, channel }, at) => {
    const slash = target.indexOf("/");
    const instance = target.slice(0, slash);
    const [group = "", name = ""] = target.slice(slash + 1).split(":");
    const whose = group === name ? `${instance}/${name}` : target;
    return {
      label: hasBoth ? `${whose} ${channel}` : whose,
      target,
      href: { instance, group, name },
      colour: `var(--fv-ansi-${COLOURS[at % COLOURS.length]})`,
    };
  });
}

export interface Told {
  readonly total: number;
  readonly followed: number;
  readonly forbidden: number;
}

/** What is not on the page though it was asked for, in sentences. */
export function missingWords({ total, followed, forbidden }: Told): readonly string[] {
  return [
    ...(total > followed ? [t("logs:page.more", { count: total - followed })] : []),
    ...(forbidden > 0 ? [t("logs:page.forbidden", { count: forbidden })] : []),
  ];
}

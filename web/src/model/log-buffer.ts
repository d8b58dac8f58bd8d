// The lines of a followed log that the page keeps: chunks in, numbered lines out, bounded in number and size.
import { type AnsiSpan, type AnsiStyle, PLAIN, parseAnsi } from "./ansi.js";

export type LogRow =
  | { readonly id: number; readonly type: "text"; readonly text: string; readonly spans: readonly AnsiSpan[] }
  /** A remark of ours between the lines: bytes skipped, link lost, end of the log. */
  | { readonly id: number; readonly type: "note"; readonly text: string };

export interface LogBuffer {
  readonly rows: readonly LogRow[];
  /** The last row is text without its line feed yet: `raw` of it, to be read again with what follows. */
  readonly open: { readonly raw: string; readonly style: AnsiStyle } | null;
  /** What is switched on where the next line begins. */
  readonly style: AnsiStyle;
  readonly nextId: number;
  /** Rows dropped at the head so far, for the words "earlier lines were dropped". */
  readonly dropped: number;
  /** Characters in `rows`. */
  readonly chars: number;
}

export const EMPTY_LOG: LogBuffer = { rows: [], open: null, style: PLAIN, nextId: 1, dropped: 0, chars: 0 };

export interface LogLimits {
  readonly rows: number;
  readonly chars: number;
}

const LOG_LIMITS: LogLimits = { rows: 20_000, chars: 8_000_000 };

/** A line longer than this is broken, so that one endless line cannot hold everything. Characters. */
const LONGEST_LINE = 16_384;

/** Adds text as it came; it may begin and end in the middle of a line. */
export function appendText(buffer: LogBuffer, text: string, limits: LogLimits = LOG_LIMITS): LogBuffer {
  if (text === "") return buffer;
  const rows = buffer.rows.slice();
  let { style, nextId, chars } = buffer;
  let rest = text;
  if (buffer.open !== null) {
    const last = rows.pop();
    if (last !== undefined) {
      chars -= last.text.length;
      nextId = last.id;
    }
    rest = buffer.open.raw + text;
    style = buffer.open.style;
  }
  let open: LogBuffer["open"] = null;
  const push = (raw: string) => {
    const line = parseAnsi(raw, style);
    rows.push({ id: nextId++, type: "text", text: line.text, spans: line.spans });
    chars += line.text.length;
    return line.style;
  };
  for (let from = 0; from < rest.length; ) {
    const feed = rest.indexOf("\n", from);
    const end = feed < 0 ? rest.length : feed;
    if (end - from > LONGEST_LINE) {
      const cut = from + safeCut(rest, from, LONGEST_LINE);
      style = push(rest.slice(from, cut));
      from = cut;
    } else if (feed < 0) {
      const raw = rest.slice(from);
      push(raw);
      open = { raw, style };
      break;
    } else {
      style = push(rest.slice(from, feed));
      from = feed + 1;
    }
  }
  return bounded({ ...buffer, rows, open, style, nextId, chars }, limits);
}

/** Adds a remark on a line of its own. */
export function appendNote(buffer: LogBuffer, text: string, limits: LogLimits = LOG_LIMITS): LogBuffer {
  const rows = [...buffer.rows, { id: buffer.nextId, type: "note" as const, text }];
  const next = { ...buffer, rows, open: null, nextId: buffer.nextId + 1, chars: buffer.chars + text.length };
  return bounded(next, limits);
}

/** Forgets what is shown; what comes next goes on with its number and style. */
export function clearLog(buffer: LogBuffer): LogBuffer {
  return { ...buffer, rows: [], open: null, dropped: 0, chars: 0 };
}

/**
 * What is new in `tail`, the last part of a log fetched again after a cut: everything after the newest lines that the
 * buffer has already. Null when the two do not meet, so lines may be missing between them.
 */
export function unseenPart(buffer: LogBuffer, tail: string): string | null {
  const seen: string[] = [];
  for (let i = buffer.rows.length - 1; i >= 0 && seen.length < 5; i--) {
    const row = buffer.rows[i];
    if (row === undefined || row.type === "note") continue;
    if (i === buffer.rows.length - 1 && buffer.open !== null) continue;
    seen.unshift(row.text);
  }
  if (seen.length === 0) return null;
  const lines = tail.split("\n");
  const plain = lines.map((line) => parseAnsi(line).text);
  for (let at = lines.length - seen.length; at >= 0; at--) {
    if (seen.every((line, k) => plain[at + k] === line)) return lines.slice(at + seen.length).join("\n");
  }
  return null;
}

function bounded(buffer: LogBuffer, limits: LogLimits): LogBuffer {
  let { chars } = buffer;
  let drop = Math.max(0, buffer.rows.length - limits.rows);
  for (let i = 0; i < drop; i++) chars -= buffer.rows[i]?.text.length ?? 0;
  while (chars > limits.chars && drop < buffer.rows.length - 1) chars -= buffer.rows[drop++]?.text.length ?? 0;
  return drop === 0 ? buffer : { ...buffer, rows: buffer.rows.slice(drop), dropped: buffer.dropped + drop, chars };
}

/** Length of a cut that does not part a surrogate pair or an escape sequence begun shortly before it. */
function safeCut(text: string, from: number, length: number): number {
  const sequence = text.lastIndexOf("\x1b", from + length);
  if (sequence > from && from + length - sequence < 32) return sequence - from;
  const last = text.charCodeAt(from + length - 1);
  return last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
}

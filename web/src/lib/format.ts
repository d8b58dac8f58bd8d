// Numbers, spans of time and sizes as people read them, in the language of now.
import { language, t } from "../i18n/i18n.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span in its two largest units: `4s`, `3m 07s`, `2h 05m`, `12d 3h`. Negative spans (clocks disagree) read as `0s`. */
export function formatSpan(ms: number): string {
  const whole = (unit: number, within = Number.POSITIVE_INFINITY) => Math.floor((ms % within) / unit);
  if (ms < MINUTE) return t("span.s", { n: Math.max(0, whole(SECOND)) });
  if (ms < HOUR) return t("span.ms_s", { m: whole(MINUTE), s: pad(whole(SECOND, MINUTE)) });
  if (ms < DAY) return t("span.hm", { h: whole(HOUR), m: pad(whole(MINUTE, HOUR)) });
  return t("span.dh", { d: whole(DAY), h: whole(HOUR, DAY) });
}

/** How long a life lasted, exactly where it was short, because quick deaths differ there: `12ms`, `1.4s`, `3m 07s`. */
export function formatUptime(ms: number): string {
  if (ms < SECOND) return t("span.ms", { n: Math.max(0, Math.round(ms)) });
  return ms < 10 * SECOND ? t("span.s", { n: formatNumber(ms / SECOND, 1) }) : formatSpan(ms);
}

/** `just now` up to two seconds, then `4s ago`. */
export function formatAgo(ms: number): string {
  return ms < 2 * SECOND ? t("justNow") : t("ago", { span: formatSpan(ms) });
}

/** Bytes with a unit of 1024: `512 B`, `1.5 KiB`, `32 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${formatNumber(value, unit === 0 || value >= 10 ? 0 : 1)} ${units[unit]}`;
}

/** A whole number in groups: `200,000`. */
export function formatCount(count: number): string {
  return formatNumber(count, 0);
}

/** A number with exactly that many decimals, as the language of now writes it: `1.4`, `1,4`. */
function formatNumber(value: number, decimals: number): string {
  const key = `${language()} ${decimals}`;
  let format = FORMATS.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(language(), { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    FORMATS.set(key, format);
  }
  return format.format(value);
}

/** Making one takes longer than a hundred uses of it. */
const FORMATS = new Map<string, Intl.NumberFormat>();

// Swedes write dates and times as ISO 8601 does, so that a column of them sorts by its letters.
const MOMENT = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" });

/** The moment in the reader's own time zone, to the second, sortable, the same in every language: `2026-11-21 09:05:48`. */
export function formatMoment(atMs: number): string {
  return MOMENT.format(atMs);
}

/** `a, b and c`; with more than `most`, `a, b and 3 more`. */
export function listWords(words: readonly string[], most = 3): string {
  const shown =
    words.length > most ? [...words.slice(0, most - 1), t("list.andMore", { count: words.length - most + 1 })] : words;
  // British English puts no comma before "and"; nothing else of it differs here.
  return new Intl.ListFormat(language() === "en" ? "en-GB" : language()).format(shown);
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}

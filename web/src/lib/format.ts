// Numbers, spans of time and sizes as people read them.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span in its two largest units: `4s`, `3m 07s`, `2h 05m`, `12d 3h`. Negative spans (clocks disagree) read as `0s`. */
export function formatSpan(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m ${pad(Math.floor((ms % MINUTE) / SECOND))}s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h ${pad(Math.floor((ms % HOUR) / MINUTE))}m`;
  return `${Math.floor(ms / DAY)}d ${Math.floor((ms % DAY) / HOUR)}h`;
}

/** How long a life lasted, exactly where it was short, because quick deaths differ there: `12ms`, `1.4s`, `3m 07s`. */
export function formatUptime(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))}ms`;
  return ms < 10 * SECOND ? `${(ms / SECOND).toFixed(1)}s` : formatSpan(ms);
}

/** `just now` up to two seconds, then `4s ago`. */
export function formatAgo(ms: number): string {
  return ms < 2 * SECOND ? "just now" : `${formatSpan(ms)} ago`;
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
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A whole number with thin groups: `200,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 process`, `3 processes`. */
export function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The moment in the reader's own time zone, to the second, sortable: `2026-11-21 09:05:48`. */
export function formatMoment(atMs: number): string {
  const at = new Date(atMs);
  const date = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${date} ${formatClock(atMs)}`;
}

/** Time of day in the reader's own time zone: `09:05:48`. */
function formatClock(atMs: number): string {
  const at = new Date(atMs);
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}

/** `a, b and c`; with more than `most`, `a, b and 3 more`. */
export function listWords(words: readonly string[], most = 3): string {
  const shown = words.length > most ? [...words.slice(0, most - 1), `${words.length - most + 1} more`] : words;
  if (shown.length < 2) return shown.join("");
  return `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}

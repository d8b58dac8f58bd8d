// Times, spans and counts as people read them on a terminal. Pure.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (value: number) => String(value).padStart(2, "0");

/** As supervisorctl shows an uptime: `0:01:05`, `1 day, 0:00:00`, `12 days, 3:04:05` (Python's timedelta). */
export function formatUptime(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / SECOND));
  const days = Math.floor(whole / 86_400);
  const clock = `${Math.floor((whole % 86_400) / 3_600)}:${two(Math.floor((whole % 3_600) / 60))}:${two(whole % 60)}`;
  return days === 0 ? clock : `${days} day${days === 1 ? "" : "s"}, ${clock}`;
}

/** In its two largest units: `4s`, `3m 07s`, `2h 05m`, `12d 3h`; `0.4s` below ten seconds when `fine`. Never negative. */
export function formatSpan(ms: number, fine = false): string {
  if (fine && ms < 10 * SECOND) return `${(Math.max(0, ms) / SECOND).toFixed(1)}s`;
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m ${two(Math.floor((ms % MINUTE) / SECOND))}s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h ${two(Math.floor((ms % HOUR) / MINUTE))}m`;
  return `${Math.floor(ms / DAY)}d ${Math.floor((ms % DAY) / HOUR)}h`;
}

/** In the reader's own time zone, to the second: `2026-11-21 09:05:48`. */
export function formatMoment(atMs: number): string {
  const at = new Date(atMs);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `09:05:48`, in the reader's own time zone. */
export function formatClock(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `512 B`, `1.5 MB`, in steps of 1024. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `1 process`, `3 processes`. */
export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What is longer was mistyped, and no date can be reckoned with it. */
const LONGEST_SPAN_MS = 36_525 * DAY;

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

/** Reads `90s`, `15m`, `1h30m`, `7d`, `2w`; a number alone is seconds. Milliseconds. Throws FleetError naming `what`. */
export function parseSpan(text: string, what: string): number {
  const parts = [...text.matchAll(/(\d+)([smhdw]?)/g)];
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join("") === text;
  if (!isWhole)
    throw new FleetError("invalid-argument", `${what} ${text} is no span of time like 90s, 15m, 1h30m or 7d`);
  const ms = parts.reduce((sum, [, digits, unit]) => sum + Number(digits) * (UNITS[unit || "s"] ?? 0), 0);
  if (ms > LONGEST_SPAN_MS) throw new FleetError("invalid-argument", `${what} ${text} is longer than a hundred years`);
  return ms;
}

const SIZE_UNITS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Reads `512`, `64K`, `128M`, `2GB` as bytes, in steps of 1024. Throws FleetError naming `what`. */
export function parseSize(text: string, what: string): number {
  const [, digits, unit] = /^(\d{1,15})([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  const bytes = Number(digits) * (SIZE_UNITS[(unit ?? "").toUpperCase()] ?? 1);
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new FleetError("invalid-argument", `${what} ${text} is no size like 512, 64K, 128M or 2G`);
}

/** A moment in the past: a span before `nowMs`, or a date that JavaScript reads. Throws FleetError naming `what`. */
export function parseMoment(text: string, what: string, nowMs: number): number {
  if (/^(\d+[smhdw]?)+$/.test(text)) return nowMs - parseSpan(text, what);
  const atMs = Date.parse(text);
  if (!Number.isNaN(atMs)) return atMs;
  throw new FleetError(
    "invalid-argument",
    `${what} ${text} is neither a span like 1h nor a date like 2026-11-21T09:00`,
  );
}

/** `5 RUNNING, 1 FATAL` of counts by state, most first. */
export function formatCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .map(([state, count]) => `${count} ${state}`)
    .join(", ");
}

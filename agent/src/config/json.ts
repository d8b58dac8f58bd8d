// A load result as JSON: the machine-readable form of `fvagent -t --json`. Keys are sorted, so that two can be compared
// as text; the fields are those of supervisord's reading alone.
import type { LoadResult } from "./resolved.js";

/** Ends in a newline. Passwords of HTTP servers are in it, as they are in the file. */
export function formatJson(result: LoadResult): string {
  return `${JSON.stringify(jsonValue(result), sorted, 1)}\n`;
}

/** The value that `formatJson` prints. */
export function jsonValue(result: LoadResult): Readonly<Record<string, unknown>> {
  if (!result.ok) return { ok: false, error: result.error, exit: 2 };
  const { supervisord, http_servers, rpcinterfaces, groups, criticals, warnings, infos } = result.config;
  return { ok: true, supervisord, http_servers, rpcinterfaces, groups, criticals, warnings, infos };
}

function sorted(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

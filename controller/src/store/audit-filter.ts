// Whether a row of the audit is one of those asked for. Pure.
import type { AuditEntry, AuditFilter } from "./records.js";

/** Null when every row is asked for. */
export function auditFilter(filter: AuditFilter): ((entry: AuditEntry) => boolean) | null {
  const { actor = null, action = null, outcome = null, sinceMs = null, untilMs = null } = filter;
  const text = filter.text?.toLowerCase() ?? null;
  if ([actor, action, outcome, text, sinceMs, untilMs].every((asked) => asked === null)) return null;
  return (entry) =>
    (actor === null || entry.actor === actor) &&
    (action === null || entry.action === action || entry.action.startsWith(`${action}.`)) &&
    (outcome === null || entry.outcome === outcome) &&
    (text === null || `${entry.subject}\n${entry.address}`.toLowerCase().includes(text)) &&
    (sinceMs === null || entry.atMs >= sinceMs) &&
    (untilMs === null || entry.atMs <= untilMs);
}

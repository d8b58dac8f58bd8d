// Which reports of a boot are new to history, and where some are missing. Storing them is left to the store.
import { lastSeqOf, type Report } from "./rows.js";

export interface MissingReports {
  readonly first: number;
  readonly last: number;
  /** When it was noticed: the time of the report after the hole, by the host's clock. */
  readonly atMs: number;
}

export interface Admission {
  /** Not seen before, in seq order. */
  readonly accepted: readonly Report[];
  /** Numbers that were skipped without a gap report: lost on the way to us, and to be said in history. */
  readonly missing: readonly MissingReports[];
  /** Everything up to here has been handed on. */
  readonly through: number;
}

/**
 * Sorts out a batch after `through`, the highest seq handed on before. What a reconnected agent sends again is left out.
 */
export function admit(through: number, reports: readonly Report[]): Admission {
  const accepted: Report[] = [];
  const missing: MissingReports[] = [];
  let seq = through;
  for (const report of reports) {
    const last = lastSeqOf(report);
    if (last <= seq) continue;
    const first = report.fact.type === "gap" ? Math.min(report.seq, report.fact.first) : report.seq;
    if (first > seq + 1) missing.push({ first: seq + 1, last: first - 1, atMs: report.atMs });
    accepted.push(report);
    seq = last;
  }
  return { accepted, missing, through: seq };
}

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
    const taken = cut(report, seq);
    const first = taken.fact.type === "gap" ? Math.min(taken.seq, taken.fact.first) : taken.seq;
    if (first > seq + 1) missing.push({ first: seq + 1, last: first - 1, atMs: report.atMs });
    accepted.push(taken);
    seq = last;
  }
  return { accepted, missing, through: seq };
}

/** A gap that reaches back over what was handed on before is told from there: those reports are not missing. */
function cut(report: Report, through: number): Report {
  const { fact } = report;
  if (fact.type !== "gap" || fact.first > through || fact.last <= through) return report;
  return { ...report, fact: { ...fact, first: through + 1 } };
}

// Reports in the order of their numbers, kept until the controller has committed them; the oldest go when it is full.
import type { Report } from "@fleetvisor/proto/gen/fleet/v1/fleet";

/** A report before it has a number. */
export type ReportBody = NonNullable<Report["body"]>;

/** Reports kept for a controller that is away; at a few hundred bytes each this is some megabytes. */
const OUTBOX_REPORTS = 10_000;
/** Of so many of the newest reports the last lines of the logs are kept too: they go first, the events themselves last. */
const TAILED_REPORTS = 500;

export interface OutboxLimits {
  readonly reports: number;
  readonly tailed: number;
}

/**
 * Numbers start at 1 and have no holes. When a report must go, a gap in its place says which numbers are missing, so that
 * the controller knows what it does not know.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  #reports: Report[];
  #lastSeq: number;

  /** `reports` are those of an earlier boot, in order. */
  constructor(
    reports: readonly Report[] = [],
    limits: OutboxLimits = { reports: OUTBOX_REPORTS, tailed: TAILED_REPORTS },
  ) {
    this.#limits = limits;
    this.#reports = [...reports];
    this.#lastSeq = reports.at(-1)?.seq ?? 0;
  }

  /** Highest number given; 0 for none. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Lowest number kept; 0 when nothing is. */
  get firstUnackedSeq(): number {
    return this.#reports[0]?.seq ?? 0;
  }

  get size(): number {
    return this.#reports.length;
  }

  append(atMs: number, body: ReportBody): Report {
    const report: Report = { seq: ++this.#lastSeq, atMs, body };
    this.#reports.push(report);
    this.#dropTails(this.#reports.length - 1 - this.#limits.tailed);
    if (this.#reports.length > this.#limits.reports) this.#dropOldest();
    return report;
  }

  /** Frees every report up to and including `seq`. */
  ack(seq: number): void {
    let free = 0;
    while (free < this.#reports.length && (this.#reports[free]?.seq ?? 0) <= seq) free++;
    if (free > 0) this.#reports.splice(0, free);
  }

  /** Up to `limit` reports numbered above `seq`, in order. */
  after(seq: number, limit: number): readonly Report[] {
    let first = 0;
    let end = this.#reports.length;
    // Numbers ascend, so the place is found without looking at what was sent before.
    while (first < end) {
      const middle = (first + end) >> 1;
      if ((this.#reports[middle]?.seq ?? 0) <= seq) first = middle + 1;
      else end = middle;
    }
    return this.#reports.slice(first, first + limit);
  }

  #dropTails(index: number): void {
    const report = this.#reports[index];
    if (report?.body?.$case !== "stateChange" || report.body.value.end === undefined) return;
    const none = Buffer.alloc(0);
    const end = { ...report.body.value.end, stdoutTail: none, stderrTail: none };
    this.#reports[index] = { ...report, body: { $case: "stateChange", value: { ...report.body.value, end } } };
  }

  /** A tenth goes at once, so that a long absence does not cost a shift for each report. */
  #dropOldest(): void {
    const dropped = this.#reports.splice(0, Math.max(2, Math.floor(this.#limits.reports / 10)));
    const first = dropped[0];
    const last = dropped[dropped.length - 1];
    if (first === undefined || last === undefined) return;
    const firstSeq = first.body?.$case === "gap" ? first.body.value.firstSeq : first.seq;
    this.#reports.unshift({
      seq: last.seq,
      atMs: last.atMs,
      body: { $case: "gap", value: { firstSeq, lastSeq: last.seq } },
    });
  }
}

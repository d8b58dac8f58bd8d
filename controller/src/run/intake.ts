// Takes the reports of one session into history, in order, and says how far they are kept. Which are new is decided in core/intake.ts.
import { eventsOf, type HistoryEvent } from "../core/history.js";
import { admit } from "../core/intake.js";
import { operationOf } from "../core/operation.js";
import type { Report } from "../core/rows.js";
import type { Store } from "../store/store.js";

export interface IntakeOptions {
  readonly store: Store;
  readonly agentId: string;
  readonly bootId: string;
  readonly instance: string;
  /** Highest seq that was kept before this session. */
  readonly committedSeq: number;
  /** Who asked for an operation; null when it is not known any more. */
  readonly userOf: (operationId: string) => string | null;
  /** Hears what came into history, after the commit. */
  readonly onKept: (events: readonly HistoryEvent[]) => void;
}

export class Intake {
  readonly #options: IntakeOptions;
  #through: number;
  #committed: number;
  #waiting = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#through = options.committedSeq;
    this.#committed = options.committedSeq;
  }

  /** Everything up to here is kept. */
  get committed(): number {
    return this.#committed;
  }

  /** Reports handed to the store and not kept yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves with the seq up to which everything is kept once these are; null when there was nothing new in them. */
  async take(reports: readonly Report[]): Promise<number | null> {
    const { store, agentId, bootId, instance, onKept } = this.#options;
    const admission = admit(this.#through, reports);
    const { through } = admission;
    if (through <= this.#through) return null;
    this.#through = through;
    const cause = (orderId: string) => {
      const operationId = operationOf(orderId, agentId);
      return operationId === null ? null : { operationId, user: this.#options.userOf(operationId) };
    };
    const events = eventsOf(instance, admission, cause);
    this.#waiting += reports.length;
    try {
      const kept = await store.commitReports({ agentId, bootId, throughSeq: through, events });
      this.#committed = Math.max(this.#committed, through);
      if (kept.length > 0) onKept(kept);
    } finally {
      this.#waiting -= reports.length;
    }
    return through;
  }
}

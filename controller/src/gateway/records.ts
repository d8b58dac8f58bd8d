// Keeps what was asked for through XML-RPC as operations, and remembers by whom, so that history can say who caused a change.
import type { Operation } from "../core/operation.js";
import type { Store } from "../store/store.js";
import { newRecord, type RecordRequest, underWay } from "./record.js";

/** Users that are remembered, for reports that come late. A restart of the controller reads them from the operations. */
const REMEMBERED = 1_000;

export class Records {
  readonly #store: Store;
  readonly #onChange: (operation: Operation) => void;
  readonly #users = new Map<string, string>();
  /** As they are shown; what is kept of them is unknown until they are answered. */
  readonly #underWay = new Map<string, Operation>();

  constructor(store: Store, onChange: (operation: Operation) => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  /** Who asked for an operation; null when it is not one of these, or not remembered. */
  userOf(operationId: string): string | null {
    return this.#users.get(operationId) ?? null;
  }

  /** One that waits for its answer; null when there is none of that id. */
  waiting(operationId: string): Operation | null {
    return this.#underWay.get(operationId) ?? null;
  }

  /** Resolves when it is kept; rejects when it cannot be, and then the call must not leave. */
  async begin(request: RecordRequest): Promise<Operation> {
    const record = newRecord(request);
    await this.#store.saveOperation(record);
    this.#users.set(record.id, record.user);
    for (const oldest of this.#users.keys()) {
      if (this.#users.size <= REMEMBERED) break;
      this.#users.delete(oldest);
    }
    const shown = underWay(record);
    this.#underWay.set(record.id, shown);
    this.#onChange(shown);
    return record;
  }

  /** Keeps what became of it. Rejects when that cannot be kept; then it stays unknown. */
  async end(record: Operation): Promise<void> {
    this.#onChange(record);
    try {
      await this.#store.saveOperation(record);
    } finally {
      this.#underWay.delete(record.id);
    }
  }
}

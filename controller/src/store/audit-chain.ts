// The chain of the audit: each row's hash covers the hash before it and everything the row says, so that a row cannot be changed, taken
// out or put in between without all that follow telling. Pure but for the hash.
import { createHash } from "node:crypto";
import type { AuditCheck, AuditEntry, AuditHead, AuditPart, AuditRecord } from "./records.js";

/** The row that follows; null before the first. */
export function nextEntry(head: AuditHead | null, record: AuditRecord): AuditEntry {
  const id = (head?.id ?? 0) + 1;
  const { atMs, actor, action, subject, outcome, address } = record;
  // JSON of a list has one reading: no two different rows are the same text.
  const text = JSON.stringify([head?.hash ?? "", id, atMs, actor, action, subject, outcome, address]);
  const hash = createHash("sha256").update(text).digest("hex");
  return { id, atMs, actor, action, subject, outcome, address, hash };
}

/** A walk over rows in the order of their ids, from the first (null) or from a row that an earlier walk got to. */
export class ChainWalk {
  #last: AuditHead | null;
  #broken: AuditCheck["broken"] = null;

  constructor(from: AuditHead | null) {
    this.#last = from;
  }

  /** The last row that follows from the one before; null before the first. */
  get last(): AuditHead | null {
    return this.#last;
  }

  get check(): AuditCheck {
    return { rows: this.#last?.id ?? 0, head: this.#last?.hash ?? "", broken: this.#broken };
  }

  /** The next row; false when it does not follow, after which there is nothing more to walk. */
  take(entry: AuditEntry): boolean {
    const { id, hash } = nextEntry(this.#last, entry);
    if (entry.id !== id) return this.#break(id, `row ${id} is missing`);
    if (entry.hash !== hash) {
      return this.#break(id, `row ${id} is not what was written, or row ${id - 1} is not what it followed`);
    }
    this.#last = { id, hash };
    return true;
  }

  /** There are no more rows; `head` is the last one as it was noted apart, null when none was. */
  end(head: AuditHead | null): void {
    if (this.#broken !== null) return;
    const reached = this.#last?.id ?? 0;
    if (head !== null && head.id > reached) this.#break(reached + 1, `the rows up to ${head.id} are missing`);
    else if (head?.hash !== this.#last?.hash) this.#break(reached, "the noted head is another one than the last row");
  }

  #break(id: number, reason: string): false {
    this.#broken = { id, reason };
    return false;
  }
}

/** Walks all rows in the order of their ids. */
export function checkChain(entries: Iterable<AuditEntry>, head: AuditHead | null): AuditCheck {
  const walk = new ChainWalk(null);
  for (const entry of entries) if (!walk.take(entry)) return walk.check;
  walk.end(head);
  return walk.check;
}

/** Part after part until the end. */
export async function checkParts(part: (from: AuditHead | null) => Promise<AuditPart>): Promise<AuditCheck> {
  for (let from: AuditHead | null = null; ; ) {
    const { rows, head, broken, next } = await part(from);
    if (next === null) return { rows, head, broken };
    from = next;
  }
}

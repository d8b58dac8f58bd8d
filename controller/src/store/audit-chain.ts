// The chain of the audit: each row's hash covers the hash before it and everything the row says, so that a row cannot be changed, taken
// out or put in between without all that follow telling. Pure but for the hash.
import { createHash } from "node:crypto";
import type { AuditCheck, AuditEntry, AuditRecord } from "./records.js";

interface Head {
  readonly id: number;
  readonly hash: string;
}

/** The row that follows; null before the first. */
export function nextEntry(head: Head | null, record: AuditRecord): AuditEntry {
  const id = (head?.id ?? 0) + 1;
  const { atMs, actor, action, subject, outcome, address } = record;
  // JSON of a list has one reading: no two different rows are the same text.
  const text = JSON.stringify([head?.hash ?? "", id, atMs, actor, action, subject, outcome, address]);
  const hash = createHash("sha256").update(text).digest("hex");
  return { id, atMs, actor, action, subject, outcome, address, hash };
}

/** Walks rows in the order of their ids; `head` is the last row as it was noted apart, null when none was. */
export function checkChain(entries: Iterable<AuditEntry>, head: Head | null): AuditCheck {
  let last: Head | null = null;
  let rows = 0;
  const answer = (id: number, reason: string): AuditCheck => ({ rows, head: last?.hash ?? "", broken: { id, reason } });
  for (const entry of entries) {
    const expected = nextEntry(last, entry);
    if (entry.id !== expected.id) return answer(expected.id, `row ${expected.id} is missing`);
    if (entry.hash !== expected.hash) {
      return answer(
        entry.id,
        `row ${entry.id} is not what was written, or row ${entry.id - 1} is not what it followed`,
      );
    }
    last = { id: entry.id, hash: entry.hash };
    rows += 1;
  }
  if (head !== null && head.id > (last?.id ?? 0))
    return answer((last?.id ?? 0) + 1, `the rows up to ${head.id} are missing`);
  if (head?.hash !== last?.hash) return answer(last?.id ?? 0, "the noted head is another one than the last row");
  return { rows, head: last?.hash ?? "", broken: null };
}

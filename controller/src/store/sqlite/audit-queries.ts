// Reads of the audit, on a connection of the main thread: some rows at a time, with others having their turn in between.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import { ChainWalk } from "../audit-chain.js";
import { auditFilter } from "../audit-filter.js";
import type { AuditEntry, AuditHead, AuditPage, AuditPart, AuditRequest } from "../records.js";

/** Every row of the audit, to be put in order. */
export const AUDIT = "SELECT id, at_ms AS atMs, actor, action, subject, outcome, address, hash FROM audit";

/** Its last row as it was noted apart. */
export const AUDIT_HEAD = "SELECT id, hash FROM audit_head";

/** Rows read in one go: about a millisecond, hashing included. */
const STEP_ROWS = 250;
/** A search is handed out as it is after this time. */
const SEARCH_MS = 250;

export function auditQueries(db: Database) {
  const newestFirst = db.prepare<[number, number], AuditEntry>(`${AUDIT} WHERE id < ? ORDER BY id DESC LIMIT ?`);
  const inOrder = db.prepare<[number, number, number], AuditEntry>(
    `${AUDIT} WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
  );
  const head = db.prepare<[], AuditHead>(AUDIT_HEAD);
  const newest = db.prepare<[], number | null>("SELECT max(id) FROM audit").pluck();
  // In one transaction, for rows are written meanwhile: what is noted belongs to what is there.
  const extent = db.transaction(() => ({ noted: head.get() ?? null, newestId: newest.get() ?? 0 }));

  return {
    async audit(request: AuditRequest): Promise<AuditPage> {
      const { limit } = request;
      const fits = auditFilter(request);
      const rows = fits === null ? limit + 1 : STEP_ROWS;
      const end = performance.now() + SEARCH_MS;
      const found: AuditEntry[] = [];
      for (let before = request.beforeId ?? Number.MAX_SAFE_INTEGER; ; ) {
        const seen = newestFirst.all(before, rows);
        found.push(...(fits === null ? seen : seen.filter(fits)));
        const entries = found.slice(0, limit);
        if (found.length > limit) return { entries, nextBeforeId: entries.at(-1)?.id ?? null };
        if (seen.length < rows) return { entries, nextBeforeId: null };
        before = seen.at(-1)?.id ?? 0;
        if (performance.now() > end) return { entries, nextBeforeId: before };
        await nextTurn();
      }
    },

    async checkAuditPart(from: AuditHead | null, most: number): Promise<AuditPart> {
      const { noted, newestId } = extent();
      const total = Math.max(newestId, noted?.id ?? 0);
      const walk = new ChainWalk(from);
      for (let left = most; left > 0; ) {
        const wanted = Math.min(STEP_ROWS, left);
        const rows = inOrder.all(walk.last?.id ?? 0, newestId, wanted);
        if (!rows.every((row) => walk.take(row))) return { ...walk.check, total, next: null };
        if (rows.length < wanted) {
          walk.end(noted);
          return { ...walk.check, total, next: null };
        }
        left -= rows.length;
        await nextTurn();
      }
      return { ...walk.check, total, next: walk.last };
    },
  };
}

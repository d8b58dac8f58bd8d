// The promises of the store about the audit and about how much it holds, one suite over every back end.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import Database from "better-sqlite3";
import { contactEvent } from "../../controller/src/core/history.js";
import { pack } from "../../controller/src/core/metrics-pack.js";
import { MemoryStore } from "../../controller/src/store/memory.js";
import type { AuditFilter, AuditHead, AuditRecord } from "../../controller/src/store/records.js";
import { SqliteStore } from "../../controller/src/store/sqlite/sqlite-store.js";
import type { Store } from "../../controller/src/store/store.js";
import { tempDir } from "../helpers/temp-dir.js";

const ROW: AuditRecord = {
  ...{ atMs: 1, actor: "ann", action: "login", subject: "ann", outcome: "done", address: "10.0.0.1" },
};
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function found(store: Store, filter: AuditFilter, limit = 100): Promise<string> {
  const ids: number[] = [];
  for (let beforeId: number | null = null; ; ) {
    const { entries, nextBeforeId } = await store.audit({ ...filter, beforeId, limit });
    ids.push(...entries.map(({ id }) => id));
    if (nextBeforeId === null) return ids.join(" ");
    assert.ok(nextBeforeId < (beforeId ?? Number.POSITIVE_INFINITY), "a search goes on downwards");
    beforeId = nextBeforeId;
  }
}

function auditContract(name: string, open: (dir: string) => Store): void {
  describe(name, () => {
    const promise = (rule: string, body: (store: Store) => Promise<void>) =>
      test(rule, async (t) => {
        const store = open(tempDir(t));
        await store.start();
        t.after(() => store.stop());
        await body(store);
      });

    promise("rows are found by who, what, outcome, time and text, all of which must fit", async (store) => {
      for (const row of [
        { atMs: 10 },
        { atMs: 20, actor: "bob", action: "operation.restart", subject: "web-1/API:api" },
        { atMs: 30, action: "operations", outcome: "refused" },
        { atMs: 40, actor: "", action: "request", subject: "GET /api/v1/audit", outcome: "refused", address: "::1" },
        { atMs: 50, action: "operation" },
      ] as const) {
        await store.addAudit({ ...ROW, ...row });
      }
      assert.equal(await found(store, {}), "5 4 3 2 1");
      assert.equal(await found(store, { actor: "ann" }), "5 3 1");
      assert.equal(await found(store, { actor: "" }), "4");
      assert.equal(await found(store, { action: "operation" }), "5 2");
      assert.equal(await found(store, { outcome: "refused" }), "4 3");
      assert.equal(await found(store, { sinceMs: 20, untilMs: 40 }), "4 3 2");
      assert.equal(await found(store, { text: "Api" }), "4 2");
      assert.equal(await found(store, { text: "10.0.0.1" }, 1), "5 3 2 1");
      assert.equal(await found(store, { actor: "ann", outcome: "done", sinceMs: 11 }), "5");
      assert.equal(await found(store, { actor: "eve" }), "");
    });

    promise("the audit is checked part by part, and what is written meanwhile is checked with it", async (store) => {
      assert.deepEqual(await store.checkAuditPart(null, 2), { rows: 0, total: 0, head: "", broken: null, next: null });
      for (let at = 0; at < 5; at++) await store.addAudit({ ...ROW, subject: `${at}` });
      const seen: (readonly [rows: number, total: number])[] = [];
      let from: AuditHead | null = null;
      do {
        const part = await store.checkAuditPart(from, 2);
        seen.push([part.rows, part.total]);
        assert.equal(part.broken, null);
        if (part.rows === 2) await store.addAudit(ROW);
        from = part.next;
      } while (from !== null);
      assert.deepEqual(seen, [
        [2, 5],
        [4, 6],
        [6, 6],
        [6, 6],
      ]);
      const { head } = await store.checkAudit();
      assert.match(head, /^[0-9a-f]{64}$/);
      const wrong = await store.checkAuditPart({ id: 3, hash: "0".repeat(64) }, 10);
      assert.deepEqual([wrong.broken?.id, wrong.next], [4, null], "a part begins with what the one before said");
    });

    promise("it tells how many rows of each kind there are, and how old the oldest is", async (store) => {
      const kinds = async () => Object.fromEntries((await store.contents()).kinds.map((rows) => [rows.kind, rows]));
      const empty = await kinds();
      assert.deepEqual(
        Object.values(empty).map(({ rows, oldestAtMs }) => [rows, oldestAtMs]),
        Array.from({ length: 5 }, () => [0, null]),
      );
      const before = Date.now();
      await store.recordEvents([
        contactEvent("web1", "instance-up", 1, null),
        contactEvent("web1", "instance-down", 2, ""),
      ]);
      await store.addAudit(ROW);
      const figures = pack("", []);
      for (const minute of [0, 1, 4]) {
        await store.recordMinutes([{ instance: "web1", atMs: 100 * HOUR + minute * MINUTE, ...figures }]);
      }
      const { events, minutes, hours, operations, audit } = await kinds();
      assert.equal(events?.rows, 2);
      assert.ok((events?.oldestAtMs ?? 0) >= before, "events go by when they were kept");
      assert.ok((minutes?.rows ?? 0) >= 3);
      assert.equal(minutes?.oldestAtMs, 100 * HOUR);
      assert.deepEqual([hours?.rows, operations?.rows], [0, 0]);
      assert.deepEqual([audit?.rows, audit?.oldestAtMs, audit?.estimated], [1, 1, false]);
    });
  });
}

auditContract("memory", () => new MemoryStore());
auditContract("sqlite", (dir) => new SqliteStore(join(dir, "fleetvisor.db")));

test("sqlite: while many rows are checked or searched everybody else has their turn", async (t) => {
  const file = join(tempDir(t), "fleetvisor.db");
  const store = new SqliteStore(file);
  await store.start();
  t.after(() => store.stop());
  await Promise.all(Array.from({ length: 3_000 }, (_, at) => store.addAudit({ ...ROW, subject: `${at}` })));
  /** Turns that others have while it works. */
  const turnsOf = async (work: Promise<unknown>) => {
    let turns = 0;
    let over = false;
    void work.finally(() => {
      over = true;
    });
    while (!over) {
      await nextTurn();
      turns++;
    }
    return turns;
  };
  assert.ok((await turnsOf(store.checkAudit())) >= 10);
  assert.ok((await turnsOf(store.audit({ beforeId: null, limit: 10, actor: "eve" }))) >= 10);
  const db = new Database(file);
  db.exec("DELETE FROM audit WHERE id BETWEEN 1000 AND 2000");
  db.close();
  const part = await store.checkAuditPart(null, 500);
  assert.deepEqual([part.rows, part.broken, part.next?.id], [500, null, 500]);
  const { rows, broken } = await store.checkAudit();
  assert.deepEqual([rows, broken], [999, { id: 1_000, reason: "row 1000 is missing" }], "though many are");
});

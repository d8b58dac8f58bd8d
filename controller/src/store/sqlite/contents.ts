// How much a database holds, without counting rows of which there are millions: ids say nearly as well how many there are.
import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import type { Resolution } from "../../core/metrics.js";
import type { StoreContents, StoredRows } from "../records.js";
import { METRIC_TABLES, momentOf, spanOf } from "./metric-rows.js";

/** Instances looked at in one go. */
const STEP_INSTANCES = 50;

interface Ends {
  readonly first: number | null;
  readonly last: number | null;
}

export function contentsQueries(db: Database, file: string) {
  const events = db.prepare<[], Ends & { readonly atMs: number | null }>(
    `SELECT (SELECT min(id) FROM event) AS first, (SELECT max(id) FROM event) AS last,
       (SELECT committed_ms FROM event ORDER BY id LIMIT 1) AS atMs`,
  );
  const operations = db.prepare<[], { rows: number; atMs: number | null }>(
    "SELECT count(*) AS rows, min(created_at_ms) AS atMs FROM operation",
  );
  const audit = db.prepare<[], { rows: number | null; atMs: number | null }>(
    "SELECT (SELECT max(id) FROM audit) AS rows, (SELECT at_ms FROM audit ORDER BY id LIMIT 1) AS atMs",
  );
  const instances = db.prepare<[], number>("SELECT ref FROM metric_instance ORDER BY ref").pluck();
  const endsOf = (table: Resolution) =>
    db.prepare<{ low: number; high: number }, Ends>(
      `SELECT (SELECT min(id) FROM ${METRIC_TABLES[table]} WHERE id >= @low AND id < @high) AS first,
         (SELECT max(id) FROM ${METRIC_TABLES[table]} WHERE id >= @low AND id < @high) AS last`,
    );
  const ends = { minute: endsOf("minute"), hour: endsOf("hour") };

  /** An instance has one row a minute or an hour, as long as it is heard. */
  async function figures(kind: "minutes" | "hours", table: Resolution): Promise<StoredRows> {
    let [rows, oldestAtMs] = [0, null as number | null];
    for (const [at, instance] of instances.all().entries()) {
      if (at % STEP_INSTANCES === STEP_INSTANCES - 1) await nextTurn();
      const { first = null, last = null } = ends[table].get(spanOf(instance)) ?? {};
      if (first === null || last === null) continue;
      rows += last - first + 1;
      oldestAtMs = Math.min(oldestAtMs ?? Number.POSITIVE_INFINITY, momentOf(first, table));
    }
    return { kind, rows, estimated: true, oldestAtMs };
  }

  async function kinds(): Promise<StoredRows[]> {
    const { first = null, last = null, atMs: eventAtMs = null } = events.get() ?? {};
    const { rows: operationRows = 0, atMs: operationAtMs = null } = operations.get() ?? {};
    const { rows: auditRows = null, atMs: auditAtMs = null } = audit.get() ?? {};
    const eventRows = first === null || last === null ? 0 : last - first + 1;
    return [
      { kind: "events", rows: eventRows, estimated: true, oldestAtMs: eventAtMs },
      await figures("minutes", "minute"),
      await figures("hours", "hour"),
      { kind: "operations", rows: operationRows, estimated: false, oldestAtMs: operationAtMs },
      { kind: "audit", rows: auditRows ?? 0, estimated: false, oldestAtMs: auditAtMs },
    ];
  }

  return {
    async contents(): Promise<StoreContents> {
      const pageBytes = db.pragma("page_size", { simple: true }) as number;
      const free = db.pragma("freelist_count", { simple: true }) as number;
      const sizes = await Promise.all(["", "-wal", "-shm"].map((suffix) => sizeOf(file + suffix)));
      return {
        sizeBytes: sizes.reduce((sum, size) => sum + size, 0),
        reusableBytes: free * pageBytes,
        diskFreeBytes: await freeOn(dirname(file)),
        kinds: await kinds(),
      };
    },
  };
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function freeOn(dir: string): Promise<number | null> {
  return statfs(dir).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}

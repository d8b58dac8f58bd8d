// Writes of figures: minutes as they come, hours made of them, and what is old. Runs in the writer thread, inside a transaction.
import { createHash } from "node:crypto";
import type { Database } from "better-sqlite3";
import { RESOLUTIONS, type Resolution, startOf } from "../../core/metrics.js";
import { mergePacked, type Packed } from "../../core/metrics-pack.js";
import type { MetricUpkeep, MinuteRow } from "../metric-history.js";
import { METRIC_TABLES, type MetricRow, metricId, momentOf, spanOf } from "./metric-rows.js";

/** Hours made for one instance, and rows of it taken away, before others have their turn. */
const STEP_HOURS = 6;
const STEP_ROWS = 500;
const DAY_MS = 86_400_000;

interface InstanceRow {
  readonly ref: number;
  readonly name: string;
  readonly hours_until_ms: number;
}

export function metricWrites(db: Database) {
  const findInstance = db.prepare<[string], number>("SELECT ref FROM metric_instance WHERE name = ?").pluck();
  const addInstance = db.prepare("INSERT INTO metric_instance (name) VALUES (?)");
  const instancesFrom = db.prepare<[number, number], InstanceRow>(
    "SELECT * FROM metric_instance WHERE ref >= ? ORDER BY ref LIMIT ?",
  );
  const advance = db.prepare("UPDATE metric_instance SET hours_until_ms = ? WHERE ref = ?");
  const deleteInstance = db.prepare("DELETE FROM metric_instance WHERE ref = ?");
  const findLayout = db.prepare<[Uint8Array], { ref: number; used_at_ms: number }>(
    "SELECT ref, used_at_ms FROM metric_layout WHERE hash = ?",
  );
  const addLayout = db.prepare("INSERT INTO metric_layout (hash, names, used_at_ms) VALUES (?, ?, ?)");
  const useLayout = db.prepare("UPDATE metric_layout SET used_at_ms = ? WHERE ref = ?");
  const namesOf = db.prepare<[number], string>("SELECT names FROM metric_layout WHERE ref = ?").pluck();
  const deleteLayouts = db.prepare("DELETE FROM metric_layout WHERE used_at_ms < ?");
  const tables = { minute: tableOf(db, "minute"), hour: tableOf(db, "hour") };

  const instanceRef = (name: string) => findInstance.get(name) ?? Number(addInstance.run(name).lastInsertRowid);

  /** Many instances run the same and share one. When it was used last is noted to the day. */
  const layoutRef = (names: string, atMs: number): number => {
    const hash = createHash("sha256").update(names).digest();
    const known = findLayout.get(hash);
    if (known === undefined) return Number(addLayout.run(hash, names, atMs).lastInsertRowid);
    if (known.used_at_ms < atMs - DAY_MS) useLayout.run(atMs, known.ref);
    return known.ref;
  };
  const unpacked = ({ layout, data }: MetricRow): Packed => ({ names: namesOf.get(layout) ?? "", data });
  const put = (resolution: Resolution, instance: number, atMs: number, packed: Packed) => {
    const id = metricId(instance, atMs, resolution);
    const before = tables[resolution].get.get(id);
    const whole = before === undefined ? packed : (mergePacked([unpacked(before), packed]) ?? packed);
    tables[resolution].put.run(id, layoutRef(whole.names, atMs), whole.data);
  };

  /** Hours of an instance that have passed, in their order. False when there are more. */
  const rollUp = ({ ref, hours_until_ms }: InstanceRow, untilMs: number): boolean => {
    const { high } = spanOf(ref);
    let fromMs = hours_until_ms;
    for (let hours = 0; hours < STEP_HOURS; hours++) {
      const next = tables.minute.from.get(metricId(ref, fromMs, "minute"), high);
      const hourMs = next === undefined ? untilMs : startOf(momentOf(next.id, "minute"), RESOLUTIONS.hour);
      const endMs = hourMs + RESOLUTIONS.hour;
      if (next === undefined || endMs > untilMs) {
        if (fromMs > hours_until_ms) advance.run(fromMs, ref);
        return true;
      }
      const rows = tables.minute.range.all(next.id, metricId(ref, endMs, "minute"));
      const whole = mergePacked(rows.map(unpacked));
      if (whole !== null) put("hour", ref, hourMs, whole);
      fromMs = endMs;
    }
    advance.run(fromMs, ref);
    return false;
  };
  /** False when there is more. */
  const trim = (ref: number, upkeep: MetricUpkeep): boolean => {
    const { low } = spanOf(ref);
    const minutes = tables.minute.trim.run(low, metricId(ref, upkeep.keepMinutesMs, "minute")).changes;
    const hours = tables.hour.trim.run(low, metricId(ref, upkeep.keepHoursMs, "hour")).changes;
    return minutes < STEP_ROWS && hours < STEP_ROWS;
  };
  const isEmpty = (ref: number) => {
    const { low, high } = spanOf(ref);
    return tables.minute.from.get(low, high) === undefined && tables.hour.from.get(low, high) === undefined;
  };

  return {
    recordMinutes(rows: readonly MinuteRow[]): void {
      for (const { instance, atMs, ...packed } of rows) put("minute", instanceRef(instance), atMs, packed);
    },

    tendMetrics(upkeep: MetricUpkeep): number | null {
      const instances = instancesFrom.all(upkeep.from, upkeep.count);
      for (const instance of instances) {
        // What is taken away must have become an hour before.
        if (!rollUp(instance, upkeep.hoursUntilMs) || !trim(instance.ref, upkeep)) return instance.ref;
        if (isEmpty(instance.ref)) deleteInstance.run(instance.ref);
      }
      const last = instances.at(-1);
      if (last !== undefined && instances.length === upkeep.count) return last.ref + 1;
      // Every instance has been looked at, so no row is older than what is kept; the note of the last use is at most a day behind.
      deleteLayouts.run(upkeep.keepHoursMs - 2 * DAY_MS);
      return null;
    },
  };
}

function tableOf(db: Database, resolution: Resolution) {
  const table = METRIC_TABLES[resolution];
  return {
    get: db.prepare<[number], MetricRow>(`SELECT * FROM ${table} WHERE id = ?`),
    put: db.prepare(`INSERT OR REPLACE INTO ${table} (id, layout, data) VALUES (?, ?, ?)`),
    /** The first row between two ids. */
    from: db.prepare<[number, number], MetricRow>(
      `SELECT * FROM ${table} WHERE id >= ? AND id < ? ORDER BY id LIMIT 1`,
    ),
    range: db.prepare<[number, number], MetricRow>(`SELECT * FROM ${table} WHERE id >= ? AND id < ? ORDER BY id`),
    trim: db.prepare(
      `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE id >= ? AND id < ? LIMIT ${STEP_ROWS})`,
    ),
  };
}

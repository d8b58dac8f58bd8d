// Reads of figures for charts, on a connection of the main thread: some rows at a time, with others having their turn in between.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import { RESOLUTIONS, type Resolution, startOf } from "../../core/metrics.js";
import { coarser, type Point, pointOf } from "../../core/metrics-chart.js";
import type { MetricRequest } from "../metric-history.js";
import { METRIC_TABLES, type MetricRow, metricId, momentOf } from "./metric-rows.js";

/** Rows read in one go. */
const STEP_ROWS = 200;

export function metricQueries(db: Database) {
  const findInstance = db.prepare<[string], { ref: number; hours_until_ms: number }>(
    "SELECT ref, hours_until_ms FROM metric_instance WHERE name = ?",
  );
  const namesOf = db.prepare<[number], string>("SELECT names FROM metric_layout WHERE ref = ?").pluck();
  const range = {
    minute: rangeOf(db, "minute"),
    hour: rangeOf(db, "hour"),
  };

  /** Points of one table between two moments. */
  async function read(table: Resolution, ref: number, key: string | null, fromMs: number, toMs: number) {
    const names = new Map<number, string>();
    const points: Point[] = [];
    const end = metricId(ref, toMs, table);
    for (let from = metricId(ref, fromMs, table); ; ) {
      const rows = range[table].all(from, end);
      for (const { id, layout, data } of rows) {
        const known = names.get(layout) ?? namesOf.get(layout) ?? "";
        names.set(layout, known);
        points.push(...pointOf(momentOf(id, table), { names: known, data }, key));
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < STEP_ROWS) return points;
      from = last.id + 1;
      await nextTurn();
    }
  }

  return {
    async metrics({ instance, key, resolution, sinceMs, untilMs }: MetricRequest): Promise<readonly Point[]> {
      const known = findInstance.get(instance);
      if (known === undefined) return [];
      const { ref, hours_until_ms: hoursUntilMs } = known;
      if (resolution === "minute") return read("minute", ref, key, sinceMs, untilMs);
      const hours = await read("hour", ref, key, sinceMs, untilMs);
      const { hour } = RESOLUTIONS;
      const fromMs = Math.max(Math.ceil(sinceMs / hour) * hour, hoursUntilMs);
      const minutes = await read("minute", ref, key, fromMs, Math.ceil(untilMs / hour) * hour);
      return coarser([...hours, ...minutes.map((point) => ({ ...point, atMs: startOf(point.atMs, hour) }))], hour);
    },
  };
}

function rangeOf(db: Database, resolution: Resolution) {
  return db.prepare<[number, number], MetricRow>(
    `SELECT * FROM ${METRIC_TABLES[resolution]} WHERE id >= ? AND id < ? ORDER BY id LIMIT ${STEP_ROWS}`,
  );
}

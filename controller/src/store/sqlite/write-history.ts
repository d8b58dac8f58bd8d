// Writes of history: reports, the controller's own events, retention. Runs in the writer thread, inside a transaction.
import type { Database } from "better-sqlite3";
import type { NewEvent } from "../../core/history.js";
import type { ReportCommit } from "../store.js";
import { BLOCK_IDS, EVENT_COLUMNS, eventValues } from "./event-rows.js";

export function historyWrites(db: Database) {
  const findBoot = db.prepare<[string, string], { ref: number; seq: number }>(
    "SELECT ref, seq FROM boot WHERE agent_id = ? AND boot_id = ?",
  );
  const addBoot = db.prepare("INSERT INTO boot (agent_id, boot_id, seq) VALUES (?, ?, 0)");
  const advanceBoot = db.prepare("UPDATE boot SET seq = ? WHERE ref = ?");
  const findTarget = db
    .prepare<[string, string, string], number>("SELECT ref FROM target WHERE instance = ? AND grp = ? AND name = ?")
    .pluck();
  const addTarget = db.prepare("INSERT INTO target (instance, grp, name) VALUES (?, ?, ?)");
  const columns = ["target", "boot", "committed_ms", ...EVENT_COLUMNS];
  const addEvent = db.prepare(
    `INSERT INTO event (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`,
  );
  const markUp = db.prepare("UPDATE instance SET up = ? WHERE name = ? AND revoked_at_ms IS NULL");
  const deleteEvents = db.prepare("DELETE FROM event WHERE id < ?");
  const widenSpan = db.prepare(
    `INSERT INTO event_span (block, min_at_ms, max_at_ms) VALUES (@block, @atMs, @atMs) ON CONFLICT (block) DO UPDATE
     SET min_at_ms = min(min_at_ms, @atMs), max_at_ms = max(max_at_ms, @atMs) WHERE @atMs NOT BETWEEN min_at_ms AND max_at_ms`,
  );
  const deleteTargets = db.prepare(
    "DELETE FROM target WHERE ref >= ? AND ref < ? AND NOT EXISTS (SELECT 1 FROM event WHERE event.target = target.ref)",
  );
  // A report of a boot that is forgotten would be taken once more. None of them is in history any more then.
  const deleteBoots = db.prepare(
    `DELETE FROM boot WHERE ref >= ? AND ref < ? AND NOT EXISTS (SELECT 1 FROM event WHERE event.boot = boot.ref)
     AND NOT EXISTS (SELECT 1 FROM instance WHERE instance.id = boot.agent_id AND instance.boot_id = boot.boot_id)`,
  );
  const highestRef = db
    .prepare<[], number>(
      "SELECT max(coalesce((SELECT max(ref) FROM target), 0), coalesce((SELECT max(ref) FROM boot), 0))",
    )
    .pluck();
  const deleteSpans = db.prepare("DELETE FROM event_span WHERE block < ?");

  const targetRef = (event: NewEvent): number => {
    const key = [event.instance, event.group ?? "", event.name ?? ""] as const;
    return findTarget.get(...key) ?? Number(addTarget.run(...key).lastInsertRowid);
  };
  /** The id of the event, or 0 for one that is there already. */
  const insert = (event: NewEvent, boot: number | null, nowMs: number): number => {
    const done = addEvent.run(targetRef(event), boot, nowMs, ...eventValues(event));
    if (done.changes === 0) return 0;
    const id = Number(done.lastInsertRowid);
    widenSpan.run({ block: Math.floor(id / BLOCK_IDS), atMs: event.atMs });
    return id;
  };

  return {
    /** The ids of the events in their order, 0 for those that were there already: the caller still has the events themselves. */
    commitReports(commit: ReportCommit): number[] {
      const known = findBoot.get(commit.agentId, commit.bootId);
      const boot = known?.ref ?? Number(addBoot.run(commit.agentId, commit.bootId).lastInsertRowid);
      const through = known?.seq ?? 0;
      const nowMs = Date.now();
      // The unique index knows only events that retention has left; the boot's seq knows all of them.
      const ids = commit.events.map((event) =>
        event.seq !== null && event.seq <= through ? 0 : insert(event, boot, nowMs),
      );
      if (commit.throughSeq > through) advanceBoot.run(commit.throughSeq, boot);
      return ids;
    },

    /** As with reports. */
    recordEvents(events: readonly NewEvent[]): number[] {
      const nowMs = Date.now();
      for (const { kind, instance } of events) {
        if (kind === "instance-up" || kind === "instance-down") markUp.run(Number(kind === "instance-up"), instance);
      }
      return events.map((event) => insert(event, null, nowMs));
    },

    forgetUnused(from: number, count: number): number | null {
      const to = from + count;
      deleteTargets.run(from, to);
      deleteBoots.run(from, to);
      return to > (highestRef.get() ?? 0) ? null : to;
    },

    deleteBelow(id: number): void {
      deleteEvents.run(id);
      deleteSpans.run(Math.floor(id / BLOCK_IDS));
    },
  };
}

// Writes of instances, joining and operations. Runs in the writer thread, inside a transaction.
import type { Database } from "better-sqlite3";
import { comingEvents, type NewEvent } from "../../core/history.js";
import type { JoinOutcome, JoinTokenRecord } from "../records.js";
import type { SessionGrant, SessionOpening } from "../store.js";
import { type OperationChange, operationRow, targetRow } from "./operation-rows.js";
import { type InstanceRow, instanceOfRow } from "./queries.js";

/** `recordEvents` writes history, which a session tells of its instance. */
export function fleetWrites(db: Database, recordEvents: (events: readonly NewEvent[]) => number[]) {
  const findInstance = db.prepare<[string], InstanceRow>("SELECT * FROM instance WHERE id = ?");
  const findByName = db.prepare<[string], InstanceRow>(
    "SELECT * FROM instance WHERE name = ? AND revoked_at_ms IS NULL",
  );
  const addInstance = db.prepare(
    `INSERT INTO instance (id, name, labels, host_name, version, epoch, boot_id, up, last_heard_at_ms, created_at_ms)
     VALUES (?, ?, '{}', '', '', 0, NULL, 0, NULL, ?)`,
  );
  const beginSession = db.prepare(
    `UPDATE instance SET name = ?, labels = ?, host_name = ?, version = ?, boot_id = ?, last_heard_at_ms = ?, epoch = ?
     WHERE id = ?`,
  );
  const bootSeq = db
    .prepare<[string, string], number>("SELECT seq FROM boot WHERE agent_id = ? AND boot_id = ?")
    .pluck();
  const heard = db.prepare("UPDATE instance SET last_heard_at_ms = ? WHERE id = ?");
  const revoke = db.prepare("UPDATE instance SET revoked_at_ms = ?, up = 0 WHERE name = ? AND revoked_at_ms IS NULL");

  const addToken = db.prepare(
    `INSERT INTO join_token (id, secret_hash, uses, used, created_by, created_at_ms, expires_at_ms)
     VALUES (@id, @secretHash, @uses, @used, @createdBy, @createdAtMs, @expiresAtMs)`,
  );
  const deleteToken = db.prepare("DELETE FROM join_token WHERE id = ?");
  const spendToken = db.prepare(
    "UPDATE join_token SET used = used + 1 WHERE id = ? AND used < uses AND expires_at_ms > ?",
  );

  const putOperation = db.prepare(
    `INSERT INTO operation (id, verb, selector, signal, groups, user, created_at_ms, plan, wanted, batch, deadline_at_ms, hold_until_ms,
       finished_at_ms, outcome)
     VALUES (@id, @verb, @selector, @signal, @groups, @user, @createdAtMs, @plan, @wanted, @batch, @deadlineAtMs, @holdUntilMs,
       @finishedAtMs, @outcome)
     ON CONFLICT (id) DO UPDATE SET wanted = excluded.wanted, batch = excluded.batch, deadline_at_ms = excluded.deadline_at_ms,
       hold_until_ms = excluded.hold_until_ms, finished_at_ms = excluded.finished_at_ms, outcome = excluded.outcome`,
  );
  const putTarget = db.prepare(
    `INSERT INTO operation_target (operation, place, instance, grp, name, batch, result, sent_to, started_at_ms, watched, code, message,
       finished_at_ms)
     VALUES (@operation, @place, @instance, @group, @name, @batch, @result, @sentTo, @startedAtMs, @watched, @code, @message, @finishedAtMs)
     ON CONFLICT (operation, place) DO UPDATE SET result = excluded.result, sent_to = excluded.sent_to,
       started_at_ms = excluded.started_at_ms, watched = excluded.watched, code = excluded.code, message = excluded.message,
       finished_at_ms = excluded.finished_at_ms`,
  );
  const deleteOperation = db.prepare(
    "DELETE FROM operation WHERE id = (SELECT id FROM operation WHERE finished_at_ms < ? ORDER BY finished_at_ms LIMIT 1)",
  );

  return {
    openSession(opening: SessionOpening): SessionGrant {
      const row = findInstance.get(opening.agentId);
      if (row !== undefined && row.revoked_at_ms !== null) return { outcome: "revoked" };
      const holder = findByName.get(opening.name);
      if (holder !== undefined && holder.id !== opening.agentId) return { outcome: "name-taken" };
      if (row === undefined) addInstance.run(opening.agentId, opening.name, opening.atMs);
      const { name, labels, hostName, version, bootId, seenEpoch, atMs, agentId } = opening;
      const epoch = Math.max(row?.epoch ?? 0, seenEpoch) + 1;
      beginSession.run(name, JSON.stringify(labels), hostName, version, bootId, atMs, epoch, agentId);
      const events = comingEvents(row === undefined ? null : instanceOfRow(row), opening);
      const ids = recordEvents(events);
      return {
        outcome: "opened",
        epoch,
        committedSeq: bootSeq.get(agentId, bootId) ?? 0,
        told: events.map((event, at) => ({ ...event, id: ids[at] ?? 0 })),
      };
    },

    noteContact(notes: readonly { agentId: string; heardAtMs: number }[]): void {
      for (const note of notes) heard.run(note.heardAtMs, note.agentId);
    },

    revokeInstance(name: string, atMs: number): boolean {
      return revoke.run(atMs, name).changes > 0;
    },

    addJoinToken(token: JoinTokenRecord): void {
      addToken.run(token);
    },

    deleteJoinToken(id: string): boolean {
      return deleteToken.run(id).changes > 0;
    },

    join(tokenId: string, agentId: string, name: string, atMs: number): JoinOutcome {
      // The name first: a refused name must not cost a use of the token.
      if (findByName.get(name) !== undefined) return "name-taken";
      if (spendToken.run(tokenId, atMs).changes === 0) return "bad-token";
      addInstance.run(agentId, name, atMs);
      return "joined";
    },

    saveOperation({ operation, outcome, targets }: OperationChange): void {
      putOperation.run(operationRow(operation, outcome));
      for (const [place, target] of targets) putTarget.run({ operation: operation.id, place, ...targetRow(target) });
    },

    deleteOperationBefore(atMs: number): boolean {
      return deleteOperation.run(atMs).changes > 0;
    },
  };
}

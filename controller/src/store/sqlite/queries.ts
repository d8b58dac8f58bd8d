// Reads of instances, joining and operations, on a connection of the main thread: each is a look-up of a few rows.
import type { Database } from "better-sqlite3";
import type { Operation } from "../../core/operation.js";
import type { InstanceRecord, JoinTokenRecord } from "../records.js";
import { type OperationRow, operationOfRow, type TargetRow } from "./operation-rows.js";

export interface InstanceRow {
  readonly id: string;
  readonly name: string;
  readonly labels: string;
  readonly host_name: string;
  readonly version: string;
  readonly epoch: number;
  readonly boot_id: string | null;
  readonly up: number;
  readonly last_heard_at_ms: number | null;
  readonly created_at_ms: number;
  readonly revoked_at_ms: number | null;
}

export function instanceOfRow(row: InstanceRow): InstanceRecord {
  return {
    id: row.id,
    name: row.name,
    labels: JSON.parse(row.labels) as Record<string, string>,
    hostName: row.host_name,
    version: row.version,
    epoch: row.epoch,
    bootId: row.boot_id,
    up: row.up === 1,
    lastHeardAtMs: row.last_heard_at_ms,
    createdAtMs: row.created_at_ms,
  };
}

const OPERATION = `SELECT id, verb, selector, signal, groups, user, created_at_ms AS createdAtMs, plan, wanted, batch,
  deadline_at_ms AS deadlineAtMs, hold_until_ms AS holdUntilMs, finished_at_ms AS finishedAtMs FROM operation`;
const JOIN_TOKEN = `SELECT id, secret_hash AS secretHash, uses, used, created_by AS createdBy, created_at_ms AS createdAtMs,
  expires_at_ms AS expiresAtMs FROM join_token`;

export function preparedQueries(db: Database) {
  const revoked = db.prepare<[], string>("SELECT id FROM instance WHERE revoked_at_ms IS NOT NULL").pluck();
  const instances = db.prepare<[], InstanceRow>("SELECT * FROM instance WHERE revoked_at_ms IS NULL ORDER BY name");
  const bootSeq = db
    .prepare<[string, string], number>("SELECT seq FROM boot WHERE agent_id = ? AND boot_id = ?")
    .pluck();
  const joinToken = db.prepare<[string], JoinTokenRecord>(`${JOIN_TOKEN} WHERE id = ?`);
  const joinTokens = db.prepare<[], JoinTokenRecord>(`${JOIN_TOKEN} ORDER BY created_at_ms, id`);
  const operation = db.prepare<[string], OperationRow>(`${OPERATION} WHERE id = ?`);
  const operations = db.prepare<[number], OperationRow>(`${OPERATION} ORDER BY created_at_ms DESC, id DESC LIMIT ?`);
  const running = db.prepare<[], OperationRow>(`${OPERATION} WHERE finished_at_ms IS NULL ORDER BY created_at_ms`);
  const targets = db.prepare<[string], TargetRow>(
    `SELECT instance, grp AS "group", name, batch, result, sent_to AS sentTo, started_at_ms AS startedAtMs, watched, code, message,
       finished_at_ms AS finishedAtMs
     FROM operation_target WHERE operation = ? ORDER BY place`,
  );
  const unsettled = db.prepare<[number, number], OperationRow>(
    `${OPERATION} WHERE finished_at_ms >= ? AND id IN
       (SELECT operation FROM operation_target WHERE result = 'unknown' AND sent_to IS NOT NULL)
     ORDER BY created_at_ms DESC LIMIT ?`,
  );

  const whole = (row: OperationRow): Operation => operationOfRow(row, targets.all(row.id));

  return {
    instances: () => instances.all().map(instanceOfRow),
    revokedAgents: () => revoked.all(),
    committedSeq: (agentId: string, bootId: string) => bootSeq.get(agentId, bootId) ?? 0,
    joinToken: (id: string) => joinToken.get(id) ?? null,
    joinTokens: () => joinTokens.all(),
    operation: (id: string) => {
      const row = operation.get(id);
      return row === undefined ? null : whole(row);
    },
    operations: (limit: number) => operations.all(limit).map(whole),
    runningOperations: () => running.all().map(whole),
    unsettledOperations: (sinceMs: number, limit: number) => unsettled.all(sinceMs, limit).map(whole),
  };
}

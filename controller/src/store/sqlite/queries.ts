// Reads of instances, joining and operations, on a connection of the main thread: each is a look-up of a few rows.
import type { Database } from "better-sqlite3";
import type { Operation, OperationTarget, TargetResult, Verb } from "../../core/operation.js";
import type { InstanceRecord, JoinTokenRecord } from "../records.js";

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

type OperationRow = Omit<Operation, "targets" | "verb"> & { readonly verb: string };
type TargetRow = Omit<OperationTarget, "result"> & { readonly result: string };

const OPERATION = `SELECT id, verb, selector, signal, user, created_at_ms AS createdAtMs, deadline_at_ms AS deadlineAtMs,
  finished_at_ms AS finishedAtMs FROM operation`;
const JOIN_TOKEN = `SELECT id, secret_hash AS secretHash, uses, used, created_by AS createdBy, created_at_ms AS createdAtMs,
  expires_at_ms AS expiresAtMs FROM join_token`;

export function preparedQueries(db: Database) {
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
    `SELECT instance, grp AS "group", name, result, sent_to AS sentTo, code, message, finished_at_ms AS finishedAtMs
     FROM operation_target WHERE operation = ? ORDER BY place`,
  );

  const whole = (row: OperationRow): Operation => ({
    ...row,
    verb: row.verb as Verb,
    targets: targets.all(row.id).map((target) => ({ ...target, result: target.result as TargetResult })),
  });

  return {
    instances: () => instances.all().map(instanceOfRow),
    committedSeq: (agentId: string, bootId: string) => bootSeq.get(agentId, bootId) ?? 0,
    joinToken: (id: string) => joinToken.get(id) ?? null,
    joinTokens: () => joinTokens.all(),
    operation: (id: string) => {
      const row = operation.get(id);
      return row === undefined ? null : whole(row);
    },
    operations: (limit: number) => operations.all(limit).map(whole),
    runningOperations: () => running.all().map(whole),
  };
}

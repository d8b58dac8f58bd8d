// Reads of instances, joining and operations, on a connection of the main thread: each is a look-up of a few rows, or of many in pages.
import { setImmediate as immediate } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import {
  countResults,
  type Operation,
  type OperationPlace,
  type OperationTarget,
  type TargetResult,
} from "../../core/operation.js";
import { type TargetPage, type TargetPageRequest, targetPage } from "../../core/operation-page.js";
import type { InstanceRecord, JoinTokenRecord } from "../records.js";
import {
  type OperationRow,
  type Outcome,
  operationOfRow,
  summaryOfRow,
  type TargetRow,
  targetOfRow,
} from "./operation-rows.js";

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
  deadline_at_ms AS deadlineAtMs, hold_until_ms AS holdUntilMs, finished_at_ms AS finishedAtMs, outcome FROM operation`;
/** Targets that are read in one go: the loop turns between two, since an operation may be on every process of the fleet. */
const TARGETS_AT_ONCE = 2_000;
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
  const operations = db.prepare<[number, string, number], OperationRow>(
    `${OPERATION} WHERE (created_at_ms, id) < (?, ?) ORDER BY created_at_ms DESC, id DESC LIMIT ?`,
  );
  const running = db.prepare<[], OperationRow>(`${OPERATION} WHERE finished_at_ms IS NULL ORDER BY created_at_ms`);
  const targets = db.prepare<[string, number, number], TargetRow>(
    `SELECT instance, grp AS "group", name, batch, result, sent_to AS sentTo, started_at_ms AS startedAtMs, watched, code, message,
       finished_at_ms AS finishedAtMs
     FROM operation_target WHERE operation = ? AND place >= ? ORDER BY place LIMIT ?`,
  );
  const results = db.prepare<[string], { result: TargetResult; count: number; lastBatch: number }>(
    "SELECT result, count(*) AS count, max(batch) AS lastBatch FROM operation_target WHERE operation = ? GROUP BY result",
  );
  const skipped = db
    .prepare<[string], string>(
      "SELECT message FROM operation_target WHERE operation = ? AND result = 'skipped' ORDER BY place LIMIT 1",
    )
    .pluck();
  const unsettled = db.prepare<[number, number], OperationRow>(
    `${OPERATION} WHERE finished_at_ms >= ? AND id IN
       (SELECT operation FROM operation_target WHERE result = 'unknown' AND sent_to IS NOT NULL)
     ORDER BY created_at_ms DESC LIMIT ?`,
  );

  async function whole(row: OperationRow): Promise<Operation> {
    const rows: TargetRow[] = [];
    for (;;) {
      const page = targets.all(row.id, rows.length, TARGETS_AT_ONCE);
      rows.push(...page);
      if (page.length < TARGETS_AT_ONCE) return operationOfRow(row, rows);
      await immediate();
    }
  }

  async function wholeAll(rows: readonly OperationRow[]): Promise<readonly Operation[]> {
    const all: Operation[] = [];
    for (const row of rows) all.push(await whole(row));
    return all;
  }

  function outcomeFromTargets(id: string): Outcome {
    const found = results.all(id);
    return {
      counts: { ...countResults([]), ...Object.fromEntries(found.map(({ result, count }) => [result, count])) },
      batches: Math.max(0, ...found.map(({ lastBatch }) => lastBatch)) + 1,
      skipReason: skipped.get(id) ?? null,
    };
  }

  return {
    instances: () => instances.all().map(instanceOfRow),
    revokedAgents: () => revoked.all(),
    committedSeq: (agentId: string, bootId: string) => bootSeq.get(agentId, bootId) ?? 0,
    joinToken: (id: string) => joinToken.get(id) ?? null,
    joinTokens: () => joinTokens.all(),
    async operation(id: string): Promise<Operation | null> {
      const row = operation.get(id);
      return row === undefined ? null : whole(row);
    },
    async operationTargets(id: string, { results, from, limit }: TargetPageRequest): Promise<TargetPage | null> {
      if (operation.get(id) === undefined) return null;
      const found: OperationTarget[] = [];
      const atOnce = results.length === 0 ? Math.min(limit + 1, TARGETS_AT_ONCE) : TARGETS_AT_ONCE;
      for (let place = from; ; place += atOnce) {
        const rows = targets.all(id, place, atOnce);
        const part = targetPage(rows.map(targetOfRow), { results, from: 0, limit: limit - found.length });
        found.push(...part.targets);
        if (part.next !== null) return { targets: found, next: place + part.next };
        if (rows.length < atOnce) return { targets: found, next: null };
        await immediate();
      }
    },
    operations: (limit: number, before: OperationPlace = { createdAtMs: Number.MAX_SAFE_INTEGER, id: "" }) =>
      operations
        .all(before.createdAtMs, before.id, limit)
        .map((row) => summaryOfRow(row, () => outcomeFromTargets(row.id))),
    runningOperations: () => wholeAll(running.all()),
    unsettledOperations: (sinceMs: number, limit: number) => wholeAll(unsettled.all(sinceMs, limit)),
  };
}

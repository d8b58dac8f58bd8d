// The schema, one step a version, and bringing a file up to it. A released step is never changed: add another one.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Database } from "better-sqlite3";
import { nextEntry } from "../audit-chain.js";
import type { AuditEntry, AuditRecord } from "../records.js";

/** Step n brings a file from version n to n + 1: SQL, or what SQL alone cannot do. */
export const MIGRATIONS: readonly (string | ((db: Database) => void))[] = [
  `
  CREATE TABLE instance (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    labels TEXT NOT NULL,
    host_name TEXT NOT NULL,
    version TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    boot_id TEXT,
    up INTEGER NOT NULL,
    last_heard_at_ms INTEGER,
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX instance_name ON instance (name) WHERE revoked_at_ms IS NULL;

  -- How far the reports of each start of an agent are kept; outlives the events, which retention takes away.
  CREATE TABLE boot (
    ref INTEGER PRIMARY KEY,
    agent_id TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    UNIQUE (agent_id, boot_id)
  ) STRICT;

  -- What events are about, once each; group and name are '' when it is the instance itself.
  CREATE TABLE target (
    ref INTEGER PRIMARY KEY,
    instance TEXT NOT NULL,
    grp TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (instance, grp, name)
  ) STRICT;

  CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    target INTEGER NOT NULL REFERENCES target (ref),
    boot INTEGER REFERENCES boot (ref),
    seq INTEGER,
    at_ms INTEGER NOT NULL,
    committed_ms INTEGER NOT NULL,
    from_state INTEGER,
    to_state INTEGER,
    pid INTEGER,
    exit_code INTEGER,
    exit_signal TEXT,
    exit_expected INTEGER,
    core_dumped INTEGER,
    spawn_error TEXT,
    uptime_ms INTEGER,
    cpu_ms INTEGER,
    peak_memory_bytes INTEGER,
    stdout_tail BLOB,
    stderr_tail BLOB,
    operation_id TEXT,
    user TEXT,
    detail TEXT
  ) STRICT;
  CREATE INDEX event_target ON event (target, id);
  CREATE UNIQUE INDEX event_report ON event (boot, seq) WHERE boot IS NOT NULL;

  CREATE TABLE operation (
    id TEXT PRIMARY KEY,
    verb TEXT NOT NULL,
    selector TEXT NOT NULL,
    signal TEXT,
    user TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    deadline_at_ms INTEGER NOT NULL,
    finished_at_ms INTEGER
  ) STRICT;
  CREATE INDEX operation_created ON operation (created_at_ms);
  CREATE INDEX operation_running ON operation (id) WHERE finished_at_ms IS NULL;
  CREATE TABLE operation_target (
    operation TEXT NOT NULL REFERENCES operation (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    instance TEXT NOT NULL,
    grp TEXT NOT NULL,
    name TEXT NOT NULL,
    result TEXT NOT NULL,
    code INTEGER,
    message TEXT NOT NULL,
    finished_at_ms INTEGER,
    PRIMARY KEY (operation, place)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE user (name TEXT PRIMARY KEY, role TEXT NOT NULL, password_hash TEXT) STRICT;
  CREATE TABLE login_code (hash TEXT PRIMARY KEY, user TEXT NOT NULL, expires_at_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE session (
    hash TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    origin TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE api_token (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    user TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    last_used_at_ms INTEGER
  ) STRICT;
  CREATE TABLE join_token (
    id TEXT PRIMARY KEY,
    secret_hash TEXT NOT NULL,
    uses INTEGER NOT NULL,
    used INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    address TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- What a user may do where. With a role verbs is empty, else they are listed with a space between.
  CREATE TABLE access_grant (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    role TEXT,
    verbs TEXT NOT NULL,
    selector TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX access_grant_user ON access_grant (user);
  -- A role of before reached over the whole fleet.
  INSERT INTO access_grant (id, user, role, verbs, selector, created_by, created_at_ms)
    SELECT 'role-of-' || name, name, role, '', 'all', name, 0 FROM user;
  ALTER TABLE user DROP COLUMN role;
  ALTER TABLE user ADD COLUMN disabled_at_ms INTEGER;
  ALTER TABLE user ADD COLUMN created_at_ms INTEGER;

  -- Rows follow from each other: store/audit-chain.ts. The head tells when the last rows are gone.
  ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
  CREATE TABLE audit_head (only INTEGER PRIMARY KEY CHECK (only = 1), id INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
  `,
  chainAudit,
  `
  -- When the events of each block of 4096 ids happened, so that a question about a time reads only blocks that can hold an answer.
  CREATE TABLE event_span (block INTEGER PRIMARY KEY, min_at_ms INTEGER NOT NULL, max_at_ms INTEGER NOT NULL) STRICT;
  INSERT INTO event_span SELECT id / 4096, min(at_ms), max(at_ms) FROM event GROUP BY id / 4096;
  -- What is rare and asked for, with all that choosing needs: an index of all events would cost a fifth of their size, these next to
  -- nothing.
  CREATE INDEX event_trouble ON event (id, at_ms, target, to_state) WHERE to_state IN (30, 200, 1000);
  CREATE INDEX event_target_trouble ON event (target, id, at_ms, to_state) WHERE to_state IN (30, 200, 1000);
  CREATE INDEX event_user ON event (user, id, at_ms, target, to_state) WHERE user IS NOT NULL;
  CREATE INDEX event_order ON event (id, at_ms, target, to_state) WHERE operation_id IS NOT NULL;
  CREATE INDEX event_signal ON event (id, at_ms, target, to_state) WHERE exit_signal IS NOT NULL;
  CREATE INDEX event_spawn_error ON event (id, at_ms, target, to_state) WHERE spawn_error IS NOT NULL;
  `,
  `
  -- The boot that the order left for: another one does not know it, and would do it a second time.
  ALTER TABLE operation_target ADD COLUMN sent_to TEXT;
  `,
  `
  -- Null for a token that is good until it is revoked.
  ALTER TABLE api_token ADD COLUMN expires_at_ms INTEGER;
  `,
  `
  -- 1 for an end for want of memory, else null.
  ALTER TABLE event ADD COLUMN oom_killed INTEGER;
  `,
  `
  -- Figures of processors and memory, an instance with all its processes in one row: core/metrics-pack.ts. Ids: metric-rows.ts.
  CREATE TABLE metric_instance (
    ref INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    -- Its minutes of before have become hours.
    hours_until_ms INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE metric_layout (
    ref INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    names TEXT NOT NULL,
    used_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE metric_minute (id INTEGER PRIMARY KEY, layout INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
  CREATE TABLE metric_hour (id INTEGER PRIMARY KEY, layout INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
  `,
  `
  -- How an operation goes about its targets, and how far it is. Those of before had all targets in one batch.
  ALTER TABLE operation ADD COLUMN groups TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE operation ADD COLUMN plan TEXT NOT NULL DEFAULT '{"batch":null,"pauseMs":0,"waitRunningMs":0,"maxFailures":null,"timeoutMs":60000}';
  ALTER TABLE operation ADD COLUMN wanted TEXT NOT NULL DEFAULT 'run';
  ALTER TABLE operation ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE operation ADD COLUMN hold_until_ms INTEGER;
  -- grp and name are '' when it is the instance itself.
  ALTER TABLE operation_target ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE operation_target ADD COLUMN started_at_ms INTEGER;
  ALTER TABLE operation_target ADD COLUMN watched TEXT;
  CREATE INDEX operation_target_unknown ON operation_target (operation) WHERE result = 'unknown' AND sent_to IS NOT NULL;
  `,
  `
  -- What became of all targets together, so that a list of operations need not read them. Null for those of before.
  ALTER TABLE operation ADD COLUMN outcome TEXT;
  CREATE INDEX operation_finished ON operation (finished_at_ms) WHERE finished_at_ms IS NOT NULL;
  `,
  `
  -- Rare, and asked for by themselves.
  CREATE INDEX event_kind ON event (kind, id, at_ms, target, to_state) WHERE kind > 1;
  CREATE INDEX event_oom ON event (id, at_ms, target, to_state) WHERE oom_killed = 1;
  `,
  `
  -- A process of one name on every instance.
  CREATE INDEX target_process ON target (grp, name);
  `,
];

/** Rows of before are chained as they are found, so that from here on they cannot be changed either. */
function chainAudit(db: Database): void {
  const rows = db.prepare<[], AuditRecord & { readonly oldId: number }>(
    "SELECT id AS oldId, at_ms AS atMs, actor, action, subject, outcome, address FROM audit ORDER BY id",
  );
  // Numbered anew as well: a number that is missing would read as a row that is.
  const update = db.prepare("UPDATE audit SET id = ?, hash = ? WHERE id = ?");
  let head: AuditEntry | null = null;
  for (const { oldId, ...record } of rows.all()) {
    head = nextEntry(head, record);
    update.run(head.id, head.hash, oldId);
  }
  if (head !== null) db.prepare("INSERT INTO audit_head VALUES (1, ?, ?)").run(head.id, head.hash);
}

/** Brings the file to the newest version, each step wholly or not at all. Refuses a file of a newer fleetvisor. */
export function migrate(db: Database): void {
  db.exec("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT");
  const upgrade = db.transaction(() => {
    const version = (db.prepare("SELECT max(version) FROM schema_version").pluck().get() as number | null) ?? 0;
    if (version > MIGRATIONS.length) {
      throw new FleetError(
        "conflict",
        `${db.name} was written by a newer fleetvisor (schema ${version}, this one knows ${MIGRATIONS.length})`,
      );
    }
    for (const step of MIGRATIONS.slice(version)) {
      if (typeof step === "string") db.exec(step);
      else step(db);
    }
    if (version < MIGRATIONS.length) db.prepare("INSERT INTO schema_version VALUES (?)").run(MIGRATIONS.length);
  });
  upgrade.immediate();
}

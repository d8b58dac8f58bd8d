// Reads of users, grants, sessions and tokens, on a connection of the main thread: each is a look-up of a few rows.
import { ACCESS_VERB_NAMES, ROLES } from "@fleetvisor/proto/vocabulary/access";
import type { Database } from "better-sqlite3";
import type { ApiTokenRecord, GrantRecord, SessionRecord, UserRecord } from "../records.js";

const USER = `SELECT name, password_hash AS passwordHash, disabled_at_ms AS disabledAtMs, created_at_ms AS createdAtMs
  FROM user`;
const GRANT = `SELECT id, user, role, verbs, selector, created_by AS createdBy, created_at_ms AS createdAtMs FROM access_grant`;
const SESSION = `SELECT hash, user, origin, created_at_ms AS createdAtMs, seen_at_ms AS seenAtMs, expires_at_ms AS expiresAtMs
  FROM session`;
const TOKEN = `SELECT id, hash, name, user, created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs,
  last_used_at_ms AS lastUsedAtMs FROM api_token`;

type GrantRow = Omit<GrantRecord, "role" | "verbs"> & { readonly role: string | null; readonly verbs: string };

export function accessQueries(db: Database) {
  const user = db.prepare<[string], UserRecord>(`${USER} WHERE name = ?`);
  const users = db.prepare<[], UserRecord>(`${USER} ORDER BY name`);
  const grantsOf = db.prepare<[string], GrantRow>(`${GRANT} WHERE user = ? ORDER BY created_at_ms, id`);
  const grants = db.prepare<[], GrantRow>(`${GRANT} ORDER BY created_at_ms, id`);
  const session = db.prepare<[string], SessionRecord>(`${SESSION} WHERE hash = ?`);
  const sessionsOf = db.prepare<[string], SessionRecord>(`${SESSION} WHERE user = ? ORDER BY created_at_ms, hash`);
  const sessions = db.prepare<[], SessionRecord>(`${SESSION} ORDER BY created_at_ms, hash`);
  const apiToken = db.prepare<[string], ApiTokenRecord>(`${TOKEN} WHERE hash = ?`);
  const apiTokensOf = db.prepare<[string], ApiTokenRecord>(`${TOKEN} WHERE user = ? ORDER BY created_at_ms, id`);
  const apiTokens = db.prepare<[], ApiTokenRecord>(`${TOKEN} ORDER BY created_at_ms, id`);

  return {
    user: (name: string) => user.get(name) ?? null,
    users: () => users.all(),
    grants: (name: string | null) => (name === null ? grants.all() : grantsOf.all(name)).flatMap(grantOfRow),
    session: (hash: string) => session.get(hash) ?? null,
    sessions: (name: string | null) => (name === null ? sessions.all() : sessionsOf.all(name)),
    apiToken: (hash: string) => apiToken.get(hash) ?? null,
    apiTokens: (name: string | null) => (name === null ? apiTokens.all() : apiTokensOf.all(name)),
  };
}

/** A role or verb that only a newer fleetvisor knows allows nothing here. */
function grantOfRow({ role, verbs, ...row }: GrantRow): GrantRecord[] {
  const known = ROLES.find((name) => name === role) ?? null;
  if (role !== null && known === null) return [];
  return [{ ...row, role: known, verbs: ACCESS_VERB_NAMES.filter((verb) => verbs.split(" ").includes(verb)) }];
}

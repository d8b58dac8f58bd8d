// Writes of users, grants, sessions, tokens and audit. Runs in the writer thread, inside a transaction.
import type { Database } from "better-sqlite3";
import { nextEntry } from "../audit-chain.js";
import type {
  ApiTokenRecord,
  AuditRecord,
  GrantRecord,
  LoginCodeRecord,
  SessionRecord,
  UserRecord,
} from "../records.js";

export function accessWrites(db: Database) {
  const addUser = db.prepare(
    `INSERT INTO user (name, password_hash, disabled_at_ms, created_at_ms)
     VALUES (@name, @passwordHash, @disabledAtMs, @createdAtMs) ON CONFLICT DO NOTHING`,
  );
  const disableUser = db.prepare("UPDATE user SET disabled_at_ms = ? WHERE name = ?");
  const deleteUser = db.prepare("DELETE FROM user WHERE name = ?");
  const ofUser = ["access_grant", "session", "api_token", "login_code"].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE user = ?`),
  );
  const addGrant = db.prepare(
    `INSERT INTO access_grant (id, user, role, verbs, selector, created_by, created_at_ms)
     SELECT @id, name, @role, @verbs, @selector, @createdBy, @createdAtMs FROM user WHERE name = @user`,
  );
  const deleteGrant = db.prepare("DELETE FROM access_grant WHERE id = ?");
  const setPassword = db.prepare("UPDATE user SET password_hash = ? WHERE name = ?");
  const endOtherSessions = db.prepare("DELETE FROM session WHERE user = ? AND hash IS NOT ?");
  const addCode = db.prepare("INSERT INTO login_code (hash, user, expires_at_ms) VALUES (@hash, @user, @expiresAtMs)");
  const useCode = db
    .prepare<[string, number], string>("DELETE FROM login_code WHERE hash = ? AND expires_at_ms > ? RETURNING user")
    .pluck();
  const addSession = db.prepare(
    `INSERT INTO session (hash, user, origin, created_at_ms, seen_at_ms, expires_at_ms)
     VALUES (@hash, @user, @origin, @createdAtMs, @seenAtMs, @expiresAtMs)`,
  );
  const touchSession = db.prepare("UPDATE session SET seen_at_ms = ? WHERE hash = ?");
  const deleteSession = db.prepare("DELETE FROM session WHERE hash = ?");
  const addToken = db.prepare(
    `INSERT INTO api_token (id, hash, name, user, created_at_ms, expires_at_ms, last_used_at_ms)
     VALUES (@id, @hash, @name, @user, @createdAtMs, @expiresAtMs, @lastUsedAtMs)`,
  );
  const touchToken = db.prepare("UPDATE api_token SET last_used_at_ms = ? WHERE id = ?");
  const deleteToken = db.prepare("DELETE FROM api_token WHERE id = @id AND (@user IS NULL OR user = @user)");
  const addAudit = db.prepare(
    `INSERT INTO audit (id, at_ms, actor, action, subject, outcome, address, hash)
     VALUES (@id, @atMs, @actor, @action, @subject, @outcome, @address, @hash)`,
  );
  const auditHead = db.prepare<[], { id: number; hash: string }>("SELECT id, hash FROM audit_head");
  const moveHead = db.prepare(
    "INSERT INTO audit_head (only, id, hash) VALUES (1, @id, @hash) ON CONFLICT (only) DO UPDATE SET id = @id, hash = @hash",
  );
  const expired = ["login_code", "session", "join_token", "api_token"].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE expires_at_ms < ?`),
  );

  const insertGrant = (grant: GrantRecord) => addGrant.run({ ...grant, verbs: grant.verbs.join(" ") }).changes > 0;

  return {
    addUser(user: UserRecord, grants: readonly GrantRecord[]): boolean {
      if (addUser.run(user).changes === 0) return false;
      for (const grant of grants) insertGrant(grant);
      return true;
    },
    setUserDisabled(name: string, atMs: number | null): boolean {
      if (disableUser.run(atMs, name).changes === 0) return false;
      if (atMs !== null) endOtherSessions.run(name, null);
      return true;
    },
    deleteUser(name: string): boolean {
      for (const statement of ofUser) statement.run(name);
      return deleteUser.run(name).changes > 0;
    },
    addGrant(grant: GrantRecord): boolean {
      return insertGrant(grant);
    },
    deleteGrant(id: string): boolean {
      return deleteGrant.run(id).changes > 0;
    },
    setPassword(user: string, passwordHash: string, keepSession: string | null): void {
      setPassword.run(passwordHash, user);
      endOtherSessions.run(user, keepSession);
    },
    addLoginCode(code: LoginCodeRecord): void {
      addCode.run(code);
    },
    useLoginCode(hash: string, atMs: number): string | null {
      return useCode.get(hash, atMs) ?? null;
    },
    addSession(session: SessionRecord): void {
      addSession.run(session);
    },
    touchSession(hash: string, seenAtMs: number): void {
      touchSession.run(seenAtMs, hash);
    },
    deleteSession(hash: string): boolean {
      return deleteSession.run(hash).changes > 0;
    },
    addApiToken(token: ApiTokenRecord): void {
      addToken.run(token);
    },
    touchApiToken(id: string, usedAtMs: number): void {
      touchToken.run(usedAtMs, id);
    },
    deleteApiToken(user: string | null, id: string): boolean {
      return deleteToken.run({ id, user }).changes > 0;
    },
    addAudit(record: AuditRecord): void {
      const entry = nextEntry(auditHead.get() ?? null, record);
      addAudit.run(entry);
      moveHead.run({ id: entry.id, hash: entry.hash });
    },
    deleteExpired(atMs: number): void {
      for (const statement of expired) statement.run(atMs);
    },
  };
}

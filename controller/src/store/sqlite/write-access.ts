// Writes of users, sessions, tokens and audit. Runs in the writer thread, inside a transaction.
import type { Database } from "better-sqlite3";
import type { ApiTokenRecord, AuditRecord, LoginCodeRecord, SessionRecord, UserRecord } from "../records.js";

export function accessWrites(db: Database) {
  const addUser = db.prepare(
    "INSERT INTO user (name, role, password_hash) VALUES (@name, @role, @passwordHash) ON CONFLICT DO NOTHING",
  );
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
    `INSERT INTO api_token (id, hash, name, user, created_at_ms, last_used_at_ms)
     VALUES (@id, @hash, @name, @user, @createdAtMs, @lastUsedAtMs)`,
  );
  const touchToken = db.prepare("UPDATE api_token SET last_used_at_ms = ? WHERE id = ?");
  const deleteToken = db.prepare("DELETE FROM api_token WHERE id = ? AND user = ?");
  const addAudit = db.prepare(
    `INSERT INTO audit (at_ms, actor, action, subject, outcome, address)
     VALUES (@atMs, @actor, @action, @subject, @outcome, @address)`,
  );
  const expired = ["login_code", "session", "join_token"].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE expires_at_ms < ?`),
  );

  return {
    addUser(user: UserRecord): void {
      addUser.run(user);
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
    deleteSession(hash: string): void {
      deleteSession.run(hash);
    },
    addApiToken(token: ApiTokenRecord): void {
      addToken.run(token);
    },
    touchApiToken(id: string, usedAtMs: number): void {
      touchToken.run(usedAtMs, id);
    },
    deleteApiToken(user: string, id: string): boolean {
      return deleteToken.run(id, user).changes > 0;
    },
    addAudit(record: AuditRecord): void {
      addAudit.run(record);
    },
    deleteExpired(atMs: number): void {
      for (const statement of expired) statement.run(atMs);
    },
  };
}

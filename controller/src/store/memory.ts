// The store in memory, by the same promises: for tests and for anything that need not outlive its process.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { comingEvents, type HistoryEvent, hasCause, type NewEvent } from "../core/history.js";
import {
  byAge,
  isOpenQuestion,
  type Operation,
  type OperationPlace,
  type OperationSummary,
  summarize,
} from "../core/operation.js";
import { type TargetPage, type TargetPageRequest, targetPage } from "../core/operation-page.js";
import { ChainWalk, checkParts, nextEntry } from "./audit-chain.js";
import { auditFilter } from "./audit-filter.js";
import { MemoryMetrics } from "./memory-metrics.js";
import type {
  ApiTokenRecord,
  AuditCheck,
  AuditEntry,
  AuditHead,
  AuditPage,
  AuditPart,
  AuditRecord,
  AuditRequest,
  GrantRecord,
  InstanceRecord,
  JoinOutcome,
  JoinTokenRecord,
  LoginCodeRecord,
  SessionRecord,
  StoreContents,
  StoredRows,
  UserRecord,
} from "./records.js";
import type {
  HistoryAnswer,
  HistoryClause,
  HistoryRequest,
  Moment,
  ReportCommit,
  SessionGrant,
  SessionOpening,
  Store,
} from "./store.js";

interface StoredEvent {
  readonly event: HistoryEvent;
  readonly committedMs: number;
}

export class MemoryStore extends MemoryMetrics implements Store {
  readonly trouble = null;
  readonly troubleSinceMs = null;
  readonly load = { waitingRows: 0, commits: 0, rows: 0, commitMs: 0 };
  readonly #events: StoredEvent[] = [];
  readonly #boots = new Map<string, number>();
  readonly #instances = new Map<string, InstanceRecord>();
  readonly #revoked = new Set<string>();
  readonly #operations = new Map<string, Operation>();
  readonly #joinTokens = new Map<string, JoinTokenRecord>();
  readonly #users = new Map<string, UserRecord>();
  readonly #grants = new Map<string, GrantRecord>();
  readonly #audit: AuditEntry[] = [];
  readonly #codes = new Map<string, LoginCodeRecord>();
  readonly #sessions = new Map<string, SessionRecord>();
  readonly #tokens = new Map<string, ApiTokenRecord>();
  #lastId = 0;
  #open = false;

  async start(): Promise<void> {
    this.#open = true;
  }
  async stop(): Promise<void> {
    this.#open = false;
  }

  #check(): void {
    if (!this.#open) throw new FleetError("unavailable", "the store is closed");
  }

  #insert(events: readonly NewEvent[]): HistoryEvent[] {
    const committedMs = Date.now();
    return events.map((event) => {
      const stored = { ...event, id: ++this.#lastId };
      this.#events.push({ event: stored, committedMs });
      return stored;
    });
  }

  // -- history
  async commitReports(commit: ReportCommit): Promise<readonly HistoryEvent[]> {
    this.#check();
    const boot = `${commit.agentId} ${commit.bootId}`;
    const through = this.#boots.get(boot) ?? 0;
    const fresh = commit.events.filter((event) => event.seq === null || event.seq > through);
    this.#boots.set(boot, Math.max(through, commit.throughSeq));
    return this.#insert(fresh);
  }
  async recordEvents(events: readonly NewEvent[]): Promise<readonly HistoryEvent[]> {
    this.#check();
    for (const { kind, instance } of events) {
      const holder = this.#named(instance);
      if (holder === null || (kind !== "instance-up" && kind !== "instance-down")) continue;
      this.#instances.set(holder.id, { ...holder, up: kind === "instance-up" });
    }
    return this.#insert(events);
  }
  async committedSeq(agentId: string, bootId: string): Promise<number> {
    return this.#boots.get(`${agentId} ${bootId}`) ?? 0;
  }
  async history(request: HistoryRequest): Promise<HistoryAnswer> {
    const before = request.beforeId ?? Number.POSITIVE_INFINITY;
    const found = this.#events
      .map(({ event }) => event)
      .filter(
        (event) =>
          event.id < before && inTime(event, request) && isOf(event, request) && inClauses(event, request.clauses),
      )
      .reverse();
    const events = found.slice(0, request.limit);
    return { events, nextBeforeId: found.length > events.length ? (events.at(-1)?.id ?? null) : null };
  }
  async extent() {
    return { oldestId: this.#events[0]?.event.id ?? null, newestId: this.#events.at(-1)?.event.id ?? null };
  }
  async firstIdSince(atMs: number): Promise<number | null> {
    return this.#events.find(({ committedMs }) => committedMs >= atMs)?.event.id ?? null;
  }
  async momentBefore(id: number): Promise<Moment | null> {
    const below = this.#events.filter(({ event }) => event.id < id);
    const atMs = below.at(-1)?.committedMs;
    if (atMs === undefined) return null;
    const events = below.filter(({ committedMs }) => committedMs === atMs).map(({ event }) => event);
    return { atMs, events: events.map(({ id, instance, group, name }) => ({ id, instance, group, name })) };
  }
  async forgetUnused(): Promise<number | null> {
    // Names are kept with their events here; boots as long as the store is.
    return null;
  }
  async deleteBelow(id: number): Promise<void> {
    const keep = this.#events.findIndex(({ event }) => event.id >= id);
    this.#events.splice(0, keep < 0 ? this.#events.length : keep);
  }

  // -- instances
  async instances(): Promise<readonly InstanceRecord[]> {
    return [...this.#instances.values()]
      .filter(({ id }) => !this.#revoked.has(id))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  async openSession(opening: SessionOpening): Promise<SessionGrant> {
    this.#check();
    const { agentId, bootId, name, labels, hostName, version, seenEpoch, atMs } = opening;
    if (this.#revoked.has(agentId)) return { outcome: "revoked" };
    const holder = this.#named(name);
    if (holder !== null && holder.id !== agentId) return { outcome: "name-taken" };
    const before = this.#instances.get(agentId) ?? null;
    const epoch = Math.max(before?.epoch ?? 0, seenEpoch) + 1;
    const kept = before ?? blankInstance(agentId, name, atMs);
    this.#instances.set(agentId, { ...kept, name, labels, hostName, version, bootId, epoch, lastHeardAtMs: atMs });
    const told = await this.recordEvents(comingEvents(before, opening));
    return { outcome: "opened", epoch, committedSeq: await this.committedSeq(agentId, bootId), told };
  }
  async noteContact(notes: readonly { agentId: string; heardAtMs: number }[]): Promise<void> {
    for (const { agentId, heardAtMs } of notes) {
      const known = this.#instances.get(agentId);
      if (known !== undefined) this.#instances.set(agentId, { ...known, lastHeardAtMs: heardAtMs });
    }
  }
  async revokeInstance(name: string): Promise<boolean> {
    const holder = this.#named(name);
    if (holder !== null) this.#revoked.add(holder.id);
    return holder !== null;
  }
  #named(name: string): InstanceRecord | null {
    return [...this.#instances.values()].find((one) => one.name === name && !this.#revoked.has(one.id)) ?? null;
  }

  // -- joining
  async addJoinToken(token: JoinTokenRecord): Promise<void> {
    this.#joinTokens.set(token.id, token);
  }
  async joinToken(id: string): Promise<JoinTokenRecord | null> {
    return this.#joinTokens.get(id) ?? null;
  }
  async joinTokens(): Promise<readonly JoinTokenRecord[]> {
    return [...this.#joinTokens.values()].sort(oldestFirst);
  }
  async deleteJoinToken(id: string): Promise<boolean> {
    return this.#joinTokens.delete(id);
  }
  async join(tokenId: string, agentId: string, name: string, atMs: number): Promise<JoinOutcome> {
    this.#check();
    if (this.#named(name) !== null) return "name-taken";
    const token = this.#joinTokens.get(tokenId);
    if (token === undefined || token.used >= token.uses || token.expiresAtMs <= atMs) return "bad-token";
    this.#joinTokens.set(tokenId, { ...token, used: token.used + 1 });
    this.#instances.set(agentId, blankInstance(agentId, name, atMs));
    return "joined";
  }

  // -- operations
  async saveOperation(operation: Operation): Promise<void> {
    this.#check();
    this.#operations.set(operation.id, operation);
  }
  isRecorded(): boolean {
    return true;
  }
  async operation(id: string): Promise<Operation | null> {
    return this.#operations.get(id) ?? null;
  }
  async operationTargets(id: string, page: TargetPageRequest): Promise<TargetPage | null> {
    const operation = this.#operations.get(id);
    return operation === undefined ? null : targetPage(operation.targets, page);
  }
  async operations(limit: number, before?: OperationPlace): Promise<readonly OperationSummary[]> {
    const older = this.#newestFirst().filter((one) => before === undefined || byAge(before, one) < 0);
    return older.slice(0, limit).map(summarize);
  }
  async runningOperations(): Promise<readonly Operation[]> {
    return [...this.#operations.values()].filter((operation) => operation.finishedAtMs === null);
  }
  async unsettledOperations(sinceMs: number, limit: number): Promise<readonly Operation[]> {
    return this.#newestFirst()
      .filter(({ finishedAtMs, targets }) => (finishedAtMs ?? 0) >= sinceMs && targets.some(isOpenQuestion))
      .slice(0, limit);
  }
  async deleteOperationBefore(atMs: number): Promise<boolean> {
    const finished = [...this.#operations.values()].filter(({ finishedAtMs }) => (finishedAtMs ?? atMs) < atMs);
    const [oldest] = finished.sort((a, b) => (a.finishedAtMs ?? 0) - (b.finishedAtMs ?? 0));
    return oldest !== undefined && this.#operations.delete(oldest.id);
  }
  #newestFirst(): Operation[] {
    return [...this.#operations.values()].sort(byAge);
  }

  // -- access
  async addUser(user: UserRecord, grants: readonly GrantRecord[]): Promise<boolean> {
    if (this.#users.has(user.name)) return false;
    this.#users.set(user.name, user);
    for (const grant of grants) this.#grants.set(grant.id, grant);
    return true;
  }
  async users(): Promise<readonly UserRecord[]> {
    return [...this.#users.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  async setUserDisabled(name: string, atMs: number | null): Promise<boolean> {
    const user = this.#users.get(name);
    if (user === undefined) return false;
    this.#users.set(name, { ...user, disabledAtMs: atMs });
    if (atMs !== null) dropWhere(this.#sessions, (session) => session.user === name);
    return true;
  }
  async deleteUser(name: string): Promise<boolean> {
    for (const map of [this.#grants, this.#sessions, this.#tokens, this.#codes] as Map<string, { user: string }>[]) {
      dropWhere(map, ({ user }) => user === name);
    }
    return this.#users.delete(name);
  }
  async addGrant(grant: GrantRecord): Promise<boolean> {
    if (!this.#users.has(grant.user)) return false;
    this.#grants.set(grant.id, grant);
    return true;
  }
  async grants(user: string | null): Promise<readonly GrantRecord[]> {
    return [...this.#grants.values()].filter((grant) => user === null || grant.user === user).sort(oldestFirst);
  }
  async deleteGrant(id: string): Promise<boolean> {
    return this.#grants.delete(id);
  }
  async user(name: string): Promise<UserRecord | null> {
    return this.#users.get(name) ?? null;
  }
  async setPassword(name: string, passwordHash: string, keepSession: string | null): Promise<void> {
    const user = this.#users.get(name);
    if (user !== undefined) this.#users.set(name, { ...user, passwordHash });
    for (const session of this.#sessions.values()) {
      if (session.user === name && session.hash !== keepSession) this.#sessions.delete(session.hash);
    }
  }
  async addLoginCode(code: LoginCodeRecord): Promise<void> {
    this.#codes.set(code.hash, code);
  }
  async useLoginCode(hash: string, atMs: number): Promise<string | null> {
    const code = this.#codes.get(hash);
    if (code === undefined || code.expiresAtMs <= atMs) return null;
    this.#codes.delete(hash);
    return code.user;
  }
  async addSession(session: SessionRecord): Promise<void> {
    this.#sessions.set(session.hash, session);
  }
  async session(hash: string): Promise<SessionRecord | null> {
    return this.#sessions.get(hash) ?? null;
  }
  async touchSession(hash: string, seenAtMs: number): Promise<void> {
    const session = this.#sessions.get(hash);
    if (session !== undefined) this.#sessions.set(hash, { ...session, seenAtMs });
  }
  async sessions(user: string | null): Promise<readonly SessionRecord[]> {
    return [...this.#sessions.values()].filter((one) => user === null || one.user === user).sort(oldestFirst);
  }
  async deleteSession(hash: string): Promise<boolean> {
    return this.#sessions.delete(hash);
  }
  async addApiToken(token: ApiTokenRecord): Promise<void> {
    this.#tokens.set(token.id, token);
  }
  async apiToken(hash: string): Promise<ApiTokenRecord | null> {
    return [...this.#tokens.values()].find((token) => token.hash === hash) ?? null;
  }
  async apiTokens(user: string | null): Promise<readonly ApiTokenRecord[]> {
    return [...this.#tokens.values()].filter((token) => user === null || token.user === user).sort(oldestFirst);
  }
  async touchApiToken(id: string, usedAtMs: number): Promise<void> {
    const token = this.#tokens.get(id);
    if (token !== undefined) this.#tokens.set(id, { ...token, lastUsedAtMs: usedAtMs });
  }
  async deleteApiToken(user: string | null, id: string): Promise<boolean> {
    return (user === null || this.#tokens.get(id)?.user === user) && this.#tokens.delete(id);
  }
  async addAudit(record: AuditRecord): Promise<void> {
    this.#audit.push(nextEntry(this.#audit.at(-1) ?? null, record));
  }
  async audit({ beforeId, limit, ...filter }: AuditRequest): Promise<AuditPage> {
    const fits = auditFilter(filter) ?? (() => true);
    const older = this.#audit.filter((entry) => (beforeId === null || entry.id < beforeId) && fits(entry)).reverse();
    const entries = older.slice(0, limit);
    return { entries, nextBeforeId: older.length > entries.length ? (entries.at(-1)?.id ?? null) : null };
  }
  checkAudit(): Promise<AuditCheck> {
    return checkParts((from) => this.checkAuditPart(from, this.#audit.length + 1));
  }
  async checkAuditPart(from: AuditHead | null, most: number): Promise<AuditPart> {
    const walk = new ChainWalk(from);
    const rows = this.#audit.slice(from?.id ?? 0, (from?.id ?? 0) + most);
    const holds = rows.every((row) => walk.take(row));
    const isEnd = rows.length < most;
    if (isEnd) walk.end(this.#audit.at(-1) ?? null);
    return { ...walk.check, total: this.#audit.length, next: holds && !isEnd ? walk.last : null };
  }
  async contents(): Promise<StoreContents> {
    const kept = (kind: StoredRows["kind"], times: readonly number[]): StoredRows => ({
      ...{ kind, rows: times.length, estimated: false },
      oldestAtMs: times.length === 0 ? null : Math.min(...times),
    });
    const kinds = [
      kept(
        "events",
        this.#events.map(({ committedMs }) => committedMs),
      ),
      kept("minutes", this.times("minutes")),
      kept("hours", this.times("hours")),
      kept(
        "operations",
        [...this.#operations.values()].map(({ createdAtMs }) => createdAtMs),
      ),
      kept(
        "audit",
        this.#audit.map(({ atMs }) => atMs),
      ),
    ];
    return { sizeBytes: 0, reusableBytes: 0, diskFreeBytes: null, kinds };
  }
  async copy(): Promise<never> {
    throw new FleetError("unavailable", "what is kept in memory alone has no backup");
  }
  async deleteExpired(atMs: number): Promise<void> {
    const maps = [this.#codes, this.#sessions, this.#joinTokens, this.#tokens];
    for (const map of maps as Map<string, { expiresAtMs: number | null }>[]) {
      for (const [key, { expiresAtMs }] of map) if (expiresAtMs !== null && expiresAtMs < atMs) map.delete(key);
    }
  }
}

/** As SQLite has it: by time of making, then by id. */
function oldestFirst(
  a: { readonly createdAtMs: number; readonly id?: string; readonly hash?: string },
  b: { readonly createdAtMs: number; readonly id?: string; readonly hash?: string },
): number {
  const key = (one: typeof a) => one.id ?? one.hash ?? "";
  return a.createdAtMs - b.createdAtMs || (key(a) < key(b) ? -1 : 1);
}

function dropWhere<T>(map: Map<string, T>, matches: (value: T) => boolean): void {
  for (const [key, value] of map) if (matches(value)) map.delete(key);
}

function blankInstance(id: string, name: string, createdAtMs: number): InstanceRecord {
  const never = { epoch: 0, bootId: null, up: false, lastHeardAtMs: null };
  return { id, name, labels: {}, hostName: "", version: "", createdAtMs, ...never };
}

function inTime(event: HistoryEvent, { sinceMs, untilMs }: HistoryRequest): boolean {
  return (sinceMs === null || event.atMs >= sinceMs) && (untilMs === null || event.atMs <= untilMs);
}

function isOf(event: HistoryEvent, { user = null, cause = null, kind = null }: HistoryRequest): boolean {
  return (
    (user === null || event.user === user) &&
    (cause === null || hasCause(event, cause)) &&
    (kind === null || event.kind === kind)
  );
}

function inClauses(event: HistoryEvent, clauses: readonly HistoryClause[] | null): boolean {
  const target = { instance: event.instance, group: event.group, name: event.name };
  return (
    clauses === null ||
    clauses.some(
      ({ exact, covers, states }) =>
        (states === null || (event.toState !== null && states.has(event.toState))) &&
        (exact === null
          ? covers(target)
          : exact.some(
              (one) => one.instance === target.instance && one.group === target.group && one.name === target.name,
            )),
    )
  );
}

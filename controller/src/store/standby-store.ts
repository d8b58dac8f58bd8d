// The SQLite store with what must go on without it: while its disk is full, or its file damaged or out of reach, agents are let in, people
// who are known are answered and orders are given; whatever that leaves behind is kept in memory, and written when the store is back.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Logger } from "pino";
import { byAge, type Operation, type OperationPlace, type OperationSummary, summarize } from "../core/operation.js";
import { type TargetPage, type TargetPageRequest, targetPage } from "../core/operation-page.js";
import type { RevokedList } from "../pki/revoked-list.js";
import { MemoryStore } from "./memory.js";
import type {
  AuditRecord,
  GrantRecord,
  InstanceRecord,
  LoginCodeRecord,
  SessionRecord,
  UserRecord,
} from "./records.js";
import type { Reserve } from "./reserve.js";
import { SqliteStore } from "./sqlite/sqlite-store.js";
import type { SessionGrant, SessionOpening } from "./store.js";
import { Unwritten } from "./unwritten.js";

/** Without these nobody can be known. */
const PEOPLE_TABLES = ["user", "access_grant", "session", "api_token"];

export interface StandbyOptions {
  readonly log: Logger;
  readonly revoked: RevokedList;
  /** Started; it may have failed to. */
  readonly reserve: Reserve;
  /** Called before the file is opened for writing; throws when that must not be. */
  readonly beforeOpen: () => void;
  /** History is written again after it was not. */
  readonly onBack: () => void;
}

export class StandbyStore extends SqliteStore {
  readonly #options: StandbyOptions;
  /** Sessions of people that could not be kept, and everybody while nobody can be read. */
  readonly #memory = new MemoryStore();
  /** Why people cannot be read, since when; null while they can. */
  #blind: { readonly reason: string; readonly sinceMs: number } | null = null;
  /** What a read stumbled over. */
  #damage: { readonly reason: string; readonly sinceMs: number } | null = null;
  readonly #sessions = new Set<string>();
  /** Highest epochs that were given and are not written. */
  readonly #epochs = new Map<string, number>();
  readonly #unwritten: Unwritten;

  constructor(file: string, options: StandbyOptions) {
    const hook: { told: (message: string | null) => void } = { told: () => {} };
    super(file, (message) => hook.told(message), options.beforeOpen);
    this.#options = options;
    hook.told = (message) => this.#troubled(message);
    this.#unwritten = new Unwritten({
      log: options.log,
      reserve: options.reserve,
      writeOperation: (operation) => this.saveChange(operation, [...operation.targets.keys()], true),
      writeAudit: (record) => this.keep("addAudit", record),
      readAudit: (limit) => this.#latestAudit(limit),
    });
  }

  override get trouble(): string | null {
    return super.trouble ?? this.#blind?.reason ?? this.#damage?.reason ?? null;
  }

  override get troubleSinceMs(): number | null {
    return super.troubleSinceMs ?? this.#blind?.sinceMs ?? this.#damage?.sinceMs ?? null;
  }

  /** Rejects only for a file that is not to be touched: of a newer fleetvisor, or in another controller's hands. */
  override async start(): Promise<void> {
    await this.#memory.start();
    await this.startAnyhow();
    await this.#look();
    if (this.readable) await this.#options.revoked.add(await this.revokedAgents()).catch(() => {});
    this.#unwritten.recall();
  }

  /** Whether people can be read; where not, the memory stands in for them. */
  async #look(): Promise<void> {
    try {
      this.openReader();
      await this.inspectTables(PEOPLE_TABLES);
      this.#blind = null;
    } catch (error) {
      const reason = `the store cannot be read: ${FleetError.from(error).message}`;
      this.#blind = { reason, sinceMs: this.#blind?.sinceMs ?? Date.now() };
      this.#options.log.error(
        { error: reason },
        "who may log in cannot be read: a link to log in once is all there is",
      );
    }
  }

  protected override onUnread({ message }: FleetError): void {
    if (this.#damage?.reason === message) return;
    const reason = `the database is damaged: ${message}; \`fvcontroller check\` tells more, and a backup is needed`;
    if (!/malformed|not a database|disk I\/O/.test(message) || this.#damage !== null) return;
    this.#damage = { reason, sinceMs: Date.now() };
    this.#options.log.error({ error: message }, "the database is damaged");
  }

  #troubled(message: string | null): void {
    const { log, onBack } = this.#options;
    if (message !== null) {
      log.error({ error: message }, "history cannot be written now: what is reported waits, the audit is in this log");
      return;
    }
    log.info("history is written again");
    void this.#comeBack().finally(onBack);
  }

  async #comeBack(): Promise<void> {
    if (!this.readable || this.#blind !== null) await this.#look();
    if (this.#blind !== null) return;
    for (const hash of this.#sessions) {
      const session = await this.#memory.session(hash);
      if (session !== null) await super.addSession(session).catch(() => {});
      await this.#memory.deleteSession(hash);
      this.#sessions.delete(hash);
    }
  }

  // -- agents
  override async openSession(opening: SessionOpening): Promise<SessionGrant> {
    const { agentId, bootId, name } = opening;
    if (super.trouble === null) {
      const seenEpoch = Math.max(opening.seenEpoch, this.#epochs.get(agentId) ?? 0);
      try {
        return await super.openSession({ ...opening, seenEpoch });
      } catch (error) {
        if (FleetError.from(error).kind !== "unavailable") throw error;
      }
    }
    const known = await this.instances().catch((): readonly InstanceRecord[] => []);
    const mine = known.find(({ id }) => id === agentId);
    if (this.#options.revoked.has(agentId)) return { outcome: "revoked" };
    if (known.some((one) => one.name === name && one.id !== agentId)) return { outcome: "name-taken" };
    const epoch = Math.max(mine?.epoch ?? 0, opening.seenEpoch, this.#epochs.get(agentId) ?? 0) + 1;
    this.#epochs.set(agentId, epoch);
    void this.keep("openSession", { ...opening, seenEpoch: epoch - 1 }).then(
      () => this.#epochs.get(agentId) === epoch && this.#epochs.delete(agentId),
      () => {},
    );
    const committedSeq = await this.committedSeq(agentId, bootId);
    return { outcome: "opened", epoch, committedSeq, told: [] };
  }

  /** 0 when it cannot be read: the agent then tells all it has, and what is kept already is known by its number. */
  override async committedSeq(agentId: string, bootId: string): Promise<number> {
    return super.committedSeq(agentId, bootId).catch(() => 0);
  }

  override async revokeInstance(name: string, atMs: number): Promise<boolean> {
    const id = (await this.instances()).find((one) => one.name === name)?.id;
    const done = await super.revokeInstance(name, atMs);
    if (id !== undefined && done) {
      await this.#options.revoked.add([id]).catch((error: unknown) => {
        this.#options.log.warn({ error: FleetError.from(error).message }, "the list of removed agents is not written");
      });
    }
    return done;
  }

  // -- operations
  /** In the reserve where it cannot be written, and in the store when that is back: every step of it is on the disk before it counts. */
  override async saveOperation(operation: Operation, changed?: readonly number[]): Promise<void> {
    if (super.trouble === null && this.#unwritten.operation(operation.id) === null) {
      try {
        return await this.saveChange(operation, changed ?? [...operation.targets.keys()], false);
      } catch (error) {
        if (FleetError.from(error).kind !== "unavailable" || super.trouble === null) throw error;
      }
    }
    await this.#unwritten.keepOperation(operation);
  }
  override isRecorded(operationId: string): boolean {
    return this.#unwritten.isRecorded(operationId);
  }
  override async operation(id: string): Promise<Operation | null> {
    return this.#unwritten.operation(id) ?? super.operation(id);
  }
  override async operationTargets(id: string, page: TargetPageRequest): Promise<TargetPage | null> {
    const fresh = this.#unwritten.operation(id);
    return fresh === null ? super.operationTargets(id, page) : targetPage(fresh.targets, page);
  }
  override async operations(limit: number, before?: OperationPlace): Promise<readonly OperationSummary[]> {
    const kept = super.operations(limit, before);
    const fresh = this.#unwritten.operations;
    if (fresh.length === 0) return kept;
    const older = fresh.filter((one) => before === undefined || byAge(before, one) < 0).map(summarize);
    return merge(await kept.catch((): readonly OperationSummary[] => []), older).slice(0, limit);
  }
  override async runningOperations(): Promise<readonly Operation[]> {
    const kept = await super.runningOperations().catch((error: unknown) => {
      if (this.#unwritten.operations.length === 0) throw error;
      return [];
    });
    return merge(kept, this.#unwritten.operations)
      .filter(({ finishedAtMs }) => finishedAtMs === null)
      .reverse();
  }

  // -- audit
  /** In the log and the reserve at once, and in the audit when the store is back, where it cannot be written. */
  override async addAudit(record: AuditRecord): Promise<void> {
    if (super.trouble === null && !this.#unwritten.hasAudit) {
      try {
        return await super.addAudit(record);
      } catch (error) {
        if (FleetError.from(error).kind !== "unavailable" || super.trouble === null) throw error;
      }
    }
    this.#options.log.warn({ audit: record }, "the audit waits for the store");
    await this.#unwritten.keepAudit(record);
  }

  async #latestAudit(limit: number): Promise<readonly AuditRecord[]> {
    // What cannot be read cannot be compared: a row told twice is better than one that is lost.
    const page = await super.audit({ beforeId: null, limit }).catch(() => null);
    return page?.entries.map(({ id: _, hash: __, ...record }) => record) ?? [];
  }

  // -- people
  override async addUser(user: UserRecord, grants: readonly GrantRecord[]): Promise<boolean> {
    // The first one alone, for its link: whom people add would be gone with this process.
    if (this.#blind === null || (await this.#memory.users()).length > 0) return super.addUser(user, grants);
    return this.#memory.addUser(user, grants);
  }
  override user(name: string) {
    return this.#blind === null ? super.user(name) : this.#memory.user(name);
  }
  override users() {
    return this.#blind === null ? super.users() : this.#memory.users();
  }
  override grants(user: string | null) {
    return this.#blind === null ? super.grants(user) : this.#memory.grants(user);
  }
  override addLoginCode(code: LoginCodeRecord) {
    return this.#blind === null ? super.addLoginCode(code) : this.#memory.addLoginCode(code);
  }
  override useLoginCode(hash: string, atMs: number) {
    return this.#blind === null ? super.useLoginCode(hash, atMs) : this.#memory.useLoginCode(hash, atMs);
  }
  override async apiToken(hash: string) {
    return this.#blind === null ? super.apiToken(hash) : null;
  }
  override async addSession(session: SessionRecord): Promise<void> {
    if (this.#blind === null && super.trouble === null) {
      try {
        return await super.addSession(session);
      } catch (error) {
        if (FleetError.from(error).kind !== "unavailable") throw error;
      }
    }
    this.#sessions.add(session.hash);
    await this.#memory.addSession(session);
  }
  override async session(hash: string): Promise<SessionRecord | null> {
    return (await this.#memory.session(hash)) ?? (this.#blind === null ? super.session(hash) : null);
  }
  override async sessions(user: string | null): Promise<readonly SessionRecord[]> {
    const here = await this.#memory.sessions(user);
    return this.#blind === null ? [...(await super.sessions(user)), ...here] : here;
  }
  override async deleteSession(hash: string): Promise<boolean> {
    if (!this.#sessions.delete(hash)) return super.deleteSession(hash);
    return this.#memory.deleteSession(hash);
  }
  override async touchSession(hash: string, seenAtMs: number): Promise<void> {
    await (this.#sessions.has(hash) ? this.#memory.touchSession(hash, seenAtMs) : super.touchSession(hash, seenAtMs));
  }
}

/** Newest first. What is not written yet is newer than what is. */
function merge<O extends OperationPlace>(kept: readonly O[], fresh: readonly O[]): O[] {
  const ids = new Set(fresh.map(({ id }) => id));
  return [...fresh, ...kept.filter(({ id }) => !ids.has(id))].sort(byAge);
}

// The store in one SQLite file: writes go to the writer thread, reads are answered here on a connection of their own.
import { open, rm } from "node:fs/promises";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Database } from "better-sqlite3";
import type { HistoryEvent, NewEvent } from "../../core/history.js";
import type { Operation, OperationPlace, OperationSummary } from "../../core/operation.js";
import type { TargetPage, TargetPageRequest } from "../../core/operation-page.js";
import { checkParts } from "../audit-chain.js";
import type { MetricRequest, MetricUpkeep, MinuteRow } from "../metric-history.js";
import type {
  ApiTokenRecord,
  AuditHead,
  AuditRecord,
  AuditRequest,
  GrantRecord,
  JoinTokenRecord,
  LoginCodeRecord,
  SessionRecord,
  UserRecord,
} from "../records.js";
import type { HistoryRequest, ReportCommit, SessionOpening, Store, StoreLoad } from "../store.js";
import { accessQueries } from "./access-queries.js";
import { auditQueries } from "./audit-queries.js";
import { contentsQueries } from "./contents.js";
import { copyDatabase, partialCopyOf } from "./copy.js";
import { historyQueries } from "./history-queries.js";
import { metricQueries } from "./metric-queries.js";
import { openDatabase } from "./open.js";
import { outcomeOf } from "./operation-rows.js";
import { preparedQueries } from "./queries.js";
import { WriterThread } from "./writer-thread.js";
import type { WriteArgs, WriteName, WriteResult } from "./writes.js";

/** Rows of the audit checked between two looks at whether to go on. */
const CHECK_ROWS = 20_000;

interface Reader {
  readonly db: Database;
  readonly history: ReturnType<typeof historyQueries>;
  readonly rows: ReturnType<typeof preparedQueries>;
  readonly access: ReturnType<typeof accessQueries>;
  readonly audit: ReturnType<typeof auditQueries>;
  readonly contents: ReturnType<typeof contentsQueries>;
  readonly metrics: ReturnType<typeof metricQueries>;
}

export class SqliteStore implements Store {
  readonly #file: string;
  readonly #writer: WriterThread;
  readonly #stopped = new AbortController();
  #reader: Reader | null = null;

  /**
   * `onTrouble` hears when writing stops working, and null when it works again; `beforeOpen` is called before the file is opened for
   * writing, and throws when that must not be.
   */
  constructor(file: string, onTrouble: (message: string | null) => void = () => {}, beforeOpen?: () => void) {
    this.#file = file;
    this.#writer = new WriterThread(file, onTrouble, undefined, beforeOpen);
  }

  get trouble(): string | null {
    return this.#writer.trouble;
  }

  get troubleSinceMs(): number | null {
    return this.#writer.troubleSinceMs;
  }

  /** Whether it can be read now. */
  protected get readable(): boolean {
    return this.#reader !== null;
  }

  get load(): StoreLoad {
    return this.#writer.load;
  }

  async start(): Promise<void> {
    await this.#writer.start();
    try {
      this.openReader();
    } catch (error) {
      await this.#writer.stop();
      throw error;
    }
  }

  /** As `start`, but what cannot be opened for writing now is trouble and tried again; reading is left to `openReader`. */
  protected startAnyhow(): Promise<void> {
    return this.#writer.startAnyhow();
  }

  /** Opens it for reading, anew if it was. Throws FleetError when it cannot be read. */
  protected openReader(): void {
    this.closeReader();
    if (this.#stopped.signal.aborted) throw new FleetError("unavailable", "the store is closed");
    const db = openDatabase(this.#file, "read");
    try {
      const history = historyQueries(db);
      const [rows, access, metrics] = [preparedQueries(db), accessQueries(db), metricQueries(db)];
      const [audit, contents] = [auditQueries(db), contentsQueries(db, this.#file)];
      this.#reader = { db, history, rows, access, audit, contents, metrics };
    } catch (error) {
      db.close();
      throw FleetError.from(error, "unavailable");
    }
  }

  protected closeReader(): void {
    this.#reader?.db.close();
    this.#reader = null;
  }

  /** Throws what is wrong with tables, looked over whole. */
  protected inspectTables(tables: readonly string[]): Promise<void> {
    return this.#read(({ db }) => {
      for (const table of tables) {
        const found = db.pragma(`quick_check(${table})`, { simple: true });
        if (found !== "ok") throw new FleetError("unavailable", String(found));
      }
    });
  }

  /** A write that is tried again for as long as the disk refuses. */
  protected keep<N extends WriteName>(name: N, ...args: WriteArgs<N>): Promise<WriteResult<N>> {
    return this.#writer.write(name, args, { rows: 1, patient: true, lasting: true });
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new FleetError("unavailable", "the store is closed"));
    this.closeReader();
    await this.#writer.stop();
  }

  /** Hears that a read failed. */
  protected onUnread(_error: FleetError): void {}

  /** Async although SQLite is not: what a read throws becomes a rejection, as with any other back end. */
  async #read<T>(query: (reader: Reader) => T | Promise<T>): Promise<T> {
    if (this.#reader === null) throw new FleetError("unavailable", "the store is closed, or cannot be read");
    try {
      return await query(this.#reader);
    } catch (error) {
      const failure = FleetError.from(error, "unavailable");
      this.onUnread(failure);
      throw failure;
    }
  }

  // -- history
  async commitReports(commit: ReportCommit): Promise<readonly HistoryEvent[]> {
    const options = { rows: commit.events.length + 1, patient: true, lasting: true };
    return numbered(commit.events, await this.#writer.write("commitReports", [commit], options));
  }
  async recordEvents(events: readonly NewEvent[]): Promise<readonly HistoryEvent[]> {
    const options = { rows: events.length, patient: true, lasting: true };
    return numbered(events, await this.#writer.write("recordEvents", [events], options));
  }
  committedSeq(agentId: string, bootId: string) {
    return this.#read(({ rows }) => rows.committedSeq(agentId, bootId));
  }
  history(request: HistoryRequest) {
    return this.#read(({ history }) => history.history(request));
  }
  extent() {
    return this.#read(({ history }) => history.extent());
  }
  firstIdSince(atMs: number) {
    return this.#read(({ history }) => history.firstIdSince(atMs));
  }
  momentBefore(id: number) {
    return this.#read(({ history }) => history.momentBefore(id));
  }
  forgetUnused(from: number, count: number) {
    return this.#writer.write("forgetUnused", [from, count]);
  }
  deleteBelow(id: number) {
    return this.#writer.write("deleteBelow", [id]);
  }

  // -- metrics
  recordMinutes(rows: readonly MinuteRow[]) {
    return this.#writer.write("recordMinutes", [rows], { rows: rows.length, patient: true, lasting: false });
  }
  metrics(request: MetricRequest) {
    return this.#read(({ metrics }) => metrics.metrics(request));
  }
  tendMetrics(upkeep: MetricUpkeep) {
    return this.#writer.write("tendMetrics", [upkeep], { rows: 1, patient: true, lasting: false });
  }

  // -- instances
  /** Every agent that was removed from the fleet, by id. */
  revokedAgents() {
    return this.#read(({ rows }) => rows.revokedAgents());
  }
  instances() {
    return this.#read(({ rows }) => rows.instances());
  }
  openSession(opening: SessionOpening) {
    return this.#writer.write("openSession", [opening]);
  }
  noteContact(notes: readonly { agentId: string; heardAtMs: number }[]) {
    return this.#writer.write("noteContact", [notes], { rows: notes.length, patient: true, lasting: false });
  }
  revokeInstance(name: string, atMs: number) {
    return this.#writer.write("revokeInstance", [name, atMs]);
  }

  // -- joining
  addJoinToken(token: JoinTokenRecord) {
    return this.#writer.write("addJoinToken", [token]);
  }
  joinToken(id: string) {
    return this.#read(({ rows }) => rows.joinToken(id));
  }
  joinTokens() {
    return this.#read(({ rows }) => rows.joinTokens());
  }
  deleteJoinToken(id: string) {
    return this.#writer.write("deleteJoinToken", [id]);
  }
  join(tokenId: string, agentId: string, name: string, atMs: number) {
    return this.#writer.write("join", [tokenId, agentId, name, atMs]);
  }

  // -- operations
  saveOperation(operation: Operation, changed: readonly number[] = [...operation.targets.keys()]): Promise<void> {
    return this.saveChange(operation, changed, true);
  }
  /** A lasting save is tried again for as long as the disk refuses. */
  protected saveChange(saved: Operation, changed: readonly number[], lasting: boolean) {
    const { targets, ...operation } = saved;
    // Only what differs goes to the other thread: with many targets most of the time would be spent on copying them.
    const rows = changed.flatMap((place) => {
      const target = targets[place];
      return target === undefined ? [] : [[place, target] as const];
    });
    const options = { rows: rows.length + 1, patient: false, lasting };
    return this.#writer.write("saveOperation", [{ operation, outcome: outcomeOf(saved), targets: rows }], options);
  }
  isRecorded(_operationId: string): boolean {
    return true;
  }
  operation(id: string) {
    return this.#read(({ rows }) => rows.operation(id));
  }
  operationTargets(id: string, page: TargetPageRequest): Promise<TargetPage | null> {
    return this.#read(({ rows }) => rows.operationTargets(id, page));
  }
  operations(limit: number, before?: OperationPlace): Promise<readonly OperationSummary[]> {
    return this.#read(({ rows }) => rows.operations(limit, before));
  }
  runningOperations(): Promise<readonly Operation[]> {
    return this.#read(({ rows }) => rows.runningOperations());
  }
  unsettledOperations(sinceMs: number, limit: number): Promise<readonly Operation[]> {
    return this.#read(({ rows }) => rows.unsettledOperations(sinceMs, limit));
  }
  deleteOperationBefore(atMs: number) {
    return this.#writer.write("deleteOperationBefore", [atMs]);
  }

  // -- access
  addUser(user: UserRecord, grants: readonly GrantRecord[]) {
    return this.#writer.write("addUser", [user, grants]);
  }
  user(name: string) {
    return this.#read(({ access }) => access.user(name));
  }
  users(): Promise<readonly UserRecord[]> {
    return this.#read(({ access }) => access.users());
  }
  setUserDisabled(name: string, atMs: number | null) {
    return this.#writer.write("setUserDisabled", [name, atMs]);
  }
  deleteUser(name: string) {
    return this.#writer.write("deleteUser", [name]);
  }
  addGrant(grant: GrantRecord) {
    return this.#writer.write("addGrant", [grant]);
  }
  grants(user: string | null): Promise<readonly GrantRecord[]> {
    return this.#read(({ access }) => access.grants(user));
  }
  deleteGrant(id: string) {
    return this.#writer.write("deleteGrant", [id]);
  }
  setPassword(user: string, passwordHash: string, keepSession: string | null) {
    return this.#writer.write("setPassword", [user, passwordHash, keepSession]);
  }
  addLoginCode(code: LoginCodeRecord) {
    return this.#writer.write("addLoginCode", [code]);
  }
  useLoginCode(hash: string, atMs: number) {
    return this.#writer.write("useLoginCode", [hash, atMs]);
  }
  addSession(session: SessionRecord) {
    return this.#writer.write("addSession", [session]);
  }
  session(hash: string) {
    return this.#read(({ access }) => access.session(hash));
  }
  sessions(user: string | null): Promise<readonly SessionRecord[]> {
    return this.#read(({ access }) => access.sessions(user));
  }
  touchSession(hash: string, seenAtMs: number) {
    return this.#writer.write("touchSession", [hash, seenAtMs]);
  }
  deleteSession(hash: string) {
    return this.#writer.write("deleteSession", [hash]);
  }
  addApiToken(token: ApiTokenRecord) {
    return this.#writer.write("addApiToken", [token]);
  }
  apiToken(hash: string) {
    return this.#read(({ access }) => access.apiToken(hash));
  }
  apiTokens(user: string | null) {
    return this.#read(({ access }) => access.apiTokens(user));
  }
  touchApiToken(id: string, usedAtMs: number) {
    return this.#writer.write("touchApiToken", [id, usedAtMs]);
  }
  deleteApiToken(user: string | null, id: string) {
    return this.#writer.write("deleteApiToken", [user, id]);
  }
  addAudit(record: AuditRecord) {
    return this.#writer.write("addAudit", [record], { rows: 1, patient: true, lasting: false });
  }
  audit(request: AuditRequest) {
    return this.#read(({ audit }) => audit.audit(request));
  }
  checkAudit() {
    return checkParts((from) => this.checkAuditPart(from, CHECK_ROWS));
  }
  checkAuditPart(from: AuditHead | null, most: number) {
    return this.#read(({ audit }) => audit.checkAuditPart(from, most));
  }
  contents() {
    return this.#read(({ contents }) => contents.contents());
  }
  async copy() {
    const file = partialCopyOf(this.#file);
    await copyDatabase(this.#file, file, { signal: this.#stopped.signal });
    const handle = await open(file, "r");
    // From here on it is the reader's alone, and gone with it however that ends.
    await rm(file);
    return { sizeBytes: (await handle.stat()).size, content: handle.createReadStream() };
  }
  deleteExpired(atMs: number) {
    return this.#writer.write("deleteExpired", [atMs]);
  }
}

/** The events that were new, with their ids. */
function numbered(events: readonly NewEvent[], ids: readonly number[]): HistoryEvent[] {
  return events.flatMap((event, index) => {
    const id = ids[index] ?? 0;
    return id === 0 ? [] : [{ ...event, id }];
  });
}

// The history interface: everything that outlives the controller, with the promises that every back end keeps.
// One contract suite (test/contract/store.test.ts) holds each of them to it.
import type { Readable } from "node:stream";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import type { EventKind, HistoryCause, HistoryEvent, NewEvent } from "../core/history.js";
import type { Operation, OperationPlace, OperationSummary } from "../core/operation.js";
import type { TargetPage, TargetPageRequest } from "../core/operation-page.js";
import type { HistoryExtent } from "../core/retention.js";
import type { Labels } from "../core/selection.js";
import type { MetricHistory } from "./metric-history.js";
import type {
  ApiTokenRecord,
  AuditCheck,
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
  UserRecord,
} from "./records.js";

/** Reports of one boot of one agent, to be kept together. */
export interface ReportCommit {
  readonly agentId: string;
  readonly bootId: string;
  /** Every report up to here is in this commit or in an earlier one. */
  readonly throughSeq: number;
  /** In seq order; reports that are no events of history have none. */
  readonly events: readonly NewEvent[];
}

/** One alternative of a history filter: all conditions must hold. */
export interface HistoryClause {
  /** Only these targets, or null to ask `covers`. */
  readonly exact: readonly TargetName[] | null;
  /** The only instances that `covers` can hold for, where that is known. */
  readonly instances?: ReadonlySet<string> | null;
  /** The only processes, on whatever instance, that `covers` can hold for, where that is known. */
  readonly processes?: readonly { readonly group: string; readonly name: string }[] | null;
  covers(target: TargetName): boolean;
  /** Only changes to one of these states; null for every event. */
  readonly states: ReadonlySet<ProcessState> | null;
}

/** What an event is about; group and name are null when it is the instance itself. */
export interface TargetName {
  readonly instance: string;
  readonly group: string | null;
  readonly name: string | null;
}

export interface HistoryRequest {
  /** Any of these; null for everything. */
  readonly clauses: readonly HistoryClause[] | null;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  /** Only what this user asked for. */
  readonly user?: string | null;
  readonly cause?: HistoryCause | null;
  readonly kind?: EventKind | null;
  readonly limit: number;
  /** Only ids below this one; null to begin at the newest. */
  readonly beforeId: number | null;
}

export interface HistoryAnswer {
  /** Newest first, by id. */
  readonly events: readonly HistoryEvent[];
  /**
   * `beforeId` of the next page, null when there is nothing older. A page may be short and still have a next one: a search takes
   * a bounded time.
   */
  readonly nextBeforeId: number | null;
}

/** The latest events before some id that were committed in one millisecond. */
export interface Moment {
  readonly atMs: number;
  /** Oldest first; never empty. */
  readonly events: readonly (TargetName & { readonly id: number })[];
}

export interface SessionOpening {
  readonly agentId: string;
  readonly bootId: string;
  readonly name: string;
  readonly labels: Labels;
  readonly hostName: string;
  readonly version: string;
  /** Highest epoch that the agent says it has seen: ours is above it, though the store may be older than the agent's memory. */
  readonly seenEpoch: number;
  readonly atMs: number;
}

/** Counted since the store was started. */
export interface StoreLoad {
  /** Rows asked for and not committed yet. */
  readonly waitingRows: number;
  readonly commits: number;
  readonly rows: number;
  /** From handing a batch over to the word that it is committed, all together. */
  readonly commitMs: number;
}

/** Why a session may not be; or its epoch, and the highest seq of its boot that is kept. */
export type SessionGrant =
  | { readonly outcome: "revoked" }
  | { readonly outcome: "name-taken" }
  | {
      readonly outcome: "opened";
      readonly epoch: number;
      readonly committedSeq: number;
      /** What history was told with it, kept in the same moment. */
      readonly told: readonly HistoryEvent[];
    };

export interface StoreCopy {
  readonly sizeBytes: number;
  readonly content: Readable;
}

/**
 * Promises:
 * - Every write resolves only when it is committed: after that a crash of the controller does not undo it.
 * - Writes are committed in the order of the calls, each wholly or not at all.
 * - A read sees every write that resolved before it was asked.
 * - A write rejects with `unavailable` when the store cannot write now; reports are tried again by the store itself and do not reject
 *   for that, so that a full disk delays history and does not lose it.
 * - Times are wall clock ms; secrets come and go as hashes.
 */
export interface Store extends Lifecycle, MetricHistory {
  // -- history
  /**
   * Keeps reports. A report that is kept already, by (agent, boot, seq), is left out: nothing is ever doubled. Resolves with the events
   * that were new, in order, with their ids.
   */
  commitReports(commit: ReportCommit): Promise<readonly HistoryEvent[]>;
  /** Keeps what the controller found out itself, and with an instance's coming or going whether it is up: both or neither. */
  recordEvents(events: readonly NewEvent[]): Promise<readonly HistoryEvent[]>;
  /** Highest seq of the boot that is kept; 0 for none. */
  committedSeq(agentId: string, bootId: string): Promise<number>;
  history(request: HistoryRequest): Promise<HistoryAnswer>;
  extent(): Promise<HistoryExtent>;
  /** Lowest id committed at `atMs` or later; null when every event is older. */
  firstIdSince(atMs: number): Promise<number | null>;
  /** The moment that ends just below an id; null when there is nothing below it. */
  momentBefore(id: number): Promise<Moment | null>;
  /** Deletes events below the id. */
  deleteBelow(id: number): Promise<void>;
  /**
   * Forgets names and boots of which no event is left, except boots that agents are in: looks at so many, from a place that the call
   * before told (0 to begin with). Resolves with the next place, null at the end.
   */
  forgetUnused(from: number, count: number): Promise<number | null>;

  // -- instances
  instances(): Promise<readonly InstanceRecord[]>;
  /** Raises the epoch, takes over name and labels, in one step. */
  openSession(opening: SessionOpening): Promise<SessionGrant>;
  /** Notes when instances were last heard and whether history has them up. Unknown ones are left out. */
  noteContact(notes: readonly { readonly agentId: string; readonly heardAtMs: number }[]): Promise<void>;
  /** Refuses the agent from now on and frees its name; false when no agent has that name. */
  revokeInstance(name: string, atMs: number): Promise<boolean>;

  // -- joining
  addJoinToken(token: JoinTokenRecord): Promise<void>;
  joinToken(id: string): Promise<JoinTokenRecord | null>;
  /** Oldest first, used up and expired ones too until they are deleted. */
  joinTokens(): Promise<readonly JoinTokenRecord[]>;
  /** False when there is none. */
  deleteJoinToken(id: string): Promise<boolean>;
  /** Uses the token once and enrols the agent, or does neither. */
  join(tokenId: string, agentId: string, name: string, atMs: number): Promise<JoinOutcome>;

  // -- operations
  /** Keeps a new operation or the changed one; then `changed` may say which of its targets differ from what is kept. */
  saveOperation(operation: Operation, changed?: readonly number[]): Promise<void>;
  operation(id: string): Promise<Operation | null>;
  /** Some of its targets; costs what is looked at of them. Null when there is no such operation. */
  operationTargets(id: string, page: TargetPageRequest): Promise<TargetPage | null>;
  /** Whether an operation that was saved outlives a crash of the controller; one begun while nothing can be written does not. */
  isRecorded(operationId: string): boolean;
  /** Newest first, those older than one of them; costs the same however many targets each has. */
  operations(limit: number, before?: OperationPlace): Promise<readonly OperationSummary[]>;
  runningOperations(): Promise<readonly Operation[]>;
  /** Those that finished since, with a target of which its agent may still say what became of it. Newest first. */
  unsettledOperations(sinceMs: number, limit: number): Promise<readonly Operation[]>;
  /** Deletes the one that finished longest ago, if that was before then; false when there is none. */
  deleteOperationBefore(atMs: number): Promise<boolean>;

  // -- access
  /** Adds a user with grants; false, with nothing done, when the name is there. */
  addUser(user: UserRecord, grants: readonly GrantRecord[]): Promise<boolean>;
  user(name: string): Promise<UserRecord | null>;
  /** By name. */
  users(): Promise<readonly UserRecord[]>;
  /** Keeps a user out from a moment on, which ends every session; null lets it in again. False when there is no such user. */
  setUserDisabled(name: string, atMs: number | null): Promise<boolean>;
  /** Deletes a user with its grants, sessions, tokens and codes; false when there is no such user. */
  deleteUser(name: string): Promise<boolean>;
  /** False when there is no such user. */
  addGrant(grant: GrantRecord): Promise<boolean>;
  /** Of one user, or with null of all; oldest first. */
  grants(user: string | null): Promise<readonly GrantRecord[]>;
  /** False when there is none. */
  deleteGrant(id: string): Promise<boolean>;
  /** Sets the password and ends every other session of the user. */
  setPassword(user: string, passwordHash: string, keepSession: string | null): Promise<void>;
  addLoginCode(code: LoginCodeRecord): Promise<void>;
  /** Uses up a code; null when it is unknown, used or expired, else its user. */
  useLoginCode(hash: string, atMs: number): Promise<string | null>;
  addSession(session: SessionRecord): Promise<void>;
  session(hash: string): Promise<SessionRecord | null>;
  /** Of one user, or with null of all; oldest first. */
  sessions(user: string | null): Promise<readonly SessionRecord[]>;
  touchSession(hash: string, seenAtMs: number): Promise<void>;
  /** False when there is none. */
  deleteSession(hash: string): Promise<boolean>;
  addApiToken(token: ApiTokenRecord): Promise<void>;
  apiToken(hash: string): Promise<ApiTokenRecord | null>;
  /** Of one user, or with null of all; oldest first. */
  apiTokens(user: string | null): Promise<readonly ApiTokenRecord[]>;
  touchApiToken(id: string, usedAtMs: number): Promise<void>;
  /** False when the user, or with null anybody, has no such token. */
  deleteApiToken(user: string | null, id: string): Promise<boolean>;
  /** Adds a row that follows from the one before (store/audit-chain.ts). Rows are never changed and never deleted. */
  addAudit(record: AuditRecord): Promise<void>;
  /** One page, newest first. */
  audit(request: AuditRequest): Promise<AuditPage>;
  /** Walks the whole audit: takes as long as it is, in small steps. */
  checkAudit(): Promise<AuditCheck>;
  /** Walks at most so many rows of it, from the first (null) or from where a part before got to. */
  checkAuditPart(from: AuditHead | null, most: number): Promise<AuditPart>;
  /** Deletes codes, sessions, join tokens and API tokens that ended before. */
  deleteExpired(atMs: number): Promise<void>;

  /**
   * Everything as of one moment, as a file that the same back end opens. Writes go on meanwhile. Rejects with `unavailable` where there
   * is no such file. Whoever asks ends the content, read or not.
   */
  copy(): Promise<StoreCopy>;

  /** How much is kept. Found out in small steps. */
  contents(): Promise<StoreContents>;

  /** What writing costs. */
  readonly load: StoreLoad;

  /** Null while all works, else what is wrong, for people. */
  readonly trouble: string | null;
  /** When the trouble began, wall clock ms; null without. */
  readonly troubleSinceMs: number | null;
}

// What the store keeps besides history: instances, people, their secrets as hashes, and the trail of what they did.
import type { AccessVerb, Role } from "@fleetvisor/proto/vocabulary/access";
import type { StoredKind } from "@fleetvisor/proto/vocabulary/stored";
import type { Labels } from "../core/selection.js";

export interface InstanceRecord {
  /** Agent id, fixed at enrolment. */
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  readonly hostName: string;
  readonly version: string;
  /** Number of sessions so far. */
  readonly epoch: number;
  /** Boot of the last session; null before the first. */
  readonly bootId: string | null;
  /** Whether the last thing history says of it is that it came up. */
  readonly up: boolean;
  /** Null for never. */
  readonly lastHeardAtMs: number | null;
  readonly createdAtMs: number;
}

export interface UserRecord {
  readonly name: string;
  /** As access/passwords.ts writes it; null until a first password is chosen. */
  readonly passwordHash: string | null;
  /** Null while the user may log in. */
  readonly disabledAtMs: number | null;
  /** Null for users of before this was noted. */
  readonly createdAtMs: number | null;
}

/** What a user may do where; several add up. */
export interface GrantRecord {
  readonly id: string;
  readonly user: string;
  /** Null when verbs are listed. */
  readonly role: Role | null;
  /** Empty with a role. */
  readonly verbs: readonly AccessVerb[];
  readonly selector: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

/** A browser's session, found by the hash of its cookie. */
export interface SessionRecord {
  readonly hash: string;
  readonly user: string;
  /** "code" came by a one-time link and may set a password without the old one. */
  readonly origin: "code" | "password";
  readonly createdAtMs: number;
  readonly seenAtMs: number;
  readonly expiresAtMs: number;
}

export interface ApiTokenRecord {
  readonly id: string;
  readonly hash: string;
  readonly name: string;
  readonly user: string;
  readonly createdAtMs: number;
  /** Null for one that is good until it is revoked. */
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

export interface JoinTokenRecord {
  readonly id: string;
  readonly secretHash: string;
  readonly uses: number;
  readonly used: number;
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface LoginCodeRecord {
  readonly hash: string;
  readonly user: string;
  readonly expiresAtMs: number;
}

export interface AuditRecord {
  readonly atMs: number;
  /** User, agent or "" for nobody known. */
  readonly actor: string;
  /** What was tried: "login", "operation", "token.create", ... */
  readonly action: string;
  readonly subject: string;
  readonly outcome: "done" | "refused";
  readonly address: string;
}

/** A row of the audit with its place in the chain (store/audit-chain.ts). */
export interface AuditEntry extends AuditRecord {
  /** Rises by one a row. */
  readonly id: number;
  readonly hash: string;
}

/** Which rows of the audit are asked for; what is null or left out may be anything. */
export interface AuditFilter {
  readonly actor?: string | null;
  /** Itself, or what begins with it and a dot: "operation" is also "operation.restart". */
  readonly action?: string | null;
  readonly outcome?: AuditRecord["outcome"] | null;
  /** Is in subject or address, in letters of either case. */
  readonly text?: string | null;
  readonly sinceMs?: number | null;
  readonly untilMs?: number | null;
}

export interface AuditRequest extends AuditFilter {
  /** Only ids below this one; null to begin at the newest. */
  readonly beforeId: number | null;
  readonly limit: number;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /**
   * `beforeId` of the next page; null on the last. With a filter a page may be short and still have a next one: a search takes a
   * bounded time.
   */
  readonly nextBeforeId: number | null;
}

/** A row by its place in the chain. */
export interface AuditHead {
  readonly id: number;
  readonly hash: string;
}

/** What a walk over the whole audit found. */
export interface AuditCheck {
  /** Rows that follow from each other. */
  readonly rows: number;
  /** Hash of the last of them; "" when there is none. */
  readonly head: string;
  /** The first row that does not follow; null when all do. */
  readonly broken: { readonly id: number; readonly reason: string } | null;
}

/** What a walk over a part of the audit found; its rows are counted from the first. */
export interface AuditPart extends AuditCheck {
  /** Rows that there are. */
  readonly total: number;
  /** Where the next part begins; null at the end, and where the chain is broken. */
  readonly next: AuditHead | null;
}

/** How many rows of one kind there are. */
export interface StoredRows {
  readonly kind: StoredKind;
  readonly rows: number;
  /** Worked out of the first and the last row, since counting would read them all: never less than there are. */
  readonly estimated: boolean;
  /** Null when there is none. */
  readonly oldestAtMs: number | null;
}

export interface StoreContents {
  /** All files of the store together. */
  readonly sizeBytes: number;
  /** Of that, what rows that are gone have left, to be used by new ones. */
  readonly reusableBytes: number;
  /** Free on its disk; null where that is not known. */
  readonly diskFreeBytes: number | null;
  /** One for each kind. */
  readonly kinds: readonly StoredRows[];
}

/** Why an enrolment was not made; "joined" when it was. */
export type JoinOutcome = "joined" | "bad-token" | "name-taken";

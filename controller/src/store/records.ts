// What the store keeps besides history: instances, people, their secrets as hashes, and the trail of what they did.
import type { AccessVerb, Role } from "@fleetvisor/proto/vocabulary/access";
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

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** `beforeId` of the next page; null on the last. */
  readonly nextBeforeId: number | null;
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

/** Why an enrolment was not made; "joined" when it was. */
export type JoinOutcome = "joined" | "bad-token" | "name-taken";

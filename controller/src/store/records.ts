// What the store keeps besides history: instances, people, their secrets as hashes, and the trail of what they did.
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

export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

export interface UserRecord {
  readonly name: string;
  readonly role: Role;
  /** As access/passwords.ts writes it; null until a first password is chosen. */
  readonly passwordHash: string | null;
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

/** Why an enrolment was not made; "joined" when it was. */
export type JoinOutcome = "joined" | "bad-token" | "name-taken";

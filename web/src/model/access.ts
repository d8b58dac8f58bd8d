// Users, grants, tokens and the audit as the pages draw them: in words, with what has ended told apart from what counts.
import type { ApiToken, AuditEntry, JoinTokenInfo, OwnGrant, User } from "@fleetvisor/proto/api/v1";
import { ACCESS_VERBS, type AccessVerb, ROLE_VERBS, type Role } from "@fleetvisor/proto/vocabulary/access";
import { formatSpan, listWords, plural } from "../lib/format.js";

/** `operator of role=web/api:*`, `restart, stop on all`. */
export function grantWords({ role, verbs, selector }: OwnGrant): string {
  return role === null ? `${verbs.join(", ")} on ${selector}` : `${role} of ${selector}`;
}

/** What a role may do. */
export function roleMeaning(role: Role): string {
  return listWords(ROLE_VERBS[role], 20);
}

export function verbMeaning(verb: AccessVerb): string {
  return ACCESS_VERBS[verb];
}

export interface UserRow {
  readonly name: string;
  /** Oneself: cannot be kept out or deleted from here. */
  readonly own: boolean;
  readonly disabled: boolean;
  readonly password: string;
  readonly grants: User["grants"];
}

export function buildUsers(users: readonly User[], own: string): readonly UserRow[] {
  return users.map(({ name, passwordSet, disabledAtMs, grants }) => ({
    name,
    own: name === own,
    disabled: disabledAtMs !== null,
    password: passwordSet ? "set" : "none: only tokens and links",
    grants,
  }));
}

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
  /** `never`, `in 3d 4h`, `ended`. */
  readonly ends: string;
  readonly ended: boolean;
}

export function buildTokens(tokens: readonly ApiToken[], nowMs: number): readonly TokenRow[] {
  return tokens.map(({ id, name, user, createdAtMs, lastUsedAtMs, expiresAtMs = null }) => ({
    ...{ id, name, user, createdAtMs, lastUsedAtMs },
    ...endOf(expiresAtMs, nowMs),
  }));
}

function endOf(expiresAtMs: number | null, nowMs: number): { ends: string; ended: boolean } {
  if (expiresAtMs === null) return { ends: "never", ended: false };
  const ended = expiresAtMs <= nowMs;
  return { ends: ended ? "ended" : `in ${formatSpan(expiresAtMs - nowMs)}`, ended };
}

export interface JoinRow {
  readonly id: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
  /** `1 host left of 5`, `used up`. */
  readonly left: string;
  readonly ends: string;
  /** No host can join by it any more. */
  readonly ended: boolean;
}

export function buildJoins(tokens: readonly JoinTokenInfo[], nowMs: number): readonly JoinRow[] {
  return tokens.map(({ id, uses, used, createdBy, createdAtMs, expiresAtMs }) => {
    const { ends, ended } = endOf(expiresAtMs, nowMs);
    const left = Math.max(0, uses - used);
    return {
      ...{ id, createdBy, createdAtMs, ends },
      left: left === 0 ? "used up" : `${plural(left, "host", "hosts")} left of ${uses}`,
      ended: ended || left === 0,
    };
  });
}

export interface AuditRow {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly refused: boolean;
  readonly address: string;
  /** As much of the hash as a person compares. */
  readonly hash: string;
}

export function buildAudit(entries: readonly AuditEntry[]): readonly AuditRow[] {
  return entries.map(({ id, atMs, actor, action, subject, outcome, address, hash }) => ({
    ...{ id, atMs, action, subject, address },
    actor: actor === "" ? "nobody known" : actor,
    refused: outcome === "refused",
    hash: hash.slice(0, 12),
  }));
}

/** Lives that are offered for tokens; null is for ever. */
export const LIVES: readonly { readonly word: string; readonly seconds: number | null }[] = [
  { word: "an hour", seconds: 3_600 },
  { word: "a day", seconds: 86_400 },
  { word: "30 days", seconds: 30 * 86_400 },
  { word: "a year", seconds: 365 * 86_400 },
  { word: "until revoked", seconds: null },
];

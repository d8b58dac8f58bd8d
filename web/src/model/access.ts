// Users, grants and tokens as the pages draw them: in words, with what has ended told apart from what counts.
import type { ApiToken, JoinTokenInfo, OwnGrant, User } from "@fleetvisor/proto/api/v1";
import { type AccessVerb, ROLE_VERBS, ROLES, type Role } from "@fleetvisor/proto/vocabulary/access";
import type { en } from "../i18n/en/index.js";
import { t } from "../i18n/i18n.js";
import { formatSpan, listWords } from "../lib/format.js";

/** `operator of role=web/api:*`, `restart, stop on all`. */
export function grantWords({ role, verbs, selector }: OwnGrant): string {
  return role === null
    ? t("access:grant.verbs", { verbs: verbs.join(", "), selector })
    : t("access:grant.role", { role: roleWord(role), selector });
}

/** A role that only a newer controller knows keeps its name. */
export function roleWord(role: string): string {
  const known = ROLES.find((each) => each === role);
  return known === undefined ? role : t(`access:role.${known}`);
}

/** What a role may do. */
export function roleMeaning(role: Role): string {
  return listWords(ROLE_VERBS[role], 20);
}

export function verbMeaning(verb: AccessVerb): string {
  return t(`access:verb.${verb}`);
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
    password: passwordSet ? t("access:users.passwordSet") : t("access:users.passwordNone"),
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
  if (expiresAtMs === null) return { ends: t("access:ends.never"), ended: false };
  const ended = expiresAtMs <= nowMs;
  return { ends: ended ? t("access:ends.ended") : t("in", { span: formatSpan(expiresAtMs - nowMs) }), ended };
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
      left: left === 0 ? t("access:joins.usedUp") : t("access:joins.left", { count: left, uses }),
      ended: ended || left === 0,
    };
  });
}

/** One way to let a token live. */
export interface Life {
  readonly key: keyof typeof en.access.lives;
  readonly word: string;
  /** Null is until revoked. */
  readonly seconds: number | null;
}

const life = (key: Life["key"], seconds: number | null): Life => ({
  get word() {
    return t(`access:lives.${key}`);
  },
  ...{ key, seconds },
});

const DAY = 86_400;

/** Lives that are offered for tokens. */
export const LIVES: readonly Life[] = [
  life("hour", 3_600),
  life("day", DAY),
  life("week", 7 * DAY),
  life("month", 30 * DAY),
  life("year", 365 * DAY),
  life("ever", null),
];

/** The life of a key, else a month. */
export function lifeOf(key: string): Life {
  return LIVES.find((each) => each.key === key) ?? life("month", 30 * DAY);
}

// Users, grants, tokens and the audit as tables, and a grant as it is typed. Pure.
import type { ApiToken, AuditEntry, Grant, JoinTokenInfo, User } from "@fleetvisor/proto/api/v1";
import { ACCESS_VERB_NAMES, type AccessVerb, ROLES, type Role } from "@fleetvisor/proto/vocabulary/access";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Colors } from "./colors.js";
import type { Cell, Head, Row } from "./table.js";
import { formatMoment } from "./words.js";

/** Cells of a moment, which is not to be broken. */
const MOMENT = formatMoment(0).length;

export const USER_HEAD = ["USER", "LOGIN", "GRANTS"] as const;
export const GRANT_HEAD = ["ID", "USER", "MAY", "ON"] as const;
export const TOKEN_HEAD: Head = [
  "ID",
  { title: "USER", leaves: 2 },
  { title: "MADE", leaves: 1 },
  { title: "LAST USED", leaves: 3 },
  { title: "GOOD UNTIL", least: MOMENT },
  "NAME",
];
export const JOIN_TOKEN_HEAD: Head = ["ID", "USES LEFT", { title: "MADE", leaves: 1 }, "MADE BY", "GOOD UNTIL"];
export const AUDIT_HEAD: Head = ["TIME", "USER", { title: "ADDRESS", leaves: 1 }, "OUTCOME", "ACTION", "SUBJECT"];

/** Reads `operator`, or `restart,logs`. Throws FleetError `invalid-argument` naming the word that is neither. */
export function grantOf(text: string): { readonly role: Role } | { readonly verbs: AccessVerb[] } {
  const role = ROLES.find((name) => name === text);
  if (role !== undefined) return { role };
  const verbs = text.split(",").map((word) => {
    const verb = ACCESS_VERB_NAMES.find((name) => name === word);
    if (verb !== undefined) return verb;
    const known = `roles are ${ROLES.join(", ")}; verbs are ${ACCESS_VERB_NAMES.join(", ")}`;
    throw new FleetError("invalid-argument", `${word} is neither a role nor a verb: ${known}`);
  });
  return { verbs };
}

export function userRows(users: readonly User[]): readonly Row[] {
  return users.map(({ name, passwordSet, disabledAtMs, grants }) => [
    name,
    disabledAtMs !== null ? "disabled" : passwordSet ? "password" : "no password",
    grants.map((grant) => `${mayOf(grant)} on ${grant.selector}`).join("; ") || "none",
  ]);
}

export function grantRows(grants: readonly Grant[]): readonly Row[] {
  return grants.map((grant) => [grant.id, grant.user, mayOf(grant), grant.selector]);
}

/** `nowMs` is the controller's: what is over is said, though it is forgotten soon. */
export function tokenRows(tokens: readonly ApiToken[], nowMs: number, colors: Colors): readonly Row[] {
  return tokens.map(({ id, user, name, createdAtMs, expiresAtMs, lastUsedAtMs }) => [
    id,
    user,
    formatMoment(createdAtMs),
    lastUsedAtMs === null ? "never" : formatMoment(lastUsedAtMs),
    expiresAtMs == null ? "removed" : untilCell(expiresAtMs, nowMs, colors),
    name,
  ]);
}

export function joinTokenRows(tokens: readonly JoinTokenInfo[], nowMs: number, colors: Colors): readonly Row[] {
  return tokens.map(({ id, uses, used, createdBy, createdAtMs, expiresAtMs }) => [
    id,
    String(uses - used),
    formatMoment(createdAtMs),
    createdBy,
    untilCell(expiresAtMs, nowMs, colors),
  ]);
}

function untilCell(expiresAtMs: number, nowMs: number, colors: Colors): Cell {
  if (expiresAtMs > nowMs) return { text: formatMoment(expiresAtMs) };
  return { text: `over since ${formatMoment(expiresAtMs)}`, paint: colors.red };
}

export function auditRows(entries: readonly AuditEntry[], colors: Colors): readonly Row[] {
  return entries.map(({ atMs, actor, address, outcome, action, subject }) => [
    formatMoment(atMs),
    actor || "nobody",
    address,
    outcome === "refused" ? { text: outcome, paint: colors.red } : outcome,
    action,
    subject,
  ]);
}

function mayOf({ role, verbs }: Pick<Grant, "role" | "verbs">): string {
  return role ?? verbs.join(",");
}

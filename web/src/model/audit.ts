// The audit as its page draws it: what the URL asks for, rows, and how far a check of the chain has got.
import type { AuditCheck, AuditEntry, AuditQuery } from "@fleetvisor/proto/api/v1";
import { en } from "../i18n/en/index.js";
import { t } from "../i18n/i18n.js";
import { SPANS } from "./spans.js";

/** Groups of actions that can be asked for; each is also the beginning of the actions in it. */
export type AuditAction = keyof typeof en.access.audit.actions;

export const AUDIT_ACTIONS = Object.keys(en.access.audit.actions) as readonly AuditAction[];

/** What is asked for; "" and null are anything. */
export interface AuditView {
  readonly user: string;
  readonly text: string;
  readonly action: AuditAction | null;
  readonly outcome: AuditEntry["outcome"] | null;
  /** Key of a span that it reaches back. */
  readonly span: string | null;
}

export const WHOLE_AUDIT: AuditView = { user: "", text: "", action: null, outcome: null, span: null };

const OUTCOMES: readonly AuditEntry["outcome"][] = ["done", "refused"];

export function auditParams(view: AuditView): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(view)) if (value !== null && value !== "") params.set(key, value);
  return params;
}

/** Reads what a URL asks for; what it cannot read it leaves out. */
export function parseAuditView(params: URLSearchParams): AuditView {
  return {
    user: params.get("user") ?? "",
    text: params.get("text") ?? "",
    action: AUDIT_ACTIONS.find((each) => each === params.get("action")) ?? null,
    outcome: OUTCOMES.find((each) => each === params.get("outcome")) ?? null,
    span: SPANS.find(({ key }) => key === params.get("span"))?.key ?? null,
  };
}

export function isWholeAudit(view: AuditView): boolean {
  return auditParams(view).size === 0;
}

/** `nowMs` is the controller's clock. */
export function auditQuery({ user, text, action, outcome, span }: AuditView, nowMs: number): AuditQuery {
  const reach = SPANS.find(({ key }) => key === span);
  return {
    ...(user.trim() === "" ? {} : { user: user.trim() }),
    ...(text.trim() === "" ? {} : { text: text.trim() }),
    ...(action === null ? {} : { action }),
    ...(outcome === null ? {} : { outcome }),
    ...(reach === undefined ? {} : { sinceMs: Math.round(nowMs) - reach.ms }),
  };
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
    actor: actor === "" ? t("access:audit.nobody") : actor,
    refused: outcome === "refused",
    hash: shortHash(hash),
  }));
}

/** With more rows than this a check goes on only when it is told to: it is work for the controller. */
export const CHECKED_UNASKED = 200_000;

export interface AuditCheckState {
  readonly tone: "running" | "waiting" | "good" | "bad";
  readonly title: string;
  readonly more: string;
  /** Rows that were checked, and how many there are. */
  readonly rows: number;
  readonly total: number;
}

/** What is known after the parts that came so far; null before the first. `stopped` is whether it goes on by itself. */
export function buildCheck(parts: readonly AuditCheck[], stopped: boolean): AuditCheckState | null {
  const last = parts.at(-1);
  if (last === undefined) return null;
  const { rows, total, head, broken, nextCursor } = last;
  const head12 = head === "" ? "" : t("access:check.head", { hash: shortHash(head) });
  if (broken !== null) {
    const more = t("access:check.brokenMore", { reason: sentence(broken.reason), rows });
    return { tone: "bad", title: t("access:check.broken", { id: broken.id }), more, rows, total };
  }
  if (nextCursor === null) {
    const title = rows === 0 ? t("access:check.empty") : t("access:check.holds", { count: rows });
    return { tone: "good", title, more: head12, rows, total };
  }
  const title = stopped ? t("access:check.waiting", { rows, total }) : t("access:check.running", { rows, total });
  return { tone: stopped ? "waiting" : "running", title, more: head12, rows, total };
}

function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

/** The server's own words as a sentence of their own. */
function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// Who did what, and why somebody may or may not: the audit and explanations.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { parseNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { requirePermission } from "../../access/actor.js";
import { type AccessTarget, explain, readGrants, WHOLE_FLEET } from "../../access/grants.js";
import { labelsOf, visiblePart } from "../../access/visible-fleet.js";
import type { AuditHead } from "../../store/records.js";
import { type ApiWorld, actorOf, type TypedApi } from "../context.js";
import { Reach } from "../reach.js";
import { grantView } from "../views.js";

const DEFAULT_LIMIT = 100;
/** Rows checked for one request: some tenths of a second. */
const CHECK_ROWS = 20_000;
const CHECK_CURSOR = /^(\d{1,15})\.([0-9a-f]{64})$/;

export function auditRoutes(api: TypedApi, { store, people, fleet }: ApiWorld): void {
  api.get(
    v1.API_PATHS.audit,
    {
      config: { permission: "administer" },
      schema: {
        tags: ["audit"],
        summary: "Every change and every refusal, or those that fit, newest first",
        querystring: v1.AuditQuery,
        response: { 200: v1.AuditPage },
      },
    },
    async (request) => {
      const { limit = DEFAULT_LIMIT, cursor, user, text, ...filter } = request.query;
      const asked = { ...filter, actor: user ?? null, text: text || null, beforeId: readCursor(cursor), limit };
      const { entries, nextBeforeId } = await store.audit(asked);
      return { items: [...entries], nextCursor: nextBeforeId === null ? null : String(nextBeforeId) };
    },
  );

  /** Parts are checked one after the other, whoever asks: each is work for the only thread that answers. */
  let last: Promise<unknown> = Promise.resolve();

  api.get(
    v1.API_PATHS.auditCheck,
    {
      config: { permission: "administer" },
      schema: {
        tags: ["audit"],
        summary: "Whether rows of the audit were changed or taken out: a part of it, and where to go on",
        querystring: v1.AuditCheckQuery,
        response: { 200: v1.AuditCheck },
      },
    },
    async (request) => {
      const from = readCheckCursor(request.query.cursor);
      const part = last.then(() => store.checkAuditPart(from, CHECK_ROWS));
      last = part.catch(() => {});
      const { rows, total, head, broken, next } = await part;
      return { rows, total, head, broken, nextCursor: next === null ? null : `${next.id}.${next.hash}` };
    },
  );

  api.get(
    v1.API_PATHS.explain,
    {
      config: { permission: "known" },
      schema: {
        tags: ["audit"],
        summary: "Why a user may or may not do something",
        querystring: v1.ExplainQuery,
        response: { 200: v1.Explanation },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { user = actor.user, verb, target } = request.query;
      if (user !== actor.user) requirePermission(actor, "administer");
      const { user: record, grants } = await people.find(user);
      const { allowed, grant, reason } = explain(
        readGrants(grants),
        user,
        verb,
        readTarget(new Reach(actor, fleet), target),
      );
      const disabled = record.disabledAtMs !== null;
      return {
        user,
        verb,
        target: target ?? null,
        allowed: allowed && !disabled,
        reason: disabled ? `${user} is disabled; otherwise: ${reason}` : reason,
        grant: grant === null ? null : grantView(grant),
      };
    },
  );

  /** Labels are those that the asker may know: of what the asker cannot see nothing that depends on a label is said. */
  function readTarget(reach: Reach, text: string | undefined): AccessTarget {
    if (text === undefined) return WHOLE_FLEET;
    const slash = text.indexOf("/");
    const name = slash < 0 ? text : text.slice(0, slash);
    if (name === "") throw new FleetError("invalid-argument", `no target: ${text}: INSTANCE/GROUP:NAME, or INSTANCE`);
    const instance = fleet.fleet.instances.get(name);
    const labels = instance !== undefined && visiblePart(instance, reach.cover) !== null ? labelsOf(instance) : null;
    const rest = slash < 0 ? "all" : text.slice(slash + 1);
    if (rest === "all" || rest === "" || rest === "*") return { instance: name, labels, group: null, name: null };
    const namespec = parseNamespec(rest);
    if (namespec.name === null) {
      throw new FleetError("invalid-argument", `one process, not a group: INSTANCE/GROUP:NAME, not ${text}`);
    }
    return { instance: name, labels, group: namespec.group, name: namespec.name };
  }
}

function readCheckCursor(cursor: string | undefined): AuditHead | null {
  if (cursor === undefined) return null;
  const [, id, hash] = CHECK_CURSOR.exec(cursor) ?? [];
  if (id === undefined || hash === undefined) {
    throw new FleetError("invalid-argument", "the cursor is not one of this check");
  }
  return { id: Number(id), hash };
}

function readCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  if (!/^\d{1,15}$/.test(cursor)) throw new FleetError("invalid-argument", "the cursor is not one of this list");
  return Number(cursor);
}

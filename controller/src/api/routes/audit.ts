// Who did what, and why somebody may or may not: the audit and explanations.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { parseNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { requirePermission } from "../../access/actor.js";
import { type AccessTarget, explain, readGrants, WHOLE_FLEET } from "../../access/grants.js";
import { labelsOf, visiblePart } from "../../access/visible-fleet.js";
import { type ApiWorld, actorOf, type TypedApi } from "../context.js";
import { Reach } from "../reach.js";
import { grantView } from "../views.js";

const DEFAULT_LIMIT = 100;

export function auditRoutes(api: TypedApi, { store, people, fleet }: ApiWorld): void {
  api.get(
    v1.API_PATHS.audit,
    {
      config: { permission: "administer" },
      schema: {
        tags: ["audit"],
        summary: "Every change and every refusal, newest first",
        querystring: v1.AuditQuery,
        response: { 200: v1.AuditPage },
      },
    },
    async (request) => {
      const { limit = DEFAULT_LIMIT, cursor } = request.query;
      const { entries, nextBeforeId } = await store.audit({ beforeId: readCursor(cursor), limit });
      return { items: [...entries], nextCursor: nextBeforeId === null ? null : String(nextBeforeId) };
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

function readCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  if (!/^\d{1,15}$/.test(cursor)) throw new FleetError("invalid-argument", "the cursor is not one of this list");
  return Number(cursor);
}

// Who is asking, and by what.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { GrantRecord } from "../store/records.js";
import { type Grants, mayDo, WHOLE_FLEET } from "./grants.js";

/**
 * What a route asks of who calls it. "anyone": nothing. "known": a login; the route itself shows only what is the caller's own.
 * "covered": a login; the route shows and does only what the caller's grants cover. "administer": that verb on the whole fleet.
 */
export type Permission = "anyone" | "known" | "covered" | "administer";

/** A person or program whose request is being answered. */
export interface Actor {
  readonly user: string;
  readonly grants: Grants<GrantRecord>;
  readonly passwordSet: boolean;
  readonly via: Via;
}

export type Via =
  /** A browser: changing requests must carry the CSRF token. */
  | {
      readonly type: "session";
      readonly hash: string;
      readonly csrfToken: string;
      readonly origin: "code" | "password";
    }
  | {
      readonly type: "token";
      readonly id: string;
      /** Left out for one that is good until it is revoked. */
      readonly expiresAtMs?: number;
    };

/** Whether the actor administers the whole fleet, people included. */
export function administers(actor: Actor): boolean {
  return mayDo(actor.grants, "administer", WHOLE_FLEET);
}

/** Throws `forbidden` unless the actor may call a route of this permission at all. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (permission === "administer" && !administers(actor)) {
    throw new FleetError("forbidden", `${actor.user} may not administer the fleet`);
  }
}

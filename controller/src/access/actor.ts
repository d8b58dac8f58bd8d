// Who is asking, and what a role may do: the one table of permissions.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Role } from "../store/records.js";

/** What can be allowed. `read` shows, `operate` changes processes, `administer` changes who may do what and who belongs. */
export type Permission = "read" | "operate" | "administer";

const PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(["read"]),
  operator: new Set(["read", "operate"]),
  admin: new Set(["read", "operate", "administer"]),
};

/** A person or program whose request is being answered. */
export interface Actor {
  readonly user: string;
  readonly role: Role;
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
  | { readonly type: "token"; readonly id: string };

/** Throws `forbidden` unless the actor's role allows it. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (!PERMISSIONS[actor.role].has(permission)) {
    throw new FleetError("forbidden", `${actor.user} (${actor.role}) may not ${permission}`);
  }
}

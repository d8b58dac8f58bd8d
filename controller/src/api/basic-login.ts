// What a Basic login says: who calls, with which API token as password, and behind the user's name, where it is asked there, which instance. Pure.

/** How a route is logged in to by Basic: as `USER`, or as `USER@INSTANCE`. */
export type BasicName = "user" | "user@instance";

export interface BasicLogin {
  readonly user: string;
  readonly token: string;
  /** Null where the address names it. */
  readonly instance: string | null;
}

/**
 * Reads an Authorization header. `USER@INSTANCE` is split at the last `@`: names of users may hold one, names of instances do not. Null
 * for what is no such login.
 */
export function readBasicLogin(authorization: string | undefined, names: BasicName): BasicLogin | null {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return null;
  const name = text.slice(0, colon);
  const token = text.slice(colon + 1);
  if (names === "user") return { user: name, token, instance: null };
  const at = name.lastIndexOf("@");
  return at < 0 ? null : { user: name.slice(0, at), token, instance: name.slice(at + 1) };
}

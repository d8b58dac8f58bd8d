// Logging in and being known again: one-time codes, passwords, browser sessions, API tokens. Refusals never say which part was wrong.
import { createHash } from "node:crypto";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ApiTokenRecord, GrantRecord, UserRecord } from "../store/records.js";
import type { Store } from "../store/store.js";
import type { Actor, Via } from "./actor.js";
import { mayDo, readGrants, WHOLE_FLEET } from "./grants.js";
import { KnownGrants } from "./known-grants.js";
import { checkPassword, hashPassword } from "./passwords.js";
import { hashSecret, newId, newSecret, sameSecret } from "./secrets.js";

export const FIRST_USER = "admin";
export const CODE_LIFE_MS = 3_600_000;
const SESSION_LIFE_MS = 7 * 86_400_000;
const SESSION_IDLE_MS = 86_400_000;
/** How often the last use of a session or token is written down. */
const TOUCH_MS = 60_000;
const TOKEN_PREFIX = "fvt_";
/** Tokens that a user may have. */
export const MOST_TOKENS = 10_000;

/** A login that worked: the secret of the session, to be set as cookie. */
export interface Login {
  readonly actor: Actor;
  readonly cookie: string;
}

export interface NewToken {
  readonly record: ApiTokenRecord;
  /** Shown once, kept by nobody. */
  readonly token: string;
}

/** What a request brought to say who it is. */
export interface Credentials {
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
}

export class Access {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #known = new KnownGrants();

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /** Makes the first user when there is nobody at all; true while that user may log in and has no password. */
  async prepare(): Promise<boolean> {
    if ((await this.#store.users()).length === 0) await this.#addFirstUser();
    const first = await this.#store.user(FIRST_USER);
    return first !== null && first.passwordHash === null && first.disabledAtMs === null;
  }

  /** Gives the first user back all it had at the first start, but its password: for who can read the data directory. */
  async recover(): Promise<void> {
    if (await this.#addFirstUser()) return;
    await this.#store.setUserDisabled(FIRST_USER, null);
    const grants = readGrants(await this.#store.grants(FIRST_USER));
    if (!mayDo(grants, "administer", WHOLE_FLEET)) await this.#store.addGrant(this.#firstGrant());
  }

  #addFirstUser(): Promise<boolean> {
    const user = { name: FIRST_USER, passwordHash: null, disabledAtMs: null, createdAtMs: this.#now() };
    return this.#store.addUser(user, [this.#firstGrant()]);
  }

  #firstGrant(): GrantRecord {
    const to = { user: FIRST_USER, role: "admin", verbs: [], selector: "all" } as const;
    return { id: newId(), ...to, createdBy: FIRST_USER, createdAtMs: this.#now() };
  }

  /** A code that logs in once, for whoever can read the controller's output or data directory. */
  async newLoginCode(): Promise<string> {
    const code = newSecret();
    await this.#store.addLoginCode({
      hash: hashSecret(code),
      user: FIRST_USER,
      expiresAtMs: this.#now() + CODE_LIFE_MS,
    });
    return code;
  }

  /** Throws `unauthenticated` for a code that is unknown, used or old. */
  async loginByCode(code: string): Promise<Login> {
    const name = await this.#store.useLoginCode(hashSecret(code), this.#now());
    const user = name === null ? null : await this.#store.user(name);
    if (user === null || user.disabledAtMs !== null) {
      throw new FleetError("unauthenticated", "the login link has been used or has expired");
    }
    return this.#open(user, "code");
  }

  /** Throws `unauthenticated` for a wrong name or password, without saying which. */
  async loginByPassword(name: string, password: string): Promise<Login> {
    const user = await this.#store.user(name);
    const holds = await checkPassword(password, user?.passwordHash ?? null);
    if (!holds || user === null || user.disabledAtMs !== null) {
      throw new FleetError("unauthenticated", "wrong user name or password");
    }
    return this.#open(user, "password");
  }

  async #open(user: UserRecord, origin: "code" | "password"): Promise<Login> {
    const cookie = newSecret();
    const hash = hashSecret(cookie);
    const createdAtMs = this.#now();
    const expiresAtMs = createdAtMs + SESSION_LIFE_MS;
    await this.#store.addSession({ hash, user: user.name, origin, createdAtMs, seenAtMs: createdAtMs, expiresAtMs });
    const via = { type: "session", hash, csrfToken: csrfTokenOf(cookie), origin } as const;
    return { actor: await this.#actor(user, via), cookie };
  }

  /** Who the credentials belong to; null for nobody. A bearer token goes before a cookie. */
  async authenticate(credentials: Credentials): Promise<Actor | null> {
    const { authorization, cookie } = credentials;
    if (authorization !== undefined) {
      const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
      return token === undefined ? null : this.#byToken(token);
    }
    return cookie === undefined ? null : this.#bySession(cookie);
  }

  async #byToken(token: string): Promise<Actor | null> {
    const record = await this.#store.apiToken(hashSecret(token));
    const user = record === null ? null : await this.#store.user(record.user);
    const now = this.#now();
    if (record === null || user === null || user.disabledAtMs !== null) return null;
    if (record.expiresAtMs !== null && record.expiresAtMs <= now) return null;
    // Bookkeeping; a store that cannot write must not keep people out.
    if (now - (record.lastUsedAtMs ?? 0) > TOUCH_MS) void this.#store.touchApiToken(record.id, now).catch(() => {});
    const { id, expiresAtMs } = record;
    return this.#actor(user, expiresAtMs === null ? { type: "token", id } : { type: "token", id, expiresAtMs });
  }

  async #bySession(cookie: string): Promise<Actor | null> {
    const hash = hashSecret(cookie);
    const session = await this.#store.session(hash);
    const now = this.#now();
    if (session === null || session.expiresAtMs <= now || session.seenAtMs + SESSION_IDLE_MS <= now) return null;
    const user = await this.#store.user(session.user);
    if (user === null || user.disabledAtMs !== null) return null;
    if (now - session.seenAtMs > TOUCH_MS) void this.#store.touchSession(hash, now).catch(() => {});
    return this.#actor(user, { type: "session", hash, csrfToken: csrfTokenOf(cookie), origin: session.origin });
  }

  async #actor(user: UserRecord, via: Via): Promise<Actor> {
    const grants = this.#known.of(await this.#store.grants(user.name));
    return { user: user.name, grants, passwordSet: user.passwordHash !== null, via };
  }

  async logout(actor: Actor): Promise<void> {
    if (actor.via.type === "session") await this.#store.deleteSession(actor.via.hash);
  }

  /** Whoever came by a one-time link need not know the password that was. Ends the user's other sessions. */
  async setPassword(actor: Actor, password: string, current: string | undefined): Promise<void> {
    const user = await this.#store.user(actor.user);
    const byLink = actor.via.type === "session" && actor.via.origin === "code";
    if (user?.passwordHash != null && !byLink && !(await checkPassword(current ?? "", user.passwordHash))) {
      throw new FleetError("forbidden", "the current password is wrong");
    }
    const keep = actor.via.type === "session" ? actor.via.hash : null;
    await this.#store.setPassword(actor.user, await hashPassword(password), keep);
  }

  /**
   * A token that is refused once `ttlMs` is over; null for one that is good until it is revoked. `note` is run before it is made. Throws
   * `conflict` for who has too many.
   */
  async newApiToken(
    user: string,
    name: string,
    ttlMs: number | null = null,
    note: () => Promise<void> = async () => {},
  ): Promise<NewToken> {
    const { length } = await this.#store.apiTokens(user);
    if (length >= MOST_TOKENS) {
      throw new FleetError("conflict", `${user} has ${length} tokens: remove some that nobody uses`);
    }
    await note();
    const token = `${TOKEN_PREFIX}${newSecret()}`;
    const [id, hash, createdAtMs] = [newId(), hashSecret(token), this.#now()];
    const expiresAtMs = ttlMs === null ? null : createdAtMs + ttlMs;
    const record: ApiTokenRecord = { id, hash, name, user, createdAtMs, expiresAtMs, lastUsedAtMs: null };
    await this.#store.addApiToken(record);
    return { record, token };
  }
}

/** True when the request may change something: a token says so by itself, a browser must prove that its own page asks. */
export function csrfHolds(actor: Actor, header: string | undefined): boolean {
  return actor.via.type === "token" || (header !== undefined && sameSecret(header, actor.via.csrfToken));
}

/** Derived from the cookie, which no script can read: nobody else can know it, and nothing has to be kept. */
function csrfTokenOf(cookie: string): string {
  return createHash("sha256").update(`csrf ${cookie}`).digest("base64url");
}

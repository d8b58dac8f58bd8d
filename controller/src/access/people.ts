// Users and their grants: adding, keeping out, removing. Somebody who administers the fleet is always left. Each change takes a `note`,
// which is run when all is checked and before anything is done: if it cannot be kept, nothing is.
import { type AccessVerb, type Role, USER_NAME } from "@fleetvisor/proto/vocabulary/access";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { GrantRecord, UserRecord } from "../store/records.js";
import type { Store } from "../store/store.js";
import { checkGrantSelector, mayDo, readGrants, WHOLE_FLEET } from "./grants.js";
import { hashPassword } from "./passwords.js";
import { newId } from "./secrets.js";

/** A role, or the verbs it would be; not both. */
export interface NewGrant {
  readonly role?: Role | undefined;
  readonly verbs?: readonly AccessVerb[] | undefined;
  readonly selector: string;
}

export interface Person {
  readonly user: UserRecord;
  readonly grants: readonly GrantRecord[];
}

type Note = () => Promise<void>;

export class People {
  readonly #store: Store;
  readonly #now: () => number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  async list(): Promise<readonly Person[]> {
    const grants = await this.#store.grants(null);
    return (await this.#store.users()).map((user) => ({
      user,
      grants: grants.filter((one) => one.user === user.name),
    }));
  }

  /** Throws `not-found`. */
  async find(name: string): Promise<Person> {
    const user = await this.#store.user(name);
    if (user === null) throw noUser(name);
    return { user, grants: await this.#store.grants(name) };
  }

  /** Throws `invalid-argument` for a name or grant that cannot be, `conflict` for a name that is there. */
  async add(
    name: string,
    password: string | undefined,
    grants: readonly NewGrant[],
    by: string,
    note: Note,
  ): Promise<Person> {
    if (!USER_NAME.test(name)) {
      throw new FleetError(
        "invalid-argument",
        "a user's name is letters, digits and . _ @ + - and begins with a letter, a digit or _",
      );
    }
    const made = grants.map((grant) => this.#grant(name, grant, by));
    const passwordHash = password === undefined ? null : await hashPassword(password);
    const user = { name, passwordHash, disabledAtMs: null, createdAtMs: this.#now() };
    if ((await this.#store.user(name)) !== null) throw nameTaken(name);
    await note();
    if (!(await this.#store.addUser(user, made))) throw nameTaken(name);
    return { user, grants: made };
  }

  /** Keeps a user out, sessions and tokens included. Throws `not-found`, `conflict` for the last who administers. */
  disable(name: string, note: Note): Promise<void> {
    return this.#leaving(name, async () => {
      await note();
      await this.#store.setUserDisabled(name, this.#now());
    });
  }

  /** Throws `not-found`. */
  async enable(name: string, note: Note): Promise<void> {
    await this.find(name);
    await note();
    if (!(await this.#store.setUserDisabled(name, null))) throw noUser(name);
  }

  /** Throws `not-found`, `conflict` for the last who administers. */
  remove(name: string, note: Note): Promise<void> {
    return this.#leaving(name, async () => {
      await note();
      await this.#store.deleteUser(name);
    });
  }

  /** Sets somebody's password and ends every session of theirs. Throws `not-found`. */
  async setPassword(name: string, password: string, keepSession: string | null, note: Note): Promise<void> {
    await this.find(name);
    await note();
    await this.#store.setPassword(name, await hashPassword(password), keepSession);
  }

  /** Throws `invalid-argument` for what cannot be granted, `not-found` for no such user. */
  async addGrant(user: string, grant: NewGrant, by: string, note: Note): Promise<GrantRecord> {
    const made = this.#grant(user, grant, by);
    await this.find(user);
    await note();
    if (!(await this.#store.addGrant(made))) throw noUser(user);
    return made;
  }

  /** Throws `not-found`, `conflict` when nobody would administer the fleet any more. */
  removeGrant(id: string, note: (grant: GrantRecord) => Promise<void>): Promise<void> {
    return this.#oneByOne(async () => {
      const grants = await this.#store.grants(null);
      const gone = grants.find((grant) => grant.id === id);
      if (gone === undefined) throw new FleetError("not-found", `there is no grant ${id}`);
      await this.#requireAdministrator(
        (user) => user.disabledAtMs === null,
        (grant) => grant.id !== id,
      );
      await note(gone);
      await this.#store.deleteGrant(id);
    });
  }

  /** Something after which a user does not count. */
  #leaving(name: string, work: () => Promise<void>): Promise<void> {
    return this.#oneByOne(async () => {
      if ((await this.#store.user(name)) === null) throw noUser(name);
      await this.#requireAdministrator(
        (user) => user.disabledAtMs === null && user.name !== name,
        () => true,
      );
      await work();
    });
  }

  async #requireAdministrator(stays: (user: UserRecord) => boolean, holds: (grant: GrantRecord) => boolean) {
    for (const { user, grants } of await this.list()) {
      if (stays(user) && mayDo(readGrants(grants.filter(holds)), "administer", WHOLE_FLEET)) return;
    }
    throw new FleetError("conflict", "nobody would be left who administers the fleet: let somebody else do so first");
  }

  /** Two who remove each other at once: one is first, and the other is told. */
  #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  #grant(user: string, { role, verbs = [], selector }: NewGrant, by: string): GrantRecord {
    if ((role === undefined) === (verbs.length === 0)) {
      throw new FleetError("invalid-argument", "a grant is either of a role or of verbs");
    }
    checkGrantSelector(selector);
    const what = { role: role ?? null, verbs: [...new Set(verbs)], selector };
    return { id: newId(), user, ...what, createdBy: by, createdAtMs: this.#now() };
  }
}

function nameTaken(name: string): FleetError {
  return new FleetError("conflict", `there is a user ${name} already`);
}

function noUser(name: string): FleetError {
  return new FleetError("not-found", `there is no user ${name}`);
}

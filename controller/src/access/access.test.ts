// Logging in and being known again, on a clock and a store of the test's own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "../store/memory.js";
import { Access, CODE_LIFE_MS, csrfHolds, FIRST_USER, MOST_TOKENS } from "./access.js";
import { type Actor, requirePermission } from "./actor.js";
import { rankOf, readGrants } from "./grants.js";
import { checkPassword, hashPassword } from "./passwords.js";
import { People } from "./people.js";
import { hashSecret, newId, newSecret, sameSecret } from "./secrets.js";

const DAY_MS = 86_400_000;

async function world() {
  const store = new MemoryStore();
  await store.start();
  let nowMs = 1_000_000;
  const access = new Access(store, () => nowMs);
  await access.prepare();
  const known = async (credentials: { cookie?: string; authorization?: string }) =>
    (await access.authenticate({ cookie: undefined, authorization: undefined, ...credentials }))?.user ?? null;
  return {
    store,
    access,
    known,
    advance(byMs: number) {
      nowMs += byMs;
    },
  };
}

test("the first user is made once and needs a password until one is chosen", async () => {
  const { access } = await world();
  assert.equal(await access.prepare(), true);
  const { actor } = await access.loginByCode(await access.newLoginCode());
  assert.deepEqual([actor.user, rankOf(actor.grants), actor.passwordSet], [FIRST_USER, "admin", false]);
  await access.setPassword(actor, "correct horse", undefined);
  assert.equal(await access.prepare(), false);
});

test("a login code works once and for an hour", async () => {
  const w = await world();
  const [first, second] = [await w.access.newLoginCode(), await w.access.newLoginCode()];
  await w.access.loginByCode(first);
  await assert.rejects(w.access.loginByCode(first), { kind: "unauthenticated" });
  w.advance(CODE_LIFE_MS);
  await assert.rejects(w.access.loginByCode(second), { kind: "unauthenticated" });
  await assert.rejects(w.access.loginByCode(""), { kind: "unauthenticated" });
});

test("a session ends after a day without use and after a week with it", async () => {
  const w = await world();
  const { cookie } = await w.access.loginByCode(await w.access.newLoginCode());
  for (let day = 0; day < 6; day++) {
    w.advance(DAY_MS - 1);
    assert.equal(await w.known({ cookie }), FIRST_USER, `day ${day}`);
  }
  w.advance(DAY_MS);
  assert.equal(await w.known({ cookie }), null);
  const idle = await w.access.loginByCode(await w.access.newLoginCode());
  w.advance(DAY_MS);
  assert.equal(await w.known({ cookie: idle.cookie }), null);
});

test("a bearer token goes before a cookie, and a wrong one is nobody even beside a good cookie", async () => {
  const w = await world();
  const { cookie } = await w.access.loginByCode(await w.access.newLoginCode());
  const { token, record } = await w.access.newApiToken(FIRST_USER, "ci");
  assert.equal(await w.known({ authorization: `Bearer ${token}` }), FIRST_USER);
  assert.equal(await w.known({ authorization: `bearer  ${token}` }), FIRST_USER);
  for (const authorization of ["", "Bearer", `Bearer ${token}x`, `Basic ${token}`, token]) {
    assert.equal(await w.known({ authorization, cookie }), null, authorization);
  }
  await w.store.deleteApiToken(FIRST_USER, record.id);
  assert.equal(await w.known({ authorization: `Bearer ${token}` }), null);
});

test("a token with an end is refused from then on, one without is good until it is revoked", async () => {
  const w = await world();
  const short = await w.access.newApiToken(FIRST_USER, "deploy", 60_000);
  const long = await w.access.newApiToken(FIRST_USER, "ci");
  w.advance(59_999);
  assert.equal(await w.known({ authorization: `Bearer ${short.token}` }), FIRST_USER);
  w.advance(1);
  assert.equal(await w.known({ authorization: `Bearer ${short.token}` }), null);
  w.advance(1_000 * DAY_MS);
  assert.equal(await w.known({ authorization: `Bearer ${long.token}` }), FIRST_USER);
});

test("the old password is asked for, except of who came by a link", async () => {
  const w = await world();
  const byLink = await w.access.loginByCode(await w.access.newLoginCode());
  await w.access.setPassword(byLink.actor, "first password", undefined);
  const byPassword = await w.access.loginByPassword(FIRST_USER, "first password");
  for (const wrong of [undefined, "", "no"]) {
    await assert.rejects(w.access.setPassword(byPassword.actor, "second", wrong), { kind: "forbidden" });
  }
  await w.access.setPassword(byPassword.actor, "second password", "first password");
  await assert.rejects(w.access.loginByPassword(FIRST_USER, "first password"), { kind: "unauthenticated" });
  assert.equal(await w.known({ cookie: byLink.cookie }), null);
  assert.equal(await w.known({ cookie: byPassword.cookie }), FIRST_USER);
});

test("a wrong name and a wrong password are refused in the same words", async () => {
  const { access } = await world();
  const words = async (name: string) => access.loginByPassword(name, "guess").catch((error: Error) => error.message);
  assert.equal(await words(FIRST_USER), await words("nobody"));
});

test("nothing that opens anything is kept as it is", async () => {
  const w = await world();
  const code = await w.access.newLoginCode();
  const kept: string[] = [];
  const { cookie, actor } = await w.access.loginByCode(code);
  const { token, record } = await w.access.newApiToken(FIRST_USER, "ci");
  await w.access.setPassword(actor, "correct horse", undefined);
  kept.push(JSON.stringify([record, await w.store.session(hashSecret(cookie)), await w.store.user(FIRST_USER)]));
  for (const secret of [code, cookie, token, "correct horse"]) assert.ok(!kept.join().includes(secret));
});

test("the CSRF token is the session's own; a token needs none", async () => {
  const { access } = await world();
  const { actor } = await access.loginByCode(await access.newLoginCode());
  const other = await access.loginByCode(await access.newLoginCode());
  const csrf = (who: Actor) => (who.via.type === "session" ? who.via.csrfToken : "");
  assert.equal(csrfHolds(actor, csrf(actor)), true);
  for (const wrong of [undefined, "", csrf(other.actor)]) assert.equal(csrfHolds(actor, wrong), false);
  assert.equal(csrfHolds({ ...actor, via: { type: "token", id: "t" } }, undefined), true);
});

test("only who administers the whole fleet may call what needs it", () => {
  const actor = (...selectors: string[]): Actor => {
    const to = { user: "u", role: "admin", verbs: [], createdBy: "u", createdAtMs: 0 } as const;
    const grants = readGrants(selectors.map((selector) => ({ id: selector, ...to, selector })));
    return { user: "u", grants, passwordSet: true, via: { type: "token", id: "t" } };
  };
  for (const selectors of [[], ["web1/all"], ["role=web"]]) {
    assert.throws(() => requirePermission(actor(...selectors), "administer"), { kind: "forbidden" });
    for (const permission of ["known", "covered"] as const) requirePermission(actor(...selectors), permission);
  }
  requirePermission(actor("all"), "administer");
});

test("a user that is disabled or deleted is nobody, by password, session and token", async () => {
  const w = await world();
  const people = new People(w.store, () => 5);
  const noted: string[] = [];
  const note = async () => void noted.push("noted");
  await people.add("ann", "correct horse", [{ role: "viewer", selector: "all" }], "admin", note);
  const { cookie } = await w.access.loginByPassword("ann", "correct horse");
  const { token } = await w.access.newApiToken("ann", "ci");
  const authorization = `Bearer ${token}`;
  assert.equal(await w.known({ authorization }), "ann");
  await people.disable("ann", note);
  assert.equal(await w.known({ authorization }), null);
  assert.equal(await w.known({ cookie }), null);
  await assert.rejects(w.access.loginByPassword("ann", "correct horse"), {
    kind: "unauthenticated",
    message: "wrong user name or password",
  });
  await people.enable("ann", note);
  assert.equal(await w.known({ authorization }), "ann");
  await people.remove("ann", note);
  assert.equal(await w.known({ authorization }), null);
  await people.add("ann", "correct horse", [], "admin", note);
  assert.equal(await w.known({ authorization }), null, "who has the name next has nothing of it");
  assert.deepEqual((await people.find("ann")).grants, []);
  assert.equal(noted.length, 5);
});

test("somebody who administers the fleet is always left, even when two remove each other", async () => {
  const { store } = await world();
  const people = new People(store, () => 5);
  const note = async () => {};
  const refused = { kind: "conflict" };
  await assert.rejects(people.remove(FIRST_USER, note), refused);
  await assert.rejects(people.disable(FIRST_USER, note), refused);
  const [grant] = await store.grants(FIRST_USER);
  await assert.rejects(people.removeGrant(grant?.id ?? "", note), refused);
  await people.add("ann", undefined, [{ role: "admin", selector: "web*/all" }], "admin", note);
  await assert.rejects(people.remove(FIRST_USER, note), refused, "ann administers a part");
  await people.addGrant("ann", { verbs: ["administer"], selector: "*" }, "admin", note);
  const both = await Promise.allSettled([people.remove(FIRST_USER, note), people.remove("ann", note)]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ["fulfilled", "rejected"],
  );
});

test("what cannot be noted is not done", async () => {
  const { store } = await world();
  const people = new People(store, () => 5);
  const note = async () => {
    throw new Error("the disk is full");
  };
  await assert.rejects(people.add("ann", undefined, [], "admin", note));
  await assert.rejects(people.addGrant(FIRST_USER, { role: "viewer", selector: "all" }, "admin", note));
  assert.equal((await people.list()).length, 1);
  assert.equal((await store.grants(null)).length, 1);
});

test("names and grants that cannot be are refused", async () => {
  const { store } = await world();
  const people = new People(store, () => 5);
  const note = async () => {};
  const invalid = { kind: "invalid-argument" };
  for (const name of ["", "a:b", "a b", "a/b", "..", "-x", "a\n", "\u00e4", "x".repeat(129)]) {
    await assert.rejects(people.add(name, undefined, [], "admin", note), invalid, JSON.stringify(name));
  }
  for (const grant of [
    { selector: "all" },
    { selector: "all", verbs: [] },
    { selector: "all", role: "viewer", verbs: ["stop"] },
    { selector: "state=FATAL", role: "viewer" },
    { selector: "a:b:c", role: "viewer" },
  ] as const) {
    await assert.rejects(people.addGrant(FIRST_USER, grant, "admin", note), invalid, JSON.stringify(grant));
  }
});

test("a lost first user comes back by whoever can read the data directory", async () => {
  const { store, access } = await world();
  const people = new People(store, () => 5);
  const note = async () => {};
  await people.add("ann", undefined, [{ role: "admin", selector: "all" }], "admin", note);
  await people.remove(FIRST_USER, note);
  assert.equal(await access.prepare(), false, "a start makes nobody anew");
  assert.equal(await store.user(FIRST_USER), null);
  for (const lose of [
    () => people.disable(FIRST_USER, note),
    async () => void (await store.deleteGrant((await store.grants(FIRST_USER))[0]?.id ?? "")),
  ]) {
    await access.recover();
    const { actor } = await access.loginByCode(await access.newLoginCode());
    assert.equal(rankOf(actor.grants), "admin");
    await lose();
  }
});

test("a password is known again in any form of its characters, and its hash is its own each time", async () => {
  const [first, second] = [await hashPassword("p\u00e4ss"), await hashPassword("p\u00e4ss")];
  assert.notEqual(first, second);
  assert.equal(await checkPassword("pa\u0308ss", first), true);
  for (const [password, hash] of [
    ["other", first],
    ["p\u00e4ss", null],
    ["", "scrypt$"],
    ["x", "md5$x"],
  ] as const) {
    assert.equal(await checkPassword(password, hash), false);
  }
});

test("secrets are long, safe in any place, and compared whole", () => {
  assert.match(newSecret(), /^[\w-]{43}$/);
  assert.match(newId(), /^[\w-]{16}$/);
  assert.notEqual(newSecret(), newSecret());
  assert.equal(sameSecret("a", "a"), true);
  assert.equal(sameSecret("a", "ab"), false);
});

test("tokens without end are refused before anything is noted, and one that is removed makes room", async () => {
  const { access, store } = await world();
  const { record } = await access.newApiToken(FIRST_USER, "t");
  for (let at = 1; at < MOST_TOKENS; at++) await store.addApiToken({ ...record, id: `t${at}`, hash: `h${at}` });
  const noted: string[] = [];
  const one = () => access.newApiToken(FIRST_USER, "more", null, async () => void noted.push("more"));
  await assert.rejects(one(), { kind: "conflict", message: /^admin has 10000 tokens: remove some that nobody uses$/ });
  assert.deepEqual(noted, []);
  await store.deleteApiToken(FIRST_USER, "t1");
  await one();
  assert.deepEqual(noted, ["more"]);
});

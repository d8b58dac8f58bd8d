// Logging in and being known again, on a clock and a store of the test's own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "../store/memory.js";
import { Access, CODE_LIFE_MS, csrfHolds, FIRST_USER } from "./access.js";
import { type Actor, type Permission, requirePermission } from "./actor.js";
import { checkPassword, hashPassword } from "./passwords.js";
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
  assert.deepEqual([actor.user, actor.role, actor.passwordSet], [FIRST_USER, "admin", false]);
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

test("a role may what its line in the table says", () => {
  const may = (role: Actor["role"]) =>
    (["read", "operate", "administer"] as Permission[]).filter((permission) => {
      try {
        requirePermission({ user: "u", role, passwordSet: true, via: { type: "token", id: "t" } }, permission);
        return true;
      } catch {
        return false;
      }
    });
  assert.deepEqual(may("viewer"), ["read"]);
  assert.deepEqual(may("operator"), ["read", "operate"]);
  assert.deepEqual(may("admin"), ["read", "operate", "administer"]);
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

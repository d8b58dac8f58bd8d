import assert from "node:assert/strict";
import { test } from "node:test";
import { buildJoins, buildTokens, buildUsers, grantWords, LIVES, lifeOf, roleMeaning } from "./access.js";

test("a grant reads as a role of what, or verbs on what", () => {
  assert.equal(grantWords({ role: "viewer", verbs: [], selector: "role=web" }), "viewer of role=web");
  assert.equal(grantWords({ role: null, verbs: ["stop", "restart"], selector: "all" }), "stop, restart on all");
  assert.equal(roleMeaning("viewer"), "read and logs");
});

test("tokens say when they end; used up or expired join tokens let nobody in", () => {
  const token = { id: "1", name: "ci", user: "ann", createdAtMs: 0, lastUsedAtMs: null };
  assert.deepEqual(
    buildTokens([token, { ...token, expiresAtMs: 61_000 }, { ...token, expiresAtMs: 500 }], 1_000).map(
      ({ ends, ended }) => [ends, ended],
    ),
    [
      ["never", false],
      ["in 1m 00s", false],
      ["ended", true],
    ],
  );
  const join = { id: "1", uses: 5, used: 4, createdBy: "ann", createdAtMs: 0, expiresAtMs: 61_000 };
  assert.deepEqual(
    buildJoins([join, { ...join, used: 5 }, { ...join, expiresAtMs: 1 }], 1_000).map(({ left, ended }) => [
      left,
      ended,
    ]),
    [
      ["1 host left of 5", false],
      ["used up", true],
      ["1 host left of 5", true],
    ],
  );
});

test("one's own row is told apart, and who is kept out", () => {
  const user = { name: "ann", passwordSet: true, disabledAtMs: null, createdAtMs: 1, grants: [] };
  assert.deepEqual(
    buildUsers([user, { ...user, name: "bob", passwordSet: false, disabledAtMs: 3 }], "ann").map(
      ({ own, disabled, password }) => [own, disabled, password],
    ),
    [
      [true, false, "set"],
      [false, true, "none: only tokens and links"],
    ],
  );
});

test("lives are told apart by their keys, and what is no key is a month", () => {
  assert.deepEqual(
    LIVES.map(({ key }) => lifeOf(key).seconds),
    LIVES.map(({ seconds }) => seconds),
  );
  assert.deepEqual([lifeOf("").word, lifeOf("ever").seconds], ["30 days", null]);
});

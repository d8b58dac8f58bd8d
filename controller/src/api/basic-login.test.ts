// What a Basic login says, and what is none.
import assert from "node:assert/strict";
import test from "node:test";
import { readBasicLogin } from "./basic-login.js";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

test("the user's name is split at its last @, the password at the first colon", () => {
  assert.deepEqual(readBasicLogin(basic("ann@web1:t:k"), "user@instance"), {
    user: "ann",
    token: "t:k",
    instance: "web1",
  });
  assert.deepEqual(readBasicLogin(basic("ann@example.com@web1:tk"), "user@instance"), {
    user: "ann@example.com",
    token: "tk",
    instance: "web1",
  });
  assert.deepEqual(readBasicLogin(basic("ann@example.com:tk"), "user"), {
    user: "ann@example.com",
    token: "tk",
    instance: null,
  });
});

test("anything else is no login", () => {
  for (const header of [undefined, "", "Bearer x", "Basic", "Basic !", basic("no colon"), `${basic("a@b:c")} x`]) {
    assert.equal(readBasicLogin(header, "user@instance"), null);
  }
  assert.equal(readBasicLogin(basic("ann:tk"), "user@instance"), null);
});

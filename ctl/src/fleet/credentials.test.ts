import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import {
  chooseAccess,
  credentialsFile,
  hasController,
  isReadableByOthers,
  loadCredentials,
  NO_CREDENTIALS,
  saveCredentials,
} from "./credentials.js";

const login = { token: "saved", tokenId: "t1", user: "alice", savedAtMs: 1, plainHttp: false };
const saved = { current: "http://a:1", controllers: { "http://a:1": login, "http://b:2": { ...login, token: "b" } } };

function inFolder(run: (env: { HOME: string }) => void): void {
  const HOME = mkdtempSync(join(tmpdir(), "fvctl-"));
  try {
    run({ HOME });
  } finally {
    rmSync(HOME, { recursive: true });
  }
}

test("logins are kept for their owner alone, whole, and forgotten with their file", () => {
  inFolder((env) => {
    assert.deepEqual(loadCredentials(env), NO_CREDENTIALS);
    assert.equal(hasController(env), false);
    saveCredentials(env, saved);
    const file = credentialsFile(env);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
    assert.deepEqual(loadCredentials(env), saved);
    assert.equal(hasController(env), true);
    assert.equal(isReadableByOthers(env), false);
    chmodSync(file, 0o644);
    assert.equal(isReadableByOthers(env), true);
    saveCredentials(env, NO_CREDENTIALS);
    assert.deepEqual(readdirSync(dirname(file)), []);
  });
});

test("a damaged file is an error that names it, not a lost login", () => {
  inFolder((env) => {
    saveCredentials(env, saved);
    writeFileSync(credentialsFile(env), "{");
    assert.throws(() => loadCredentials(env), /credentials\.json is damaged/);
    assert.equal(hasController(env), true);
  });
});

test("a flag goes before the environment, that before the login; a token belongs to its controller", () => {
  inFolder((env) => {
    saveCredentials(env, saved);
    const given = { ...env, FLEETVISOR_CONTROLLER: "b:2", FLEETVISOR_TOKEN: "from-env" };
    const chosen = (flags: Parameters<typeof chooseAccess>[0], from: Parameters<typeof chooseAccess>[1]) => {
      const { url, token } = chooseAccess(flags, from);
      return `${url} ${token}`;
    };
    assert.equal(chosen({}, env), "http://a:1 saved");
    assert.equal(chosen({ controller: "http://b:2/" }, env), "http://b:2 b");
    assert.equal(chosen({}, given), "http://b:2 from-env");
    assert.equal(chosen({ controller: "http://c:3", token: "flag" }, given), "http://c:3 flag");
    assert.throws(() => chosen({ controller: "http://c:3" }, env), /no token for http:\/\/c:3/);
  });
  inFolder((env) => assert.throws(() => chooseAccess({}, env), /no controller is known/));
});

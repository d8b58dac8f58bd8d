// Join tokens: how often, how long, and what a refusal costs.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Authority } from "../pki/authority.js";
import { MemoryStore } from "../store/memory.js";
import { Joining } from "./joining.js";

test("a token is good until its end and not at it, and its text pins the authority", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "fv-joining-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const store = new MemoryStore();
  await store.start();
  const authority = await Authority.open(dir);
  let nowMs = 0;
  const joining = new Joining(store, authority, () => nowMs);
  const { token, expiresAtMs } = await joining.newToken("admin", 2, 60_000);
  assert.equal(expiresAtMs, 60_000);
  assert.equal(token.split(".")[3], authority.fingerprint);
  const attempt = () => joining.join({ token, name: "web1", csrDer: new Uint8Array([1]) });
  nowMs = 59_999;
  await assert.rejects(attempt(), {
    kind: "invalid-argument",
    message: "the certificate signing request is not valid",
  });
  nowMs = 60_000;
  await assert.rejects(attempt(), { kind: "unauthenticated" });
  assert.equal((await store.joinToken(token.split(".")[1] ?? ""))?.used, 0);
});

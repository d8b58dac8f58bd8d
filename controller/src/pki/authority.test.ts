// The certificate authority: what it keeps, renews and refuses.
import "reflect-metadata";
import assert from "node:assert/strict";
import { webcrypto, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { CONTROLLER_NAME } from "@fleetvisor/proto/grpc/controller-name";
import * as x509 from "@peculiar/x509";
import { Authority } from "./authority.js";
import { agentIdOf } from "./certificates.js";

function dataDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "fv-pki-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function request(): Promise<Uint8Array> {
  const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({ name: "CN=whatever", keys, signingAlgorithm });
  return new Uint8Array(csr.rawData);
}

test("the authority is made once and its file is its owner's alone", async (t) => {
  const dir = dataDir(t);
  const first = await Authority.open(dir);
  const again = await Authority.open(dir);
  assert.equal(again.fingerprint, first.fingerprint);
  assert.equal(statSync(join(dir, "pki/ca.pem")).mode & 0o777, 0o600);
  assert.equal(new X509Certificate(first.certificatePem).ca, true);
});

test("the server certificate is kept, and has the name by which agents know every controller", async (t) => {
  const dir = dataDir(t);
  const authority = await Authority.open(dir);
  const first = await authority.serverCertificate();
  assert.equal((await (await Authority.open(dir)).serverCertificate()).certificatePem, first.certificatePem);
  const certificate = new X509Certificate(first.certificatePem);
  assert.equal(certificate.checkHost(CONTROLLER_NAME), CONTROLLER_NAME);
  assert.equal(certificate.checkIssued(new X509Certificate(authority.certificatePem)), true);
});

test("an agent's certificate names its id and nothing of the request's subject", async (t) => {
  const authority = await Authority.open(dataDir(t));
  const certificate = new X509Certificate(await authority.agentCertificate(await request(), "a-1"));
  assert.equal(agentIdOf(certificate.subjectAltName), "a-1");
  assert.equal(certificate.subject, "CN=a-1");
  assert.equal(certificate.verify(new X509Certificate(authority.certificatePem).publicKey), true);
});

test("bytes that are no signing request are refused in words", async (t) => {
  const authority = await Authority.open(dataDir(t));
  for (const bytes of [new Uint8Array(0), new Uint8Array([1, 2, 3]), (await request()).fill(7, 200, 210)]) {
    await assert.rejects(authority.agentCertificate(bytes, "a-1"), { kind: "invalid-argument" });
  }
});

test("a broken authority file is named and not replaced", async (t) => {
  const dir = dataDir(t);
  await Authority.open(dir);
  writeFileSync(join(dir, "pki/ca.pem"), "nothing");
  await assert.rejects(Authority.open(dir), /pki\/ca\.pem does not hold/);
});

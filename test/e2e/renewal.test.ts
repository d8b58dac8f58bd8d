// A certificate is renewed before it ends, while the session goes on; one that has ended, or is of a removed agent, is refused in words.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { InstanceList } from "@fleetvisor/proto/api/v1";
import { newCertificateRequest } from "../../agent/src/link/certificate-request.js";
import type { Identity } from "../../agent/src/link/identity.js";
import { Authority } from "../../controller/src/pki/authority.js";
import { type Controller, startController } from "../helpers/controller.js";
import { eventually } from "../helpers/eventually.js";
import { linkSection } from "../helpers/fleet.js";
import type { Scope } from "../helpers/scope.js";
import { startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

const DAY_MS = 86_400_000;

const identityFile = (dir: string) => join(dir, "state/identity.json");
const identityIn = (dir: string) => JSON.parse(readFileSync(identityFile(dir), "utf8")) as Identity;
const endsMs = (pem: string) => Date.parse(new X509Certificate(pem).validTo);
const isLive = async (controller: Controller) =>
  (await controller.api.get<InstanceList>(API_PATHS.instances)).items.some(({ liveness }) => liveness === "live");

/** A controller, and an agent that joined it; `start` starts that agent (again). */
async function joinedAgent(t: Scope) {
  const controller = await startController(t);
  const dir = tempDir(t);
  writeFileSync(join(dir, "join-token"), await controller.joinToken());
  const sections = linkSection(dir, { name: "web-1" }, controller.grpcPort);
  const start = () => startDaemon(t, { kind: "fvagent", dir, sections });
  const agent = await start();
  await eventually(() => isLive(controller));
  return { controller, dir, agent, start };
}

/** Gives the agent another certificate of its authority, made yesterday and good until so many days from now. */
async function replaceCertificate(controller: Controller, dir: string, days: number): Promise<Identity> {
  const authority = await Authority.open(controller.dataDir);
  const joined = identityIn(dir);
  const { csrDer, key } = await newCertificateRequest(joined.agentId);
  const identity = { ...joined, key, certificate: await authority.agentCertificate(csrDer, joined.agentId, days) };
  writeFileSync(identityFile(dir), JSON.stringify(identity));
  return identity;
}

test("an agent whose certificate ends soon gets the next one and uses it when it connects again", async (t) => {
  const { controller, dir, agent, start } = await joinedAgent(t);
  await agent.stop();
  const old = await replaceCertificate(controller, dir, 0.3);
  const second = await start();
  await eventually(() => second.log().includes("certificate renewed"), { context: second.log });
  const renewed = identityIn(dir);
  assert.ok(endsMs(renewed.certificate) - Date.now() > 300 * DAY_MS);
  assert.notEqual(renewed.key, old.key, "a new key too");
  assert.ok(await isLive(controller));
  await second.stop();
  const lines = () => second.log().split("connected as 'web-1'").length;
  const before = lines();
  await start();
  await eventually(() => lines() > before, { context: second.log });
  assert.equal(identityIn(dir).certificate, renewed.certificate);
});

test("a certificate that has ended is refused in words", async (t) => {
  const { controller, dir, agent, start } = await joinedAgent(t);
  await agent.stop();
  await replaceCertificate(controller, dir, -0.5);
  const second = await start();
  await eventually(() => second.log().includes("a certificate of this fleet is needed that has not ended"), {
    context: second.log,
  });
});

test("a removed agent is told so and stays out", async (t) => {
  const { controller, agent } = await joinedAgent(t);
  const answer = await fetch(new URL(apiPath("instance", { instance: "web-1" }), controller.url), {
    method: "DELETE",
    headers: { authorization: `Bearer ${controller.token}` },
  });
  assert.equal(answer.status, 204);
  await eventually(() => /has been removed from the fleet: it needs a new join token/.test(agent.log()), {
    context: agent.log,
  });
});

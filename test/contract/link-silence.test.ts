// The agent's link to a peer that takes the connection and says nothing: it is given up for the next one.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { writeIdentity } from "../../agent/src/link/identity.js";
import { Link } from "../../agent/src/link/link.js";
import { ChildLog } from "../../agent/src/run/child-log.js";
import { systemClock } from "../../agent/src/run/clock.js";
import type { ActivityLog } from "../../agent/src/run/ports.js";
import { PosixSpawner } from "../../agent/src/run/spawner.js";
import { Supervisor } from "../../agent/src/run/supervisor.js";
import { controllerInside } from "../helpers/controller-inside.js";
import { eventually } from "../helpers/eventually.js";
import { defer } from "../helpers/scope.js";
import { enrol } from "../helpers/scripted-agent.js";
import { tempDir } from "../helpers/temp-dir.js";

test("a peer that accepts and never answers is given up, and the next dial follows", async (t) => {
  const papers = await enrol(await controllerInside(t), "web1");
  const dialled: Socket[] = [];
  const silent = createServer((socket) => {
    dialled.push(socket);
    socket.on("error", () => {}).resume();
  }).listen(0, "127.0.0.1");
  await once(silent, "listening");
  defer(t, () => {
    for (const socket of dialled) socket.destroy();
    silent.close();
  });
  const address = silent.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  const complaints: string[] = [];
  const quiet = () => {};
  const log: ActivityLog = {
    isDebug: false,
    ...{ critical: quiet, error: quiet, info: quiet, debug: quiet, trace: quiet, blather: quiet },
    warn: (message) => void complaints.push(message),
  };
  const childLogDir = tempDir(t);
  const supervisor = new Supervisor({
    clock: systemClock,
    spawner: new PosixSpawner({ childOpenFiles: null }),
    ...{ log, identifier: () => "test", childLogDir, stripAnsi: false, syslog: quiet },
  });
  const stateDir = join(tempDir(t), "state");
  mkdirSync(stateDir);
  const { agentId, keyPem: key, certificatePem: certificate, caPem: ca } = papers;
  writeIdentity(stateDir, { agentId, key, certificate, ca });
  const settings = { controllers: [{ host: "127.0.0.1", port: address.port }], name: "web1", labels: {}, stateDir };
  const facts = { identifier: "test", startedAtMs: 0, supervisorVersion: "4.2.5", configFile: "" };
  const ordered = { configured: () => [], reread: () => {}, shutdown: () => {}, restart: () => {} };
  const daemon = {
    ...ordered,
    mainLog: new ChildLog(null),
    answer: async () => "",
    config: () => assert.fail("nobody asks"),
  };
  const link = new Link({ ...settings, joinToken: null }, supervisor, facts, daemon, 200);
  await link.start();
  defer(t, () => link.stop());

  await eventually(() => dialled.length >= 3);
  assert.deepEqual(complaints, [`fleet: the controller at 127.0.0.1:${address.port} does not answer`]);
});

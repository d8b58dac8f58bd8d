// Samples of an agent are for a connected controller that asks: no look at /proc, and no timer for one, before or after.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
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

const quiet = () => {};
const LOG: ActivityLog = {
  isDebug: false,
  ...{ critical: quiet, error: quiet, warn: quiet, info: quiet, debug: quiet, trace: quiet, blather: quiet },
};

test("samples are taken while a controller is connected that asks for them, and not when it is gone", async (t) => {
  const controller = await controllerInside(t, { sample_seconds: 0.2 });
  const { agentId, keyPem: key, certificatePem: certificate, caPem: ca } = await enrol(controller, "web1");
  let looks = 0;
  const supervisor = new Supervisor({
    clock: systemClock,
    spawner: new PosixSpawner({ childOpenFiles: null }),
    ...{ log: LOG, identifier: () => "test", childLogDir: tempDir(t), stripAnsi: false, syslog: quiet },
    oom: {
      watch: () => ({ settle: quiet, ended: () => false }),
      refresh: () => {
        looks += 1;
      },
    },
  });
  const stateDir = join(tempDir(t), "state");
  mkdirSync(stateDir);
  writeIdentity(stateDir, { agentId, key, certificate, ca });
  const settings = {
    controllers: [{ host: "127.0.0.1", port: controller.grpcPort }],
    name: "web1",
    labels: {},
    stateDir,
  };
  const facts = { identifier: "test", startedAtMs: 0, supervisorVersion: "4.2.5", configFile: "" };
  const ordered = { configured: () => [], reread: quiet, shutdown: quiet, restart: quiet };
  const daemon = {
    ...ordered,
    mainLog: new ChildLog(null),
    answer: async () => "",
    config: () => assert.fail("nobody asks"),
  };
  const link = new Link({ ...settings, joinToken: null }, supervisor, facts, daemon);
  assert.equal(looks, 0);
  await link.start();
  defer(t, () => link.stop());
  await eventually(() => looks >= 3);

  await controller.stop();
  await sleep(300);
  const before = looks;
  await sleep(800);
  assert.equal(looks, before, "nobody is there to hear of it");

  await controller.startAgain();
  await eventually(() => looks > before);
});

// The agent's own link to a controller that a test plays: what an order did is reported before the order is said to be done, however
// slow the disk under the outbox is and however much there is to report.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AgentMessage,
  type ControllerMessage,
  type FleetServer,
  FleetService,
  type Order,
  Verb,
} from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { writeIdentity } from "../../agent/src/link/identity.js";
import { Link } from "../../agent/src/link/link.js";
import { ChildLog } from "../../agent/src/run/child-log.js";
import { systemClock } from "../../agent/src/run/clock.js";
import type { ActivityLog } from "../../agent/src/run/ports.js";
import { PosixSpawner } from "../../agent/src/run/spawner.js";
import type { ChannelSpec, GroupSpec } from "../../agent/src/run/spec.js";
import { Supervisor } from "../../agent/src/run/supervisor.js";
import { Authority } from "../../controller/src/pki/authority.js";
import { eventually } from "../helpers/eventually.js";
import { defer } from "../helpers/scope.js";
import { newKeyAndRequest } from "../helpers/scripted-agent.js";
import { tempDir } from "../helpers/temp-dir.js";

const quiet = () => {};
const log: ActivityLog = {
  isDebug: false,
  ...{ critical: quiet, error: quiet, warn: quiet, info: quiet, debug: quiet, trace: quiet, blather: quiet },
};
const channel: ChannelSpec = {
  logfile: null,
  rotation: { maxBytes: 0, backups: 0 },
  ...{ syslog: false, eventsEnabled: false, captureMaxBytes: 0 },
};
const AGENT = "agent-1";

/** A group of programs that nobody starts by itself. */
function group(name: string, processes: readonly string[]): GroupSpec {
  return {
    name,
    priority: 999,
    ...{ listener: null, socket: null },
    processes: processes.map((process) => ({
      name: process,
      priority: 999,
      rules: {
        autorestart: false,
        ...{ startMs: 0, startRetries: 3, exitCodes: [0], stopSignal: 15, stopWaitMs: 60_000 },
        ...{ stopAsGroup: false, killAsGroup: false },
      },
      autostart: false,
      command: "/bin/sleep 1000",
      ...{ directory: null, umask: null, account: null, environment: {}, serverUrl: null, redirectStderr: false },
      stdout: channel,
      stderr: channel,
    })),
  };
}

/** A controller that writes down what it hears, in order: `a:b STOPPED` and `+a:b` for reports, `answer ID` for answers. */
async function scripted(t: TestContext) {
  const authority = await Authority.open(tempDir(t));
  const { keyPem: key, csrDer } = await newKeyAndRequest();
  const certificate = await authority.agentCertificate(csrDer, AGENT);
  const shown = await authority.serverCertificate();
  const heard: string[] = [];
  let stream: ServerDuplexStream<AgentMessage, ControllerMessage> | null = null;
  const session: FleetServer["session"] = (opened) => {
    stream = opened;
    opened.on("error", quiet).on("data", ({ body }: AgentMessage) => {
      if (body?.$case === "hello") {
        const welcome = { epoch: 1, ackedSeq: 0, heartbeatMs: 60_000, controllerVersion: "", sampleMs: 0 };
        opened.write({ body: { $case: "welcome", value: welcome } });
      }
      if (body?.$case === "snapshot") heard.push("snapshot");
      if (body?.$case === "orderResult") heard.push(`answer ${body.value.orderId}`);
      for (const { body: report } of body?.$case === "reports" ? body.value.reports : []) {
        if (report?.$case === "processAdded") heard.push(`+${report.value.name}`);
        if (report?.$case === "stateChange") heard.push(`${report.value.process?.name} ${report.value.process?.state}`);
      }
    });
  };
  const server = new Server();
  server.addService(FleetService, { session, renew: quiet } satisfies FleetServer);
  const pair = { private_key: Buffer.from(shown.keyPem), cert_chain: Buffer.from(shown.certificatePem) };
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createSsl(null, [pair]), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  defer(t, () => server.forceShutdown());
  const order = (id: string, verb: Verb, names: readonly string[]) => {
    const rest = { epoch: 1, timeoutMs: 20_000, signal: "", wait: true, groups: [] };
    const value: Order = { id, verb, targets: names.map((name) => ({ group: "g", name })), ...rest };
    stream?.write({ body: { $case: "order", value } });
    return eventually(() => heard.includes(`answer ${id}`) || null);
  };
  return { port, heard, order, identity: { agentId: AGENT, key, certificate, ca: authority.certificatePem } };
}

/** A supervisor with group g of three programs, linked to the controller; its configuration is `file`. */
async function linked(t: TestContext, controller: Awaited<ReturnType<typeof scripted>>, file: GroupSpec[]) {
  const spawner = new PosixSpawner({ childOpenFiles: null });
  spawner.start(quiet);
  const supervisor = new Supervisor({
    clock: systemClock,
    spawner,
    log,
    ...{ identifier: () => "test", childLogDir: tempDir(t), stripAnsi: false, syslog: quiet },
  });
  supervisor.addGroup(group("g", ["a", "b", "c"]));
  const stateDir = join(tempDir(t), "state");
  mkdirSync(stateDir);
  writeIdentity(stateDir, controller.identity);
  const settings = { name: "web1", labels: {}, stateDir, joinToken: null };
  const facts = { identifier: "test", startedAtMs: 0, supervisorVersion: "4.2.5", configFile: "" };
  const daemon = {
    ...{ configured: () => file, reread: quiet, shutdown: quiet, restart: quiet },
    mainLog: new ChildLog(null),
    answer: async () => "",
    config: () => assert.fail("nobody asks"),
  };
  const controllers = [{ host: "127.0.0.1", port: controller.port }];
  const link = new Link({ ...settings, controllers }, supervisor, facts, daemon);
  await link.start();
  defer(t, async () => {
    await link.stop();
    for (const { value } of supervisor.processes) if (value.pid > 0) globalThis.process.kill(value.pid, 9);
    await supervisor.shutdown("SHUTDOWN");
    spawner.stop();
  });
  await eventually(() => controller.heard.includes("snapshot"));
}

/** Every write of this process to an open file takes so long. */
async function slowDisk(t: TestContext, ms: number): Promise<void> {
  const handle = await open("/dev/null");
  const files = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  const write = files.appendFile;
  t.mock.method(files, "appendFile", async function (this: typeof handle, ...args: Parameters<typeof write>) {
    await sleep(ms);
    return write.apply(this, args);
  });
}

test("what an order did is reported before its answer, whatever the disk under the outbox does", async (t) => {
  await slowDisk(t, 400);
  const controller = await scripted(t);
  await linked(t, controller, []);
  for (const round of [1, 2, 3]) {
    for (const [verb, through, end] of [
      [Verb.START, "STARTING", "RUNNING"],
      [Verb.STOP, "STOPPING", "STOPPED"],
    ] as const) {
      controller.heard.length = 0;
      const id = `${end} ${round}`;
      await controller.order(id, verb, ["a", "b", "c"]);
      assert.deepEqual(
        controller.heard.slice(0, controller.heard.indexOf(`answer ${id}`)).sort(),
        ["a", "b", "c"].flatMap((name) => [`${name} ${end}`, `${name} ${through}`]).sort(),
        id,
      );
    }
  }
});

test("an order that did more than the stream takes at once is answered after all of it", async (t) => {
  const names = Array.from({ length: 3_000 }, (_, at) => `p${at}`);
  const controller = await scripted(t);
  await linked(t, controller, [group("many", names)]);
  controller.heard.length = 0;
  await controller.order("update", Verb.UPDATE, []);
  const before = controller.heard.slice(0, controller.heard.indexOf("answer update"));
  assert.deepEqual(
    before,
    names.map((name) => `+${name}`),
  );
});

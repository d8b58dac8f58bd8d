// The real supervisorctl and Python's xmlrpc.client through the controller: what they show of an agent is what they show on its host.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { eventually } from "../helpers/eventually.js";
import { type AgentPlan, startFleet } from "../helpers/fleet.js";
import { gatewayConfig, gatewayTo } from "../helpers/gateway.js";
import { without } from "../helpers/needs.js";
import { program } from "../helpers/paths.js";
import { runProcess, startProcess } from "../helpers/processes.js";
import type { Scope } from "../helpers/scope.js";
import { forkedSupervisorctl } from "../helpers/supervisorctl-forks.js";
import type { Daemon } from "../helpers/supervisord.js";
import { normalise, transcriptOf } from "../helpers/transcript.js";
import { callRpc, type Endpoint, RpcFault } from "../helpers/xmlrpc.js";

const skip = without("supervisorctl");

const SECTIONS = `
[program:cat]
command = /bin/cat
startsecs = 0
priority = 10

[program:talker]
command = /bin/sh -c "echo one; echo two; echo three >&2; exec sleep 1000"
startsecs = 0

[program:silent]
command = /bin/sleep 1000
startsecs = 0
stdout_logfile = NONE
stderr_logfile = NONE

[program:slow]
command = /bin/sleep 1000
autostart = false
startsecs = 1

[program:gone]
command = /nowhere/to/be/found
autostart = false

[program:quits]
command = /bin/false
autostart = false
startretries = 0
startsecs = 10

[program:größe]
command = /bin/sleep 1000
startsecs = 0

[group:pair]
programs = left,right

[program:left]
command = /bin/sleep 1000
startsecs = 0

[program:right]
command = /bin/sleep 1000
startsecs = 0
`;

const HOSTS: readonly AgentPlan[] = ["direct", "remote"].map((name) => ({ name, sections: SECTIONS }));

/** Two agents of one fleet, one called on its host and the other through the controller. */
async function twoWays(t: Scope) {
  const fleet = await startFleet(t, HOSTS);
  const { url, token } = fleet.controller;
  const [direct, remote] = [fleet.agent("direct"), fleet.agent("remote")];
  for (const daemon of [direct, remote]) {
    for (const name of ["cat", "pair:right", "größe"]) {
      await eventually(async () => (await daemon.info(name)).statename === "RUNNING");
    }
    await eventually(async () => String(await daemon.rpc("readProcessStderrLog", "talker", 0, 0)) !== "");
  }
  const gatewayFile = join(remote.dir, "gateway.conf");
  writeFileSync(gatewayFile, gatewayConfig(url, "remote", "admin", token), { mode: 0o600 });
  const gateway = gatewayTo(url, "remote", "admin", token);
  return { fleet, direct, remote, gatewayFile, gateway, url, token };
}

const LINES = [
  "status",
  "status cat pair:* nope nope:* größe",
  "version",
  "pid",
  "pid cat slow nope",
  "pid all",
  "avail",
  "tail talker",
  "tail talker stderr",
  "tail -4 talker",
  "tail silent",
  "tail nope",
  "tail -f nope",
  "tail -f silent",
  "maintail -1",
  "fg slow",
  "start slow",
  "start slow cat gone quits nope nope:* pair:*",
  "stop slow",
  "stop slow nope nope:*",
  "restart cat pair:*",
  "signal HUP nope",
  "signal NOSUCH talker",
  "signal CONT talker pair:*",
  "signal CONT all",
  "clear talker",
  "tail talker",
  "clear nope pair:left",
  "clear all",
  "stop all",
  "start all",
  "status",
] as const;

/** Each is done on both hosts before it. */
const CONFIG_LINES = [
  "reread",
  "update",
  "avail",
  "add cat",
  "add nope",
  "remove cat",
  "stop silent",
  "remove silent",
  "status silent",
  "add silent",
  "status",
  "reload",
] as const;

const NEW_PROGRAM = "\n[program:new]\ncommand = /bin/sleep 1000\nstartsecs = 0\n";

test("supervisorctl shows the same through the controller as on the host", { skip }, async (t) => {
  const { direct, remote, gatewayFile, url } = await twoWays(t);
  const run = { direct: forkedSupervisorctl(t), remote: forkedSupervisorctl(t) };
  const words = (daemon: Daemon) =>
    [
      [`${url}`, "URL"],
      [`unix://${daemon.dir}/sv.sock`, "URL"],
      [daemon.dir, "DIR"],
    ] as const;

  async function sameLine(line: string): Promise<void> {
    const args = line.split(" ");
    const seen = await Promise.all(
      (
        [
          ["direct", direct, direct.configFile],
          ["remote", remote, gatewayFile],
        ] as const
      ).map(async ([way, daemon, file]) => {
        const finished = await run[way](["-c", file, ...args], daemon.dir);
        const sorted = /^(re)?st(art|op)\b.*(all|:\*)/.test(line)
          ? { ...finished, stdout: finished.stdout.split("\n").sort().join("\n") }
          : finished;
        return transcriptOf(args, sorted, words(daemon));
      }),
    );
    assert.equal(seen[1], seen[0]);
  }

  for (const line of LINES) await sameLine(line);
  for (const { configFile } of [direct, remote]) appendFileSync(configFile, NEW_PROGRAM);
  for (const line of CONFIG_LINES) await sameLine(line);
  for (const daemon of [direct, remote]) {
    await eventually(async () => (await daemon.info("new")).statename === "RUNNING", { what: "it began anew" });
  }
  // The link comes back after the daemon's own sockets.
  await eventually(async () => (await run.remote(["-c", gatewayFile, "pid"], remote.dir)).code === 0, {
    what: "the agent is back in the fleet",
  });
  await sameLine("status");
  await sameLine("shutdown");
  await Promise.all([direct.process.ended, remote.process.ended]);
  const after = await run.remote(["-c", gatewayFile, "status"], remote.dir);
  assert.match(after.stdout, /<Fault 30: 'FAILED: remote: .*'>/);
  assert.equal(after.code, 1);
});

/** Whatever differs between two agents that run the same. */
function alike(value: unknown, daemon: Daemon): string {
  const text = JSON.stringify(value, (key, item) => (/^(now|start|stop|pid)$/.test(key) ? typeof item : item));
  return normalise(text.replaceAll(daemon.dir, "DIR"))
    .replace(/-remote-\w+|-direct-\w+|---\w+-\w+\.log/g, "LOG")
    .replace(/-\w{8}\.log/g, "LOG");
}

async function outcome(endpoint: Endpoint, method: string, params: readonly XmlRpcValue[]): Promise<unknown> {
  try {
    return await callRpc(endpoint, method, ...params);
  } catch (error) {
    return error instanceof RpcFault ? { code: error.code, text: error.text } : { http: String(error) };
  }
}

/** Calls in an order in which each finds the same on both sides; every method is among them. */
const CALLS: readonly (readonly [method: string, ...params: XmlRpcValue[]])[] = [
  ["system.listMethods"],
  ["system.methodHelp", "supervisor.getState"],
  ["system.methodSignature", "supervisor.startProcess"],
  ["system.methodSignature", "supervisor.nope"],
  ["supervisor.getAPIVersion"],
  ["supervisor.getVersion"],
  ["supervisor.getSupervisorVersion"],
  ["supervisor.getIdentification"],
  ["supervisor.getState"],
  ["supervisor.getState", 1],
  ["supervisor.nope"],
  ["nope"],
  ["supervisor.getProcessInfo", "cat"],
  ["supervisor.getProcessInfo", "nope"],
  ["supervisor.getProcessInfo", "pair:*"],
  ["supervisor.getProcessInfo", 5],
  ["supervisor.getAllProcessInfo"],
  ["supervisor.getAllConfigInfo"],
  ["supervisor.stopProcess", "cat"],
  ["supervisor.stopProcess", "cat", true],
  ["supervisor.startProcess", "cat", false],
  ["supervisor.startProcess", "slow"],
  ["supervisor.startProcess", "quits"],
  ["supervisor.startProcess", "gone"],
  ["supervisor.startProcess", "nope"],
  ["supervisor.startProcess"],
  ["supervisor.stopProcessGroup", "pair"],
  ["supervisor.startProcessGroup", "pair", true],
  ["supervisor.startProcessGroup", "nope"],
  ["supervisor.startProcess", "pair:*"],
  ["supervisor.signalProcess", "cat", "CONT"],
  ["supervisor.signalProcess", "cat", 18],
  ["supervisor.signalProcess", "cat", "NOPE"],
  ["supervisor.signalProcessGroup", "pair", "CONT"],
  ["supervisor.signalAllProcesses", "CONT"],
  ["supervisor.sendProcessStdin", "cat", "grüße & <so>\n"],
  ["supervisor.sendProcessStdin", "slow", 5],
  ["supervisor.readProcessStdoutLog", "talker", 0, 3],
  ["supervisor.readProcessLog", "talker", -4, 0],
  ["supervisor.readProcessStderrLog", "talker", 0, 0],
  ["supervisor.readProcessStdoutLog", "talker", -1, 1],
  ["supervisor.readProcessStdoutLog", "silent", 0, 0],
  ["supervisor.tailProcessStdoutLog", "talker", 0, 100],
  ["supervisor.tailProcessLog", "talker", 0, 2],
  ["supervisor.tailProcessStderrLog", "talker", 0, 100],
  ["supervisor.clearProcessLogs", "talker"],
  ["supervisor.clearProcessLog", "talker"],
  ["supervisor.clearAllProcessLogs"],
  ["supervisor.readLog", 0, 0],
  ["supervisor.readMainLog", -1, 0],
  ["supervisor.clearLog"],
  ["supervisor.reloadConfig"],
  ["supervisor.addProcessGroup", "cat"],
  ["supervisor.removeProcessGroup", "cat"],
  ["supervisor.removeProcessGroup", "nope"],
  ["supervisor.sendRemoteCommEvent", "type", "data"],
  [
    "system.multicall",
    [
      { methodName: "supervisor.getState", params: [] },
      { methodName: "supervisor.stopProcess", params: ["slow"] },
      { methodName: "supervisor.getProcessInfo", params: ["nope"] },
      { methodName: "system.multicall", params: [[]] },
      { params: [] },
      { methodName: "supervisor.startProcess", params: "no" },
      { methodName: "supervisor.nope" },
      "nothing",
    ],
  ],
  ["system.multicall", []],
  ["system.multicall", ""],
  ["system.multicall", 5],
  ["system.multicall"],
  ["supervisor.stopAllProcesses"],
  ["supervisor.startAllProcesses", false],
  ["supervisor.restart"],
];

/** Answers that come in the order in which processes finished, or hold what was written when. */
const BY_CHANCE: ReadonlySet<string> = new Set(["supervisor.readLog"]);

test("every method answers the same through the controller as on the host", { skip }, async (t) => {
  const { direct, remote, gateway } = await twoWays(t);
  const told = (await callRpc(gateway, "system.listMethods")) as string[];
  const called = new Set(CALLS.map(([method]) => method));
  assert.deepEqual(
    told.filter((method) => !called.has(method) && !["supervisor.getPID", "supervisor.shutdown"].includes(method)),
    [],
    "every method is called",
  );
  assert.equal(told.length, 41);
  for (const [method, ...params] of CALLS) {
    const [here, there] = [await outcome(direct.unix, method, params), await outcome(gateway, method, params)];
    if (BY_CHANCE.has(method)) {
      assert.match(String(there), /supervisord started with pid/);
      continue;
    }
    const sorted = (value: unknown) => (/All|Group/.test(method) && Array.isArray(value) ? byName(value) : value);
    assert.equal(alike(sorted(there), remote), alike(sorted(here), direct), `${method}(${JSON.stringify(params)})`);
  }
  assert.equal(typeof (await outcome(gateway, "supervisor.shutdown", [])), "object", "away, or on its way");
});

const byName = (rows: readonly unknown[]) => [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

test("tail -f, maintail -f and fg through the controller", { skip }, async (t) => {
  const fleet = await startFleet(t, [
    {
      name: "web1",
      sections: `[program:clock]\ncommand = ${program("counts.sh")}\nstartsecs = 0\n\n[program:cat]\ncommand = /bin/cat\nstartsecs = 0\n`,
    },
  ]);
  const { url, token } = fleet.controller;
  const ctl = ["-s", url, "-u", "admin@web1", "-p", token];

  const follower = await startProcess(t, "supervisorctl", [...ctl, "tail", "-f", "clock"]);
  await follower.says(/==> Press Ctrl-C to exit <==/);
  await follower.says(/tick 12\n/);
  const ticks = [...follower.output().matchAll(/^tick (\d+)$/gm)].map((match) => Number(match[1]));
  assert.deepEqual(
    ticks,
    ticks.map((_, i) => (ticks[0] ?? 0) + i),
    "no tick is missing or doubled",
  );
  assert.deepEqual(await follower.stop("SIGINT"), { code: 0, signal: null });

  const main = await startProcess(t, "supervisorctl", [...ctl, "maintail", "-f"]);
  await main.says(/supervisord started with pid/);
  const stopped = await runProcess("supervisorctl", [...ctl, "stop", "clock"]);
  assert.equal(stopped.stdout, "clock: stopped\n");
  await main.says(/stopped: clock/);
  await main.stop("SIGINT");

  const foreground = await runProcess("supervisorctl", [...ctl, "fg", "cat"], { stdin: "hello\nagain\n" });
  assert.match(foreground.stdout, /==> Press Ctrl-C to exit <==/);
  await eventually(() => readLogOf(fleet.agent("web1"), "cat").then((text) => text === "hello\nagain\n"));
});

const readLogOf = async (daemon: Daemon, name: string): Promise<string> =>
  readFileSync(String((await daemon.info(name)).stdout_logfile), "utf8");

test("Python's xmlrpc.client reaches an instance, with the path and with the user's name", { skip }, async (t) => {
  const fleet = await startFleet(t, [{ name: "web1", sections: SECTIONS }]);
  const { httpPort, token } = fleet.controller;
  const script = `
import sys, xmlrpc.client
token = sys.stdin.read()
for where in ["admin%40web1:{}@127.0.0.1:${httpPort}/RPC2", "admin:{}@127.0.0.1:${httpPort}/instances/web1/RPC2"]:
    server = xmlrpc.client.ServerProxy("http://" + where.format(token))
    print(server.supervisor.getState(), server.supervisor.getProcessInfo("größe")["name"])
    try:
        server.supervisor.getProcessInfo("nope")
    except xmlrpc.client.Fault as fault:
        print(fault.faultCode, fault.faultString)
    calls = xmlrpc.client.MultiCall(server)
    server.supervisor.stopProcess("cat")
    server.supervisor.startProcess("cat")
    server.supervisor.sendProcessStdin("cat", xmlrpc.client.Binary(b"a\\x01b\\n"))
`;
  const ran = await runProcess("/usr/bin/python3", ["-c", script], { stdin: token });
  const once = "{'statecode': 1, 'statename': 'RUNNING'} größe\n10 BAD_NAME: nope\n";
  assert.deepEqual({ ...ran, stderr: ran.stderr }, { code: 0, signal: null, stdout: once + once, stderr: "" });
  const cat = await readLogOf(fleet.agent("web1"), "cat");
  assert.equal(cat, "a\x01b\na\x01b\n");
});

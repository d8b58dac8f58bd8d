// One controller and three agents with real children: what happens on a host is seen, ordered and remembered at the centre.
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { HistoryEvent, HistoryPage, InstanceList, Operation } from "@fleetvisor/proto/api/v1";
import { readEarlierOutboxes } from "../../agent/src/link/outbox-file.js";
import { startController } from "../helpers/controller.js";
import { eventually } from "../helpers/eventually.js";
import { type AgentPlan, type Fleet, linkSection, startFleet } from "../helpers/fleet.js";
import { FVCTL, program } from "../helpers/paths.js";
import { childrenOf, isAlive } from "../helpers/proc.js";
import { startProcess } from "../helpers/processes.js";
import type { Scope } from "../helpers/scope.js";
import { type Daemon, startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

/** Every process leaves a trail of its pids in a file of its own. */
const PROGRAMS = `
[program:api]
command = ${program("leaves-a-trail.sh")} {dir}/api-%(process_num)d
process_name = api-%(process_num)d
numprocs = 2
startsecs = 0
autorestart = true

[program:batch]
command = ${program("leaves-a-trail.sh")} {dir}/batch
startsecs = 0
autorestart = true

[program:clock]
command = ${program("counts.sh")}
startsecs = 0
`;

/** Two web hosts and a database host. */
const HOSTS: readonly AgentPlan[] = ["web-1", "web-2", "db-1"].map((name) => ({
  name,
  labels: name.startsWith("web") ? "role=web,dc=ams" : "role=db,dc=ber",
  sections: PROGRAMS,
}));

const TRAILS = ["api-0", "api-1", "batch"] as const;
const GROUP: Readonly<Record<(typeof TRAILS)[number], string>> = { "api-0": "api", "api-1": "api", batch: "batch" };

/** Every pid a process had, oldest first, by its own word. */
function trail(daemon: Daemon, name: (typeof TRAILS)[number]): number[] {
  return readFileSync(join(daemon.dir, name), "utf8").trim().split("\n").map(Number);
}

const lastPid = (daemon: Daemon, name: (typeof TRAILS)[number]) => trail(daemon, name).at(-1) ?? 0;

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // its successor has not said its pid yet
  }
}

/** All pids of now, so that two moments can be compared. */
function pidsOf(fleet: Fleet, hosts: readonly string[] = HOSTS.map(({ name }) => name)): number[] {
  return hosts.flatMap((host) => TRAILS.map((name) => lastPid(fleet.agent(host), name)));
}

/** `STARTING RUNNING EXITED ...` of a target, oldest first. */
function lives(events: readonly HistoryEvent[], target: string): HistoryEvent[] {
  return events.filter(
    (event) => event.kind === "process-state" && `${event.instance}/${event.group}:${event.name}` === target,
  );
}

test("a child killed with SIGKILL is restarted, and fvctl and history tell its end and its successor", async (t) => {
  const fleet = await startFleet(t, HOSTS);
  const host = fleet.agent("web-2");
  const target = "web-2/api:api-1";
  const victim = lastPid(host, "api-1");
  const others = pidsOf(fleet).filter((pid) => pid !== victim);

  process.kill(victim, "SIGKILL");
  const successor = await eventually(() => {
    const pid = lastPid(host, "api-1");
    return pid !== victim && pid;
  });

  await eventually(async () => {
    const status = await fleet.fvctl("status", target, "-o", "json");
    const [row] = (JSON.parse(status.stdout) as { items: { target: string; pid: number; state: string }[] }).items;
    return row?.target === target && row.pid === successor && row.state === "RUNNING";
  });
  const events = await eventually(async () => {
    const all = lives(await fleet.history(), target);
    return all.at(-1)?.toState === "RUNNING" && all.at(-1)?.pid === successor && all;
  });
  const [exited, starting, running] = events.slice(-3);
  assert.deepEqual(
    [exited?.toState, starting?.toState, running?.toState],
    ["EXITED", "STARTING", "RUNNING"],
    JSON.stringify(events),
  );
  assert.equal(exited?.exitSignal, "SIGKILL");
  assert.equal(exited?.exitCode, null);
  assert.equal(exited?.exitExpected, false);
  assert.equal(exited?.pid, victim);
  assert.ok((exited?.uptimeMs ?? -1) >= 0);
  assert.ok(others.every(isAlive), "nobody else was touched");
});

test("an order by selector reaches exactly the processes it names, over all hosts", async (t) => {
  const fleet = await startFleet(t, HOSTS);
  const webApis = () =>
    ["web-1", "web-2"].flatMap((host) => ["api-0", "api-1"].map((n) => lastPid(fleet.agent(host), n as "api-0")));
  const rest = () => pidsOf(fleet).filter((pid) => !webApis().includes(pid));
  const [apisBefore, restBefore] = [webApis(), rest()];

  const restarted = await fleet.fvctl("restart", "web-*/api:*");
  assert.equal(restarted.code, 0, restarted.stdout + restarted.stderr);
  const apisAfter = webApis();
  assert.equal(new Set([...apisBefore, ...apisAfter]).size, 8, "four old pids, four new");
  assert.deepEqual(apisBefore.filter(isAlive), []);
  assert.ok(apisAfter.every(isAlive));
  assert.deepEqual(rest(), restBefore);

  const stopped = await fleet.fvctl("stop", "role=db/batch");
  assert.equal(stopped.code, 0, stopped.stdout + stopped.stderr);
  assert.equal(isAlive(lastPid(fleet.agent("db-1"), "batch")), false);
  assert.ok(isAlive(lastPid(fleet.agent("web-1"), "batch")));

  const operation = await fleet.controller.api.post<Operation>(API_PATHS.operations, {
    verb: "stop",
    selector: "role=web,dc=ams/batch",
    waitMs: 20_000,
  });
  assert.equal(operation.state, "succeeded");
  assert.deepEqual(operation.targets.map(({ target, result }) => `${target} ${result}`).sort(), [
    "web-1/batch:batch succeeded",
    "web-2/batch:batch succeeded",
  ]);
  const states = await fleet.processes("state=STOPPED");
  assert.deepEqual(states.map(({ target }) => target).sort(), [
    "db-1/batch:batch",
    "web-1/batch:batch",
    "web-2/batch:batch",
  ]);
});

test("what an operation is told to have done is what the live view shows from then on", async (t) => {
  const fleet = await startFleet(t, HOSTS);
  const { api } = fleet.controller;
  for (let round = 0; round < 20; round++) {
    for (const [verb, state] of [
      ["stop", "STOPPED"],
      ["start", "RUNNING"],
    ] as const) {
      const asked = { verb, selector: "*/batch", waitMs: 20_000 };
      assert.equal((await api.post<Operation>(API_PATHS.operations, asked)).state, "succeeded");
      const shown = (await fleet.processes("*/batch")).map((process) => process.state);
      assert.deepEqual(shown, [state, state, state], `${verb}, round ${round}`);
    }
  }
});

test("a log is followed live through the controller, nothing missing and nothing doubled", async (t) => {
  const fleet = await startFleet(t, HOSTS.slice(0, 1));
  const follower = await startProcess(t, process.execPath, [FVCTL, "tail", "-f", "web-1/clock"], { env: fleet.ctlEnv });
  const first = Number((await follower.says(/tick (\d+)\n/))[1]);
  await follower.says(new RegExp(`tick ${first + 15}\n`));
  const ticks = [...follower.output().matchAll(/tick (\d+)$/gm)].map((match) => Number(match[1]));
  assert.deepEqual(
    ticks,
    ticks.map((_, i) => (ticks[0] ?? 0) + i),
  );
  const ended = await follower.stop("SIGINT");
  assert.notEqual(ended.signal, "SIGKILL");
});

/** Whether the outbox on disk tells that the process of this pid runs; looked at in a copy, since reading it tidies up. */
function outboxHolds(t: Scope, stateDir: string, pid: number): boolean {
  const copy = join(tempDir(t), "state");
  cpSync(stateDir, copy, { recursive: true });
  return readEarlierOutboxes(copy).some(({ outbox }) =>
    outbox.after(-1, Number.MAX_SAFE_INTEGER).some(({ body }) => {
      if (body?.$case !== "stateChange") return false;
      const { process } = body.value;
      return process?.pid === pid && process.state === "RUNNING";
    }),
  );
}

test("what an agent could not tell before it was killed is told by its next start, once and in order", async (t) => {
  const controller = await startController(t);
  const dir = tempDir(t);
  writeFileSync(join(dir, "join-token"), await controller.joinToken());
  const sections = `${linkSection(dir, { name: "web-1" }, controller.grpcPort)}\n${PROGRAMS}`;
  const first = await startDaemon(t, { kind: "fvagent", dir, sections });
  const history = async (selector: string) => {
    const { items } = await controller.api.get<HistoryPage>(API_PATHS.events, { selector, limit: 1000 });
    return lives(items.reverse(), selector);
  };
  const target = "web-1/api:api-0";
  await eventually(async () => (await history(target)).at(-1)?.toState === "RUNNING");

  await controller.crash();
  for (let life = 0; life < 3; life++) {
    const pid = lastPid(first, "api-0");
    process.kill(pid, "SIGKILL");
    await eventually(() => lastPid(first, "api-0") !== pid);
  }
  const before = trail(first, "api-0");
  await eventually(() => first.log().split("'api-0' with pid").length > before.length);
  // What the log says is in the outbox a moment later.
  await eventually(() => outboxHolds(t, join(dir, "state"), before.at(-1) ?? 0), { what: "the last life is written" });
  const orphans = childrenOf(first.pid);
  await first.stop("SIGKILL");
  for (const orphan of orphans) killIfAlive(orphan);

  const second = await startDaemon(t, { kind: "fvagent", dir, sections });
  await controller.startAgain();
  const events = await eventually(async () => {
    const all = await history(target);
    return all.at(-1)?.pid === lastPid(second, "api-0") && all.at(-1)?.toState === "RUNNING" && all;
  });
  const pidsIn = (state: string) => events.filter((event) => event.toState === state).map(({ pid }) => pid);
  assert.deepEqual(pidsIn("RUNNING"), trail(second, "api-0"), "every life of both starts, each once, in order");
  assert.deepEqual(pidsIn("EXITED"), before.slice(0, -1), "every death that the first start saw");
  await eventually(() => readdirSync(join(dir, "state/outbox")).length <= 1, { what: "the first start is forgotten" });
});

test("a controller killed again and again while children die misses nothing and doubles nothing", async (t) => {
  const fleet = await startFleet(t, HOSTS);
  const clocks = await eventually(async () => {
    const pids = (await fleet.processes("*/clock")).map(({ pid }) => pid ?? 0);
    return pids.length === 3 && pids.every(isAlive) && pids;
  });
  let killing = true;
  const killer = (async () => {
    while (killing) {
      for (const { name } of HOSTS) {
        for (const one of TRAILS) {
          killIfAlive(lastPid(fleet.agent(name), one));
          await sleep(25);
        }
      }
    }
  })();
  for (const pause of [300, 50, 600]) {
    await sleep(pause);
    await fleet.controller.crash();
    await sleep(pause);
    await fleet.controller.startAgain();
  }
  killing = false;
  await killer;

  await eventually(
    async () => {
      const { items } = await fleet.controller.api.get<InstanceList>(API_PATHS.instances);
      return items.length === 3 && items.every(({ liveness }) => liveness === "live");
    },
    { what: "the agents come back by themselves", withinMs: 60_000 },
  );
  for (const { name: host } of HOSTS) {
    for (const name of TRAILS) {
      const target = `${host}/${GROUP[name]}:${name}`;
      const { own, events } = await eventually(async () => {
        const pids = trail(fleet.agent(host), name);
        const all = lives(await fleet.history(target), target);
        const last = pids.at(-1) ?? 0;
        return (
          isAlive(last) && all.at(-1)?.pid === last && all.at(-1)?.toState === "RUNNING" && { own: pids, events: all }
        );
      });
      const pidsIn = (state: string) => events.filter((event) => event.toState === state).map(({ pid }) => pid);
      assert.deepEqual(pidsIn("RUNNING"), own, `every life of ${target}, each once, in order`);
      assert.deepEqual(pidsIn("EXITED"), own.slice(0, -1), `every death of ${target}`);
    }
  }
  assert.ok(clocks.every(isAlive), "nothing on the hosts stopped while the controller was away");
});

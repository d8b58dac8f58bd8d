// What real children use: seen at the centre with lists, for charts and for Prometheus, and at the agent's own /metrics.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { HistoryPage, Instance, MetricSeries, Process } from "@fleetvisor/proto/api/v1";
import { oomFile, parseMounts } from "../../agent/src/run/oom.js";
import { controllerInside } from "../helpers/controller-inside.js";
import { eventually } from "../helpers/eventually.js";
import { parseExposition } from "../helpers/exposition.js";
import { startAgent } from "../helpers/fleet.js";
import { runProcess } from "../helpers/processes.js";
import { defer } from "../helpers/scope.js";
import { startDaemon } from "../helpers/supervisord.js";

const MIB = 1024 * 1024;
const node = (script: string) => `${process.execPath} -e "${script}"`;

/** Behind a shell, as most commands are: the shell itself uses nothing. */
const PROGRAMS = `
[program:burns]
command = /bin/sh -c '${node("for (;;) Math.sqrt(2)")}; true'
killasgroup = true
stopasgroup = true

[program:holds]
command = ${node("const held = Buffer.alloc(5e7, 1); setInterval(() => held[1]++, 1e6)")}

[program:sleeps]
command = /bin/sleep 1000

[program:stopped]
command = /bin/sleep 1000
autostart = false
`;

test("what children and their host use is seen at the centre, and a restart is no negative use", async (t) => {
  const controller = await controllerInside(t, { sample_seconds: 0.3 });
  const agent = await startAgent(t, controller, { name: "web1", sections: PROGRAMS });
  const one = (name: string) => apiPath("process", { instance: "web1", group: name, name });
  const now = (name: string) => controller.api.get<Process>(one(name));

  const used = await eventually(async () => {
    const [burns, holds, sleeps] = await Promise.all([now("burns"), now("holds"), now("sleeps")]);
    const busy = (burns.cpuPercent ?? 0) > 20 && (holds.memoryBytes ?? 0) > 50 * MIB;
    return busy && sleeps.cpuPercent != null && { burns, holds, sleeps };
  });
  assert.ok((used.burns.cpuPercent ?? 0) < 400, JSON.stringify(used.burns));
  assert.ok((used.holds.memoryBytes ?? 0) < 500 * MIB, JSON.stringify(used.holds));
  assert.ok((used.sleeps.cpuPercent ?? 99) < 20 && (used.sleeps.memoryBytes ?? 0) > 0, JSON.stringify(used.sleeps));
  assert.deepEqual([(await now("stopped")).cpuPercent, (await now("stopped")).memoryBytes], [null, null]);

  const host = await controller.api.get<Instance>(apiPath("instance", { instance: "web1" }));
  assert.ok((host.cpuPercent ?? 0) > 1 && (host.cpuPercent ?? 101) <= 100, JSON.stringify(host));
  assert.ok((host.memoryBytes ?? 0) > 50 * MIB && (host.memoryBytes ?? 0) < (host.memoryTotalBytes ?? 0));

  const pid = used.burns.pid;
  await agent.rpc("stopProcess", "burns");
  await eventually(async () => (await now("burns")).memoryBytes === null);
  await agent.rpc("startProcess", "burns");
  await eventually(async () => {
    const { cpuPercent, pid: next } = await now("burns");
    return next !== pid && (cpuPercent ?? 0) > 20;
  });
  const atMs = Date.now();
  const series = await controller.api.get<MetricSeries>(
    apiPath("processMetrics", { instance: "web1", group: "burns", name: "burns" }),
    { sinceMs: atMs - 700, untilMs: atMs + 1_000 },
  );
  assert.equal(series.source, "raw");
  assert.ok(series.cpuPercent.avg.some((value) => (value ?? 0) > 20));
  assert.ok(
    series.cpuPercent.min.every((value) => value === null || value >= 0),
    JSON.stringify(series.cpuPercent),
  );
  const scrape = await fetch(new URL("/metrics", controller.url), {
    headers: { authorization: `Bearer ${controller.token}` },
  });
  const { value } = parseExposition(await scrape.text());
  const labels = { instance: "web1", group: "burns", name: "burns" };
  assert.equal(value("fleetvisor_process_restarts_total", labels), 1);
  assert.ok((value("fleetvisor_process_cpu_seconds_total", labels) ?? 0) > 0.2);

  // Minutes under way are kept when it stops, and are there when it is back.
  await controller.startAgain();
  const kept = await eventually(async () => {
    const answer = await controller.api.get<MetricSeries>(
      apiPath("processMetrics", { instance: "web1", group: "holds", name: "holds" }),
    );
    return answer.atMs.length > 0 && answer;
  });
  assert.equal(kept.source, "minute");
  assert.ok((kept.memoryBytes.max[0] ?? 0) > 50 * MIB, JSON.stringify(kept));
});

test("an agent that is asked for no samples sends none", async (t) => {
  const controller = await controllerInside(t, { sample_seconds: 0 });
  await startAgent(t, controller, { name: "web1", sections: PROGRAMS });
  await eventually(
    async () =>
      (await controller.api.get<Process>(apiPath("process", { instance: "web1", group: "sleeps", name: "sleeps" })))
        .pid,
  );
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const scrape = await fetch(new URL("/metrics", controller.url), {
    headers: { authorization: `Bearer ${controller.token}` },
  });
  assert.equal(parseExposition(await scrape.text()).value("fleetvisor_samples_total", {}), 0);
});

test("an agent answers /metrics when asked to, behind its password, and on no other socket", async (t) => {
  const inet = { username: "user", password: "secret" };
  const sections = `[fleetvisor]\nmetrics = true\n${PROGRAMS}`;
  const daemon = await startDaemon(t, { kind: "fvagent", inet, sections });
  const url = `http://127.0.0.1:${daemon.inet !== null && "port" in daemon.inet ? daemon.inet.port : 0}/metrics`;
  const authorization = `Basic ${Buffer.from("user:secret").toString("base64")}`;
  assert.equal((await fetch(url)).status, 401);
  const read = async () => {
    const answer = await fetch(url, { headers: { authorization } });
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    return parseExposition(await answer.text());
  };
  const { value } = await eventually(async () => {
    const text = await read();
    const burns = text.value("fleetvisor_process_cpu_seconds_total", { group: "burns", name: "burns" }) ?? 0;
    const holds = text.value("fleetvisor_process_resident_memory_bytes", { group: "holds", name: "holds" }) ?? 0;
    return burns > 0.2 && holds > 50 * MIB && text;
  });
  assert.equal(value("fleetvisor_process_state", { group: "stopped", name: "stopped", state: "STOPPED" }), 1);
  assert.equal(value("fleetvisor_process_restarts_total", { group: "burns", name: "burns" }), 0);
  assert.ok((value("fleetvisor_host_memory_total_bytes", {}) ?? 0) > 50 * MIB);
  const socket = await runProcess("curl", [
    "-s",
    "-o",
    "/dev/null",
    "-w",
    "%{http_code}",
    "--unix-socket",
    join(daemon.dir, "sv.sock"),
    "http://localhost/metrics",
  ]);
  assert.equal(socket.stdout, "404");
  const plain = await startDaemon(t, { kind: "fvagent", inet, sections: PROGRAMS });
  const other = plain.inet !== null && "port" in plain.inet ? plain.inet.port : 0;
  assert.equal((await fetch(`http://127.0.0.1:${other}/metrics`, { headers: { authorization } })).status, 404);
});

/** A control group of its own with 20 MiB, below the test's; null where none can be made. It is removed after the test. */
function smallGroup(t: Parameters<typeof defer>[0]): string | null {
  const own = oomFile(
    parseMounts(readFileSync("/proc/self/mountinfo", "latin1")),
    readFileSync("/proc/self/cgroup", "latin1"),
  );
  if (own === null) return null;
  const group = join(own, "..", `fleetvisor-test-${process.pid}`);
  try {
    mkdirSync(group);
    defer(t, () => rmdirSync(group));
    writeFileSync(
      join(group, own.endsWith("memory.events") ? "memory.max" : "memory.limit_in_bytes"),
      String(20 * MIB),
    );
    return group;
  } catch {
    return null;
  }
}

test("a child that the system ends for want of memory is told as that, and one that is killed is not", async (t) => {
  const group = smallGroup(t);
  if (group === null) return t.skip("no control group can be made here");
  const controller = await controllerInside(t, { sample_seconds: 0.3 });
  // The second limit ends it where the first does not hold.
  const eats = `/bin/sh -c 'ulimit -v 400000; echo 0 > ${group}/cgroup.procs && sleep 2 && exec tail /dev/zero'`;
  const sections = `[program:eats]\ncommand = ${eats}\nautorestart = false\n[program:lives]\ncommand = /bin/sleep 1000\nautorestart = false\n`;
  const agent = await startAgent(t, controller, { name: "web1", sections });
  const ends = async (name: string) => {
    const { items } = await controller.api.get<HistoryPage>(API_PATHS.events, { selector: `web1/${name}:*` });
    return items.find(({ toState, uptimeMs }) => toState === "EXITED" && uptimeMs !== null);
  };
  const eaten = await eventually(() => ends("eats"));
  process.kill(Number((await agent.info("lives")).pid), "SIGKILL");
  const killed = await eventually(() => ends("lives"));
  assert.deepEqual([eaten.exitSignal, eaten.oomKilled], ["SIGKILL", true]);
  assert.deepEqual([killed.exitSignal, killed.oomKilled], ["SIGKILL", false]);
});

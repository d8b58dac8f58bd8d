// Use of CPU and memory over HTTP: with lists, as columns for charts, for Prometheus; and for whom.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type {
  FleetSummary,
  Instance,
  InstanceList,
  MetricSeries,
  Process,
  ProcessList,
} from "@fleetvisor/proto/api/v1";
import { tallyOf } from "../../controller/src/core/metrics.js";
import { pack } from "../../controller/src/core/metrics-pack.js";
import { parseExposition } from "../helpers/exposition.js";
import { accessWorld, listenTo } from "./access-world.js";

const MIB = 1024 * 1024;
const MINUTE = 60_000;
const WEB = {
  name: "web1",
  processes: [
    { group: "api", name: "a" },
    { group: "db", name: "b" },
  ],
};

const ofHost = (name: string) => apiPath("instanceMetrics", { instance: name });
const ofProcess = (instance: string, group: string, name: string) =>
  apiPath("processMetrics", { instance, group, name });

test("lists carry what is used now, and nothing where it is not known", async (t) => {
  const world = await accessWorld(t);
  world.hosts(WEB, { name: "silent", processes: [{ group: "api", name: "a" }] });
  world.sample("web1");
  const first = await world.get<Process>(apiPath("process", { instance: "web1", group: "api", name: "a" }));
  assert.deepEqual([first.cpuPercent, first.memoryBytes], [null, MIB]);
  world.sample("web1");
  const { items } = await world.get<ProcessList>(API_PATHS.processes);
  assert.deepEqual(
    items.map(({ target, cpuPercent, memoryBytes }) => [target, cpuPercent, memoryBytes]),
    [
      ["silent/api:a", null, null],
      ["web1/api:a", 100, MIB],
      ["web1/db:b", 100, MIB],
    ],
  );
  const hosts = await world.get<InstanceList>(API_PATHS.instances);
  assert.deepEqual(
    hosts.items.map((one) => [one.name, one.cpuPercent, one.memoryBytes, one.memoryTotalBytes, one.load]),
    [
      ["silent", null, null, null, null],
      ["web1", 50, 60_000, 100_000, 1.5],
    ],
  );
  assert.equal((await world.get<FleetSummary>(API_PATHS.fleet)).instances.total, 2);
});

test("a sample changes nothing on the live stream, and changes tell nothing of use", async (t) => {
  const world = await accessWorld(t);
  world.hosts(WEB);
  const listener = await listenTo(t, world, API_PATHS.stream);
  world.sample("web1");
  world.sample("web1");
  world.gone("web1");
  world.hosts(WEB);
  for (let tries = 0; tries < 100 && !listener.heard.some(({ type }) => type === "instance"); tries++) await sleep(20);
  const about = listener.heard.filter(({ type }) => type !== "hello");
  assert.equal(about[0]?.type, "instance-removed", JSON.stringify(about));
  assert.ok(about.every(({ data }) => !("cpuPercent" in data)));
});

test("what a host uses is for who may see the host, not for who sees one of its processes", async (t) => {
  const world = await accessWorld(t);
  world.hosts(WEB);
  world.sample("web1");
  world.sample("web1");
  const token = await world.user("eve", { role: "viewer", selector: "web1/api:*" });
  const [host] = (await world.get<InstanceList>(API_PATHS.instances, { token })).items;
  const one = await world.get<Instance>(apiPath("instance", { instance: "web1" }), { token });
  for (const seen of [host, one]) {
    const { cpuPercent, memoryBytes, memoryTotalBytes, load } = seen ?? {};
    assert.deepEqual([cpuPercent, memoryBytes, memoryTotalBytes, load], [null, null, null, null]);
  }
  const { items } = await world.get<ProcessList>(API_PATHS.processes, { token });
  assert.deepEqual(
    items.map(({ target, cpuPercent }) => [target, cpuPercent]),
    [["web1/api:a", 100]],
  );
  assert.equal((await world.ask(ofHost("web1"), { token })).status, 404);
  assert.equal((await world.ask(ofProcess("web1", "db", "b"), { token })).status, 404);
  assert.equal((await world.ask(ofProcess("web1", "api", "a"), { token })).status, 200);
  const other = await world.user("bob", { role: "viewer", selector: "web1/all" });
  assert.equal((await world.get<Instance>(apiPath("instance", { instance: "web1" }), { token: other })).cpuPercent, 50);
});

test("a chart has columns of one length, of kept minutes and of the one under way, broken where nothing is known", async (t) => {
  const world = await accessWorld(t);
  world.hosts(WEB);
  const untilMs = Date.now() + MINUTE;
  const beginMs = Math.floor(untilMs / MINUTE) * MINUTE - 50 * MINUTE;
  const minute = (place: number, cpu: number) => {
    const figures = { cpu: tallyOf(cpu), memory: tallyOf(MIB) };
    const load = { cpu: tallyOf(0.5), memory: tallyOf(8 * MIB) };
    return {
      instance: "web1",
      atMs: beginMs + place * MINUTE,
      ...pack("api:a\ndb:b", [figures, load, figures, figures]),
    };
  };
  await world.store.recordMinutes([minute(0, 10), minute(1, 20), minute(5, 60)]);
  world.sample("web1");
  world.sample("web1");
  const series = await world.get<MetricSeries>(`${ofHost("web1")}?sinceMs=${beginMs}&untilMs=${untilMs}`);
  assert.deepEqual([series.source, series.stepMs], ["minute", MINUTE]);
  assert.deepEqual(series.cpuPercent.avg.slice(0, 5), [10, 20, null, 60, null]);
  assert.deepEqual(series.load?.avg.slice(0, 2), [0.5, 0.5]);
  assert.equal(series.cpuPercent.avg.at(-1), 50, "the minute under way is in it");
  for (const { min, avg, max } of [series.cpuPercent, series.memoryBytes]) {
    for (const column of [min, avg, max]) assert.equal(column.length, series.atMs.length);
  }
  assert.deepEqual(series.atMs, [...series.atMs].sort());
  const coarse = await world.get<MetricSeries>(
    `${ofProcess("web1", "api", "a")}?sinceMs=${beginMs}&untilMs=${untilMs}&points=5`,
  );
  assert.ok(coarse.atMs.length <= 7 && coarse.stepMs > MINUTE, JSON.stringify(coarse));
  assert.ok(coarse.cpuPercent.max.includes(60), "the most of what was put together");
  assert.equal(coarse.load, undefined);
});

test("what cannot be asked is refused with its reason", async (t) => {
  const world = await accessWorld(t);
  world.hosts(WEB);
  for (const query of ["sinceMs=5&untilMs=5", "points=1", "points=99999", "sinceMs=x", "sinceMs=-1", "hours=3"]) {
    const answer = await world.ask(`${ofHost("web1")}?${query}`);
    assert.equal(answer.status, 400, `${query}: ${await answer.text()}`);
  }
  assert.deepEqual((await world.get<MetricSeries>(`${ofHost("web1")}?sinceMs=0&untilMs=9007199254740991`)).atMs, []);
});

test("a scrape has every family once, with its type, and series of instances and processes", async (t) => {
  const world = await accessWorld(t);
  world.hosts(WEB);
  world.sample("web1");
  world.sample("web1");
  const answer = await world.ask("/metrics");
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const { families, value } = parseExposition(await answer.text());
  assert.equal(families.get("fleetvisor_process_cpu_seconds_total")?.type, "counter");
  assert.equal(value("fleetvisor_instances", { liveness: "live" }), 1);
  assert.equal(value("fleetvisor_processes", { state: "RUNNING" }), 2);
  const process = { instance: "web1", group: "api", name: "a" };
  assert.equal(value("fleetvisor_process_state", { ...process, state: "RUNNING" }), 1);
  assert.equal(value("fleetvisor_process_resident_memory_bytes", process), MIB);
  assert.equal(value("fleetvisor_process_restarts_total", process), 0);
  assert.equal(value("fleetvisor_instance_cpu_ratio", { instance: "web1" }), 0.5);
  assert.equal(value("fleetvisor_process_series_folded", {}), 0);
  assert.equal(value("fleetvisor_samples_total", {}), 2);
  assert.equal(value("fleetvisor_store_writable", {}), 1);
  assert.ok((value("process_resident_memory_bytes", {}) ?? 0) > MIB, "its own process");
  assert.ok(families.has("nodejs_eventloop_lag_p99_seconds"), "its own loop");
  for (const name of families.keys()) assert.match(name, /^(fleetvisor|process|nodejs)_[a-z0-9_]+$/);
});

test("restarts are counted once each, and a name with odd characters is written so that it can be read", async (t) => {
  const world = await accessWorld(t);
  const odd = 'q"\\x';
  world.hosts({ name: "web1", processes: [{ group: "api", name: odd }] });
  for (const startedAtMs of [5_000, 6_000, 7_000]) {
    const process = world.fleet.fleet.instances.get("web1")?.processes.get(`api:${odd}`);
    assert.ok(process !== undefined);
    for (const state of ["STARTING", "RUNNING"] as const) {
      const changed = { ...process, state, startedAtMs };
      world.report("web1", { type: "state-change", from: "EXITED", process: changed, end: null, orderId: null });
    }
  }
  const { value } = parseExposition(await (await world.ask("/metrics")).text());
  assert.equal(value("fleetvisor_process_restarts_total", { instance: "web1", group: "api", name: odd }), 2);
  assert.equal(value("fleetvisor_instance_process_restarts_total", { instance: "web1" }), 2);
});

test("with too many processes they have no series of their own, and that is said", async (t) => {
  const world = await accessWorld(t, { mostProcesses: 1 });
  world.hosts(WEB);
  world.sample("web1");
  const { value, families } = parseExposition(await (await world.ask("/metrics")).text());
  assert.equal(value("fleetvisor_process_series_folded", {}), 1);
  assert.equal(families.has("fleetvisor_process_state"), false);
  assert.equal(value("fleetvisor_instance_processes", { instance: "web1", state: "RUNNING" }), 2);
});

test("a scrape is for who may read the whole fleet, or for anybody where that is configured", async (t) => {
  const world = await accessWorld(t);
  const viewer = await world.user("prometheus", { role: "viewer", selector: "all" });
  const part = await world.user("eve", { role: "viewer", selector: "web1/all" });
  for (const [token, status] of [
    [null, 401],
    ["fvt_wrong", 401],
    [part, 403],
    [viewer, 200],
  ] as const) {
    assert.equal((await world.ask("/metrics", { token })).status, status);
  }
  const open = await accessWorld(t, { isPublic: true });
  assert.equal((await open.ask("/metrics", { token: null })).status, 200);
});

test("a controller that cannot write its history lives and is not ready, and says why", async (t) => {
  const world = await accessWorld(t);
  const ask = async (path: string) => {
    const answer = await world.ask(path, { token: null });
    return { status: answer.status, body: await answer.json() };
  };
  assert.deepEqual(await ask("/readyz"), { status: 200, body: { status: "ok" } });
  Object.defineProperty(world.store, "trouble", { value: "the disk is full" });
  assert.deepEqual(await ask("/readyz"), { status: 503, body: { status: "the disk is full" } });
  assert.deepEqual(await ask("/healthz"), { status: 200, body: { status: "ok" } });
  assert.equal(parseExposition(await (await world.ask("/metrics")).text()).value("fleetvisor_store_writable", {}), 0);
});

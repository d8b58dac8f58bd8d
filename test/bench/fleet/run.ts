// Simulates a fleet against a real fvcontroller and prints what it costs.
// node --conditions=fleetvisor --import tsx test/bench/fleet/run.ts --agents 2000 --processes 50 --rate 2000 --seconds 60
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Operation } from "@fleetvisor/proto/api/v1";
import { ROOT } from "../../helpers/paths.js";
import { checkHistory, overviewDiffers, wrongRows } from "./checks.js";
import { MeasuredController } from "./measured-controller.js";
import { lendAuthority, papersFor } from "./papers.js";
import { SimulatedFleet } from "./simulated-fleet.js";
import { StreamReader } from "./stream-reader.js";

const { values } = parseArgs({
  options: {
    agents: { type: "string", default: "200" },
    processes: { type: "string", default: "50" },
    /** Changes a second over the whole fleet. */
    rate: { type: "string", default: "500" },
    seconds: { type: "string", default: "20" },
    /** Of each log, with every end of a process. */
    "tail-bytes": { type: "string", default: "200" },
    /** Where certificates are kept from run to run, with the authority that signed them. */
    keep: { type: "string" },
    bundle: { type: "string", default: join(ROOT, "controller/dist/fvcontroller.mjs") },
    /** Writes a CPU profile of the controller there: of the time of changes, or with --profile-return of the return. */
    profile: { type: "string" },
    "profile-return": { type: "boolean", default: false },
    "no-return": { type: "boolean", default: false },
    "connect-seconds": { type: "string", default: "180" },
    "heartbeat-seconds": { type: "string", default: "5" },
    /** 0 for no figures of CPU and memory. */
    "sample-seconds": { type: "string", default: "15" },
  },
});
const [agents, processes, rate, seconds] = [values.agents, values.processes, values.rate, values.seconds].map(Number);
if (agents === undefined || processes === undefined || rate === undefined || seconds === undefined) throw new Error();

const print = (label: string, text: string) => process.stdout.write(`${label.padEnd(44)} ${text}\n`);
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
const since = (startedMs: number) => (performance.now() - startedMs) / 1000;

const dir = mkdtempSync(join(tmpdir(), "fvf-"));
const keepDir = values.keep === undefined ? null : resolve(values.keep);
if (keepDir !== null) mkdirSync(keepDir, { recursive: true });
const flags = ["--heartbeat-seconds", values["heartbeat-seconds"], "--sample-seconds", values["sample-seconds"]];
const controller = new MeasuredController(dir, resolve(values.bundle), flags);
const loop = monitorEventLoopDelay({ resolution: 2 });
loop.enable();

/** Resolves with the seconds it took, or rejects saying what was not so. */
async function consistent(fleet: SimulatedFleet, startedMs: number): Promise<number> {
  const end = performance.now() + Number(values["connect-seconds"]) * 1000;
  let differs: string | null = "";
  while (performance.now() < end) {
    if (fleet.online === fleet.agents.length && fleet.unacked === 0) {
      differs = await overviewDiffers(controller, fleet);
      if (differs === null) return since(startedMs);
    }
    await sleep(50);
  }
  throw new Error(`not consistent: ${fleet.online} online, ${fleet.unacked} not acknowledged, ${differs}`);
}

async function main(): Promise<void> {
  if (agents === undefined || processes === undefined || rate === undefined || seconds === undefined) return;
  print(
    "load before",
    loadavg()
      .map((load) => load.toFixed(2))
      .join(" "),
  );
  lendAuthority(controller, keepDir);
  await controller.start();
  const empty = await controller.settledFigures();
  print("controller, empty", `RSS ${mib(empty.rss)}  heap ${mib(empty.heapUsed)}`);

  const joined = await papersFor(controller, agents, keepDir);
  if (joined.fresh > 0) {
    const perSecond = (joined.fresh / joined.seconds).toFixed(0);
    print("joining", `${joined.fresh} in ${joined.seconds.toFixed(1)} s (${perSecond}/s)  each ${joined.each}`);
  }

  const fleet = new SimulatedFleet(joined.papers, controller.address, {
    processes,
    tailBytes: Number(values["tail-bytes"]),
  });
  try {
    await measure(fleet, empty.rss, empty.heapUsed, { agents, processes, rate, seconds });
  } finally {
    fleet.stop();
  }
}

async function measure(
  fleet: SimulatedFleet,
  emptyRss: number,
  emptyHeap: number,
  { agents, processes, rate, seconds }: Record<"agents" | "processes" | "rate" | "seconds", number>,
): Promise<void> {
  const before = await controller.figures();
  const connecting = performance.now();
  fleet.start();
  const connected = await consistent(fleet, connecting);
  const after = await controller.figures();
  const connectCpu = after.cpuMs - before.cpuMs;
  print(
    "all connected and consistent",
    `${connected.toFixed(1)} s  controller CPU ${(connectCpu / 1000).toFixed(1)} s`,
  );
  print("  controller CPU per connect", `${(connectCpu / agents).toFixed(2)} ms`);
  print("  main loop delay meanwhile", delays(after.delayMs));
  tellPartings(fleet);

  const settled = await controller.settledFigures();
  const [rss, heap] = [settled.rss - emptyRss, settled.heapUsed - emptyHeap];
  print("controller, fleet at rest", `RSS ${mib(settled.rss)}  heap ${mib(settled.heapUsed)}`);
  print("  per agent", `RSS ${kib(rss / agents)}  heap ${kib(heap / agents)}`);
  print("  per process", `RSS ${kib(rss / agents / processes)}  heap ${kib(heap / agents / processes)}`);

  const reader = newReader(fleet);
  await sleep(1000);
  await controller.figures();
  const idleFrom = { cpu: (await controller.figures()).cpuMs, at: performance.now() };
  await sleep(5000);
  const idle = await controller.figures();
  print("at rest, heartbeats and samples only", `controller CPU ${percent(idle.cpuMs - idleFrom.cpu, idleFrom.at)}`);

  const own = process.cpuUsage();
  loop.reset();
  const from = performance.now();
  const sentBefore = fleet.changes;
  fleet.setRate(rate);
  fleet.measure(true);
  const start = await controller.figures();
  const profiled =
    values.profile !== undefined && !values["profile-return"]
      ? controller.profile(Math.min(seconds, 10), values.profile)
      : null;
  await sleep(seconds * 1000);
  const busy = await controller.figures();
  const { user, system } = process.cpuUsage(own);
  fleet.measure(false);
  const made = fleet.changes - sentBefore;
  await profiled;
  print(`changes, asked for ${rate}/s`, `${(made / since(from)).toFixed(0)}/s for ${since(from).toFixed(0)} s`);
  print("  to the acknowledgement", String(fleet.toAck));
  print("  to a reader of the stream", `${fleet.toReader}${reader.ended ? "  the stream was cut" : ""}`);
  const [cpu, main] = [busy.cpuMs - start.cpuMs, busy.mainCpuMs - start.mainCpuMs];
  print("  controller", `CPU ${percent(cpu, from)}, main thread ${percent(main, from)}`);
  print("  controller CPU per change", `${us(cpu, made)}, main thread ${us(main, made)}`);
  print("  main loop delay", delays(busy.delayMs));
  print("  controller memory", `RSS ${mib(busy.rss)}  heap ${mib(busy.heapUsed)}`);
  print(
    "  simulator",
    `CPU ${percent((user + system) / 1000, from)}  loop delay p99 ${(loop.percentile(99) / 1e6 - 2).toFixed(1)} ms`,
  );
  print("  not acknowledged at the end", String(fleet.unacked));
  tellPartings(fleet);

  await orders();
  if (!values["no-return"]) await comeBack(fleet);
  fleet.setRate(0);
  await consistent(fleet, performance.now());
  print("rows that the API shows wrongly", String(await wrongRows(controller, fleet)));
  print("acknowledgements that were wrong", String(fleet.wrongAcks));
  print("snapshots sent", String(fleet.snapshots));
  reader.close();
  await controller.kill("SIGTERM");
  const history = checkHistory(controller, fleet);
  const { events, missing, doubled, disordered } = history;
  print("history", `${events} of ${fleet.changes}: ${missing} missing, ${doubled} doubled, ${disordered} out of order`);
  print("  SQLite per million events, with figures", mib((history.bytes / events) * 1e6));
  print(
    "load after",
    loadavg()
      .map((load) => load.toFixed(2))
      .join(" "),
  );
  if (missing + doubled + disordered > 0) process.exitCode = 1;
}

function newReader(fleet: SimulatedFleet): StreamReader {
  return new StreamReader(new URL(API_PATHS.stream, controller.url), controller.api.token ?? "", (mark) =>
    fleet.seen(mark),
  );
}

/** One process of every agent is restarted while the changes go on. */
async function orders(): Promise<void> {
  const started = performance.now();
  const { id, counts = {} } = await controller.api.post<Operation>(API_PATHS.operations, {
    verb: "restart",
    selector: "*/sim:p0",
  });
  let operation: Operation;
  do {
    operation = await controller.api.get<Operation>(apiPath("operation", { id }), { waitMs: 5_000 });
  } while (operation.state === "running");
  print(
    "restart of one process of each agent",
    `${since(started).toFixed(1)} s  ${Object.values(counts).reduce((a, b) => a + b, 0)}: ${operation.state}`,
  );
  await sleep(500);
}

/** The controller is killed and started again while the changes go on. */
async function comeBack(fleet: SimulatedFleet): Promise<void> {
  await controller.kill();
  fleet.partings.clear();
  const killed = performance.now();
  await sleep(1000);
  await controller.start();
  const ready = since(killed);
  const profiled =
    values.profile !== undefined && values["profile-return"] ? controller.profile(15, values.profile) : null;
  let online = Number.NaN;
  const end = performance.now() + Number(values["connect-seconds"]) * 1000;
  while (performance.now() < end && Number.isNaN(online)) {
    if (fleet.online === fleet.agents.length) online = since(killed);
    await sleep(20);
  }
  await profiled;
  fleet.setRate(0);
  const back = await consistent(fleet, killed);
  const { delayMs, cpuMs } = await controller.figures();
  const steps = `ready ${ready.toFixed(1)} s, all connected ${online.toFixed(1)} s, all consistent ${back.toFixed(1)} s`;
  print("SIGKILL and start 1 s later", `${steps} after the kill`);
  print("  controller", `CPU ${(cpuMs / 1000).toFixed(1)} s  main loop delay ${delays(delayMs)}`);
  tellPartings(fleet);
}

function delays({ p50, p99, max }: { readonly p50: number; readonly p99: number; readonly max: number }): string {
  return `p50 ${p50.toFixed(1)}  p99 ${p99.toFixed(1)}  max ${max.toFixed(0)} ms`;
}

function us(cpuMs: number, times: number): string {
  return `${((cpuMs / times) * 1000).toFixed(0)} us`;
}

function percent(cpuMs: number, fromMs: number): string {
  return `${((cpuMs / (performance.now() - fromMs)) * 100).toFixed(0)} % of a core`;
}

function tellPartings({ partings }: SimulatedFleet): void {
  for (const [why, times] of partings) print("  partings", `${times} x ${why}`);
  partings.clear();
}

try {
  await main();
} catch (error) {
  process.stdout.write(`${controller.output().split("\n").slice(-15).join("\n")}\n`);
  throw error;
} finally {
  await controller.kill();
  rmSync(dir, { recursive: true, force: true });
}
process.exit();

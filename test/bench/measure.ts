// One round of the benchmark on one daemon: starts it several times and takes every figure that the table shows.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cleanEnv } from "../helpers/environment.js";
import { eventually } from "../helpers/eventually.js";
import { FVAGENT } from "../helpers/paths.js";
import { statusNumber } from "../helpers/proc.js";
import { type DaemonKind, daemonConfig } from "../helpers/supervisord.js";
import { callRpc, type Endpoint } from "../helpers/xmlrpc.js";
import { readTrail, trailOf } from "./trail.js";

export interface Settings {
  readonly programs: number;
  readonly kills: number;
  readonly idleMs: number;
  /** The child program. */
  readonly trailProgram: string;
  readonly dir: string;
}

/** What a start leaves to do is no idling: Node's collector gives memory back for some ten seconds after it. */
const SETTLE_MS = 15_000;

/** Samples by figure; each key is a row of the table. */
export interface Samples {
  readonly bootMs: number[];
  readonly bootRunningMs: number[];
  readonly restartMs: number[];
  readonly idleCpuMsPerSecond: number[];
  readonly idleWakeupsPerSecond: number[];
  readonly rssMiB: number[];
  readonly privateMiB: number[];
  readonly infoPerSecond: number[];
  readonly stopGroupMs: number[];
}

interface Booted {
  readonly pid: number;
  readonly execNs: bigint;
  readonly trail: string;
  readonly rpc: Endpoint;
  stop(): Promise<void>;
}

const msBetween = (fromNs: bigint, toNs: bigint) => Number(toNs - fromNs) / 1e6;

function boot(kind: DaemonKind, name: string, startsecs: number, settings: Settings): Booted {
  const dir = join(settings.dir, name);
  mkdirSync(dir);
  const trail = join(dir, "trail");
  const sections = `[program:p]
command = ${settings.trailProgram} ${trail}
process_name = p%(process_num)03d
numprocs = ${settings.programs}
startsecs = ${startsecs}
autorestart = true
`;
  const config = join(dir, "supervisord.conf");
  writeFileSync(config, daemonConfig(dir, null, { kind, sections }));
  const command = kind === "supervisord" ? "supervisord" : FVAGENT;
  const execNs = process.hrtime.bigint();
  const child = spawn(command, ["-n", "-c", config], { cwd: dir, env: cleanEnv(), stdio: "ignore" });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} did not start`);
  const ended = once(child, "exit");
  return {
    pid,
    execNs,
    trail,
    rpc: { socketPath: join(dir, "sv.sock") },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function allRunning(daemon: Booted, programs: number): Promise<boolean> {
  const infos = await callRpc(daemon.rpc, "supervisor.getAllProcessInfo");
  if (!Array.isArray(infos) || infos.length !== programs) throw new Error("not every program is there");
  return infos.every((info) => typeof info === "object" && !Array.isArray(info) && info.statename === "RUNNING");
}

/** CPU time in ns and voluntary context switches of all threads so far. */
function usage(pid: number): { cpuNs: number; switches: number } {
  let cpuNs = 0;
  let switches = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    cpuNs += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
    const line = /^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/task/${task}/status`, "utf8"));
    switches += Number(line?.[1]);
  }
  return { cpuNs, switches };
}

/** SIGKILL of one child after another, at random moments; each sample is the time until its successor runs. */
async function restarts(daemon: Booted, settings: Settings): Promise<number[]> {
  const samples: number[] = [];
  const living = readTrail(daemon.trail).map(({ pid }) => pid);
  for (let i = 0; i < settings.kills; i++) {
    await sleep(Math.random() * 120);
    const victim = living.shift();
    if (victim === undefined) throw new Error("nobody to kill");
    const known = readTrail(daemon.trail).length;
    const killedNs = process.hrtime.bigint();
    process.kill(victim, "SIGKILL");
    const successor = (await trailOf(daemon.trail, known + 1))[known];
    if (successor === undefined) throw new Error("no successor");
    samples.push(msBetween(killedNs, successor.atNs));
    living.push(successor.pid);
  }
  return samples;
}

async function perSecond(call: () => Promise<unknown>, forMs: number): Promise<number> {
  const started = performance.now();
  let calls = 0;
  while (performance.now() - started < forMs) {
    await call();
    calls += 1;
  }
  return (calls * 1000) / (performance.now() - started);
}

/** Takes every figure once (kills: many times). The daemons of the round are gone afterwards. */
export async function measure(kind: DaemonKind, round: number, settings: Settings): Promise<Samples> {
  const slow = boot(kind, `${kind}-${round}-slow`, 1, settings);
  let bootRunningMs: number;
  try {
    await trailOf(slow.trail, settings.programs);
    await eventually(() => allRunning(slow, settings.programs), { what: "all RUNNING", everyMs: 20 });
    bootRunningMs = msBetween(slow.execNs, process.hrtime.bigint());
  } finally {
    await slow.stop();
  }

  const daemon = boot(kind, `${kind}-${round}-fast`, 0, settings);
  try {
    const starts = await trailOf(daemon.trail, settings.programs);
    const bootMs = Math.max(...starts.map(({ atNs }) => msBetween(daemon.execNs, atNs)));
    await eventually(() => allRunning(daemon, settings.programs), { what: "all RUNNING", everyMs: 20 });

    await sleep(SETTLE_MS);
    const before = usage(daemon.pid);
    await sleep(settings.idleMs);
    const after = usage(daemon.pid);
    const idleSeconds = settings.idleMs / 1000;
    const rssMiB = statusNumber(daemon.pid, "VmRSS") / 1024;
    const privateKiB =
      statusNumber(daemon.pid, "Private_Clean", "smaps_rollup") +
      statusNumber(daemon.pid, "Private_Dirty", "smaps_rollup");

    const restartMs = await restarts(daemon, settings);
    await eventually(() => allRunning(daemon, settings.programs), { what: "all RUNNING after the kills" });
    const infoPerSecond = await perSecond(() => callRpc(daemon.rpc, "supervisor.getAllProcessInfo"), 2_000);
    const stopping = performance.now();
    await callRpc(daemon.rpc, "supervisor.stopProcessGroup", "p", true);
    const stopGroupMs = performance.now() - stopping;

    return {
      bootMs: [bootMs],
      bootRunningMs: [bootRunningMs],
      restartMs,
      idleCpuMsPerSecond: [(after.cpuNs - before.cpuNs) / 1e6 / idleSeconds],
      idleWakeupsPerSecond: [(after.switches - before.switches) / idleSeconds],
      rssMiB: [rssMiB],
      privateMiB: [privateKiB / 1024],
      infoPerSecond: [infoPerSecond],
      stopGroupMs: [stopGroupMs],
    };
  } finally {
    await daemon.stop();
  }
}

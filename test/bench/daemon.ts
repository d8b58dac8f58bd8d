// One daemon under measurement: started in a folder of its own, watched from outside, ended.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { cleanEnv } from "../helpers/environment.js";
import { eventually } from "../helpers/eventually.js";
import { FVAGENT } from "../helpers/paths.js";
import { statusNumber } from "../helpers/proc.js";
import { type DaemonKind, daemonConfig } from "../helpers/supervisord.js";
import { callRpc, type Endpoint } from "../helpers/xmlrpc.js";

export interface BenchDaemon {
  readonly pid: number;
  readonly dir: string;
  /** Just before exec: process.hrtime, and the wall clock in ms. */
  readonly execNs: bigint;
  readonly execWallMs: number;
  readonly rpc: Endpoint;
  call(method: string, ...params: XmlRpcValue[]): Promise<XmlRpcValue>;
  log(): string;
  /** Ends it with SIGTERM; answers how long that took, ms. May be called twice. */
  stop(): Promise<number>;
}

/** Starts a daemon in a new folder inside `within`; `{dir}` in the sections becomes that folder. */
export function boot(kind: DaemonKind, within: string, sections: string): BenchDaemon {
  const dir = mkdtempSync(join(within, `${kind[0]}-`));
  const config = join(dir, "supervisord.conf");
  writeFileSync(config, daemonConfig(dir, null, { kind, sections }));
  const execNs = process.hrtime.bigint();
  const execWallMs = Date.now();
  const command = kind === "supervisord" ? "supervisord" : FVAGENT;
  const child = spawn(command, ["-n", "-c", config], { cwd: dir, env: cleanEnv(), stdio: "ignore" });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} did not start`);
  const ended = once(child, "exit");
  const rpc: Endpoint = { socketPath: join(dir, "sv.sock") };
  return {
    pid,
    dir,
    execNs,
    execWallMs,
    rpc,
    call: (method, ...params) => callRpc(rpc, `supervisor.${method}`, ...params),
    log: () => readFileSync(join(dir, "main.log"), "utf8"),
    async stop() {
      const started = performance.now();
      child.kill("SIGTERM");
      await ended;
      return performance.now() - started;
    },
  };
}

/** Runs `body` on a daemon that is ended afterwards, whatever happens. */
export async function withDaemon<T>(daemon: BenchDaemon, body: (daemon: BenchDaemon) => Promise<T>): Promise<T> {
  try {
    return await body(daemon);
  } finally {
    await daemon.stop();
  }
}

/** Waits until `count` processes are there and all of them RUNNING, by the daemon's own word. */
export async function allRunning(daemon: BenchDaemon, count: number): Promise<void> {
  const check = async () => {
    const infos = await daemon.call("getAllProcessInfo");
    if (!Array.isArray(infos) || infos.length !== count) return false;
    return infos.every((info) => typeof info === "object" && !Array.isArray(info) && info.statename === "RUNNING");
  };
  await eventually(check, { what: "all RUNNING", everyMs: 50, withinMs: 60_000 });
}

/** CPU time in ns and voluntary context switches of all threads so far. */
export function usage(pid: number): { cpuNs: number; switches: number } {
  let cpuNs = 0;
  let switches = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    cpuNs += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
    const line = /^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/task/${task}/status`, "utf8"));
    switches += Number(line?.[1]);
  }
  return { cpuNs, switches };
}

/** Resident and private memory in MiB, and how many descriptors are open. */
export function holdings(pid: number): { rssMiB: number; privateMiB: number; anonymousMiB: number; files: number } {
  const privateKiB =
    statusNumber(pid, "Private_Clean", "smaps_rollup") + statusNumber(pid, "Private_Dirty", "smaps_rollup");
  return {
    rssMiB: statusNumber(pid, "VmRSS") / 1024,
    privateMiB: privateKiB / 1024,
    anonymousMiB: statusNumber(pid, "RssAnon") / 1024,
    files: readdirSync(`/proc/${pid}/fd`).length,
  };
}

export const msSince = (fromNs: bigint, toNs = process.hrtime.bigint()): number => Number(toNs - fromNs) / 1e6;

/** The value below which a share `q` of the samples lies. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

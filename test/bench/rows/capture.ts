// What it costs to keep the output of programs: many quiet ones, and single ones at full speed.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../helpers/eventually.js";
import type { DaemonKind } from "../../helpers/supervisord.js";
import { type Bench, inTurns, under, type Values, type World } from "../bench.js";
import { allRunning, type BenchDaemon, boot, usage, withDaemon } from "../daemon.js";

const QUIET = { programs: 100, rate: 100, seconds: 8, bytes: 100 };
/** The middle of its life is measured: not the start of a hundred programs. */
const QUIET_FROM_MS = 1_500;
const QUIET_FOR_MS = 5_000;

export const quiet: Bench = {
  name: "quiet",
  figures: [
    {
      key: "cpu",
      label: `${QUIET.programs} programs x ${QUIET.rate} lines/s captured (% of a core)`,
      target: "< 11",
      reached: under(11),
    },
    { key: "lost", label: "  of it lost (lines)", target: "0", reached: (ours) => ours === 0 },
  ],
  take: inTurns((kind, { dir, programs }) => {
    const count = QUIET.rate * QUIET.seconds;
    const sections = `[program:q]
command = ${programs.writer} {dir}/done.%(process_num)d ${count} ${QUIET.bytes} ${QUIET.rate}
process_name = q%(process_num)03d
numprocs = ${QUIET.programs}
startsecs = 0
stdout_logfile = {dir}/q%(process_num)03d.log
`;
    return withDaemon(boot(kind, dir, sections), async (daemon) => {
      await allRunning(daemon, QUIET.programs);
      await sleep(QUIET_FROM_MS);
      const before = usage(daemon.pid);
      await sleep(QUIET_FOR_MS);
      const cpu = (usage(daemon.pid).cpuNs - before.cpuNs) / 1e6 / QUIET_FOR_MS;
      await finished(daemon, QUIET.programs);
      // The last lines are in the pipes.
      await sleep(200);
      return { cpu: cpu * 100, lost: QUIET.programs * count - loggedBytes(daemon, "q") / QUIET.bytes };
    });
  }),
};

/** Waits until every writer has written all; answers how long the slowest took, s. */
async function finished(daemon: BenchDaemon, count: number): Promise<number> {
  const times = await eventually(
    () => {
      const reports = readdirSync(daemon.dir).filter((name) => name.startsWith("done."));
      const read = reports.map((name) => Number(readFileSync(join(daemon.dir, name), "utf8").trim()));
      return read.length === count && read.every((ns) => ns > 0) && read;
    },
    { what: "every writer is done", everyMs: 10, withinMs: 120_000 },
  );
  return Math.max(...times) / 1e9;
}

function loggedBytes(daemon: BenchDaemon, prefix: string): number {
  const logs = readdirSync(daemon.dir).filter((name) => name.startsWith(prefix) && name.includes(".log"));
  return logs.reduce((sum, name) => sum + statSync(join(daemon.dir, name)).size, 0);
}

/** One program that writes pieces at full speed: CPU s of the daemon for a GB, and MB a second. */
async function flood(kind: DaemonKind, { dir, programs }: World, bytes: number, totalBytes: number): Promise<Values> {
  const count = Math.ceil(totalBytes / bytes);
  const sections = `[program:f]
command = ${programs.writer} {dir}/done.0 ${count} ${bytes} 0
startsecs = 0
autostart = false
stdout_logfile = {dir}/f.log
stdout_logfile_maxbytes = 50MB
stdout_logfile_backups = 20
`;
  return withDaemon(boot(kind, dir, sections), async (daemon) => {
    await eventually(() => daemon.call("getState"), { what: `${kind} answers` });
    await sleep(300);
    const before = usage(daemon.pid);
    await daemon.call("startProcess", "f");
    const seconds = await finished(daemon, 1);
    await eventually(() => loggedBytes(daemon, "f") === count * bytes, { what: "every byte is in the log" });
    const cpuSeconds = (usage(daemon.pid).cpuNs - before.cpuNs) / 1e9;
    return { cpuPerGb: cpuSeconds / ((count * bytes) / 1e9), mbPerSecond: (count * bytes) / 1e6 / seconds };
  });
}

function floodBench(name: string, what: string, bytes: number, totalBytes: number, reach: number): Bench {
  return {
    name,
    figures: [
      { key: "cpuPerGb", label: `capture of ${what}: CPU s a GB`, target: `< ${reach}`, reached: under(reach) },
      {
        key: "mbPerSecond",
        label: `capture of ${what}: MB a s`,
        target: "no lower",
        reached: (ours, theirs) => !(ours < theirs),
      },
    ],
    take: inTurns((kind, world) => flood(kind, world, bytes, totalBytes)),
  };
}

export const lines = floodBench("lines", "100-byte lines", 100, 300e6, 1.1);
export const blocks = floodBench("blocks", "64 KiB blocks", 64 * 1024, 800e6, 0.8);

// Five hundred programs: until all run, asking for all of them, stopping a hundred.
import { eventually } from "../../helpers/eventually.js";
import { httpRequest } from "../../helpers/xmlrpc.js";
import { type Bench, inTurns, over, under } from "../bench.js";
import { type BenchDaemon, boot, msSince, withDaemon } from "../daemon.js";
import { trailOf } from "../trail.js";

const PROGRAMS = 500;
const GROUP = 100;
const ASK_MS = 3_000;
const ALL_INFO = "<methodCall><methodName>supervisor.getAllProcessInfo</methodName></methodCall>";

/** From the activity log, which costs the daemon nothing extra: when the last program was RUNNING, ms after exec. */
async function allRunningMs(daemon: BenchDaemon): Promise<number> {
  const lines = await eventually(
    () => {
      const found = [...daemon.log().matchAll(/^(\S+ \S+),(\d{3}) INFO success: /gm)];
      return found.length >= PROGRAMS && found;
    },
    { what: `${PROGRAMS} RUNNING`, everyMs: 50, withinMs: 60_000 },
  );
  const stamps = lines.map(([, second = "", ms]) => Date.parse(second.replace(" ", "T")) + Number(ms));
  return Math.max(...stamps) - daemon.execWallMs;
}

async function askedPerSecond(daemon: BenchDaemon): Promise<number> {
  const headers = { "Content-Type": "text/xml", "Content-Length": ALL_INFO.length };
  const started = performance.now();
  let calls = 0;
  while (performance.now() - started < ASK_MS) {
    const { socketPath } = daemon.rpc;
    const { status } = await httpRequest({ socketPath, method: "POST", path: "/RPC2", headers }, ALL_INFO);
    if (status !== 200) throw new Error(`HTTP ${status}`);
    calls += 1;
  }
  return (calls * 1000) / (performance.now() - started);
}

export const many: Bench = {
  name: "many",
  figures: [
    { key: "bootMs", label: `exec to ${PROGRAMS} RUNNING, startsecs=0 (ms)`, target: "< 500", reached: under(500) },
    { key: "aliveMs", label: `exec to ${PROGRAMS} children alive (ms)` },
    { key: "stopMs", label: `stop of a group of ${GROUP} through XML-RPC (ms)`, target: "< 30", reached: under(30) },
    { key: "asked", label: `getAllProcessInfo of ${PROGRAMS} (calls a s)`, target: "> 200", reached: over(200) },
  ],
  take: inTurns((kind, { dir, programs }) => {
    const section = (name: string, count: number) => `[program:${name}]
command = ${programs.trail} {dir}/trail
process_name = ${name}%(process_num)03d
numprocs = ${count}
startsecs = 0
`;
    const sections = section("g", GROUP) + section("p", PROGRAMS - GROUP);
    return withDaemon(boot(kind, dir, sections), async (daemon) => {
      const starts = await trailOf(`${daemon.dir}/trail`, PROGRAMS);
      const aliveMs = Math.max(...starts.map(({ atNs }) => msSince(daemon.execNs, atNs)));
      const bootMs = await allRunningMs(daemon);
      const asked = await askedPerSecond(daemon);
      const started = performance.now();
      await daemon.call("stopProcessGroup", "g", true);
      const stopMs = performance.now() - started;
      return { bootMs, aliveMs, stopMs, asked };
    });
  }),
};

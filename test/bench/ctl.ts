// Wall time of `fvctl -c FILE status` beside `supervisorctl -c FILE status` on 100 programs, in turns, on either daemon; then of
// `fvctl status` through a controller beside supervisorctl on the one agent behind it.
// Run: node --conditions=fleetvisor --import tsx test/bench/ctl.ts [--programs N (100)] [--runs N (10)]
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { cleanEnv } from "../helpers/environment.js";
import { eventually } from "../helpers/eventually.js";
import { startFleet } from "../helpers/fleet.js";
import { FVCTL } from "../helpers/paths.js";
import { withScope } from "../helpers/scope.js";
import { type DaemonKind, startDaemon } from "../helpers/supervisord.js";

const { values } = parseArgs({
  options: { programs: { type: "string", default: "100" }, runs: { type: "string", default: "10" } },
});
const programs = Number(values.programs);
const runs = Number(values.runs);

const CLIENTS = { supervisorctl: "supervisorctl", fvctl: FVCTL } as const;
type Client = keyof typeof CLIENTS;

/** Milliseconds from exec to exit of a status that lists so many lines. */
function runMs(
  client: Client,
  args: readonly string[],
  { lines, env = {} }: { readonly lines: number; readonly env?: Readonly<Record<string, string>> },
): number {
  const started = performance.now();
  const { status, stdout } = spawnSync(CLIENTS[client], args, { env: cleanEnv(env), encoding: "utf8" });
  const tookMs = performance.now() - started;
  assert.equal(status, 0, stdout);
  assert.equal(stdout.trimEnd().split("\n").length, lines);
  return tookMs;
}

const statusMs = (client: Client, configFile: string) =>
  runMs(client, ["-c", configFile, "status"], { lines: programs });

const median = (samples: readonly number[]) =>
  [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? Number.NaN;

function tell(where: string, taken: Readonly<Record<Client, readonly number[]>>): void {
  const shown = (client: Client) =>
    `${client} ${median(taken[client]).toFixed(0)} (${Math.min(...taken[client]).toFixed(0)})`;
  const ratio = median(taken.fvctl) / median(taken.supervisorctl);
  console.log(`${where}: ${shown("supervisorctl")}, ${shown("fvctl")}, ratio ${ratio.toFixed(2)}`);
}

await withScope("bench-ctl", async (scope) => {
  const sections = `[program:p]
command = /bin/sleep 100000
process_name = p%(process_num)03d
numprocs = ${programs}
startsecs = 0
`;
  console.log(`status of ${programs} programs, exec to exit, median (least) of ${runs} in ms`);
  for (const kind of ["supervisord", "fvagent"] satisfies DaemonKind[]) {
    const daemon = await startDaemon(scope, { kind, sections });
    await eventually(
      async () => (await daemon.info(`p:p${String(programs - 1).padStart(3, "0")}`)).statename === "RUNNING",
    );
    const taken: Record<Client, number[]> = { supervisorctl: [], fvctl: [] };
    for (let run = 0; run < runs; run += 1) {
      for (const client of ["supervisorctl", "fvctl"] as const) taken[client].push(statusMs(client, daemon.configFile));
    }
    tell(`on ${kind}`, taken);
    await daemon.stop();
  }
  const fleet = await startFleet(scope, [{ name: "web-1", sections }]);
  await eventually(async () => (await fleet.processes("state=RUNNING")).length === programs);
  const taken: Record<Client, number[]> = { supervisorctl: [], fvctl: [] };
  for (let run = 0; run < runs; run += 1) {
    taken.supervisorctl.push(statusMs("supervisorctl", fleet.agent("web-1").configFile));
    taken.fvctl.push(runMs("fvctl", ["status"], { lines: programs + 1, env: fleet.ctlEnv }));
  }
  tell("over a fleet of one", taken);
});

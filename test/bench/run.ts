// `npm run bench`: fvagent and the real supervisord side by side in one run, round by round in turns, as a table of ratios.
// Options: --rounds N (3), --programs N (100), --kills N a round (50), --idle SECONDS (10), --only supervisord|fvagent.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { FVAGENT, ROOT } from "../helpers/paths.js";
import { withScope } from "../helpers/scope.js";
import type { DaemonKind } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";
import { measure, type Samples, type Settings } from "./measure.js";
import { buildTrail } from "./trail.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    programs: { type: "string", default: "100" },
    kills: { type: "string", default: "50" },
    idle: { type: "string", default: "10" },
    only: { type: "string" },
  },
});
const programs = Number(values.programs);

function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** The rows of the table: what, of which samples, which quantile over all rounds. */
const ROWS: readonly (readonly [label: string, key: keyof Samples, q: number])[] = [
  [`exec to ${programs} children running, startsecs=0 (ms)`, "bootMs", 0.5],
  [`exec to ${programs} RUNNING, startsecs=1 (ms)`, "bootRunningMs", 0.5],
  ["SIGKILL to successor running, p50 (ms)", "restartMs", 0.5],
  ["SIGKILL to successor running, p99 (ms)", "restartMs", 0.99],
  ["idle, 15 s after the start: CPU (ms per s)", "idleCpuMsPerSecond", 0.5],
  ["idle, 15 s after the start: wake-ups (per s, all threads)", "idleWakeupsPerSecond", 0.5],
  ["memory: resident (MiB)", "rssMiB", 0.5],
  ["memory: private (MiB)", "privateMiB", 0.5],
  ["getAllProcessInfo (calls per s)", "infoPerSecond", 0.5],
  [`stop of the group of ${programs} (ms)`, "stopGroupMs", 0.5],
];

const kinds = (["supervisord", "fvagent"] as const).filter((kind) => values.only === undefined || values.only === kind);

function join(rounds: readonly Samples[], key: keyof Samples): readonly number[] {
  return rounds.flatMap((samples) => samples[key]);
}

if (!existsSync(`${ROOT}/agent/dist/fvagent.cjs`)) throw new Error(`${FVAGENT} is not built: npm run build`);

await withScope("bench", async (scope) => {
  const dir = tempDir(scope);
  const settings: Settings = {
    programs,
    kills: Number(values.kills),
    idleMs: Number(values.idle) * 1000,
    trailProgram: buildTrail(dir),
    dir,
  };
  const taken: Record<DaemonKind, Samples[]> = { supervisord: [], fvagent: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const kind of round % 2 === 0 ? kinds : [...kinds].reverse()) {
      process.stderr.write(`round ${round + 1}: ${kind}\n`);
      taken[kind].push(await measure(kind, round, settings));
    }
  }
  const show = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(2)).padStart(12);
  process.stdout.write(`\n${"".padEnd(52)}${kinds.map((kind) => kind.padStart(12)).join("")}       ratio\n`);
  for (const [label, key, q] of ROWS) {
    const [first, second] = kinds.map((kind) => quantile(join(taken[kind], key), q));
    if (first === undefined) continue;
    const ratio = second === undefined ? "" : `${(second / first).toPrecision(2).padStart(11)}x`;
    process.stdout.write(`${label.padEnd(52)}${show(first)}${second === undefined ? "" : show(second)}${ratio}\n`);
  }
  process.stdout.write(
    `\n${values.rounds} rounds, ${values.kills} kills a round; medians unless a quantile is named\n`,
  );
});

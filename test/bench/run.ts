// `npm run bench [-- ROW ...]`: fvagent and the real supervisord side by side in one run, as a table with ratios and targets.
// Options: --only supervisord|fvagent; --dir FOLDER for all files (default: in memory where there is /dev/shm, since a disk that writes
// back what the first daemon logged would be measured with the second).
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FVAGENT, ROOT } from "../helpers/paths.js";
import type { DaemonKind } from "../helpers/supervisord.js";
import type { Bench, Taken } from "./bench.js";
import { buildPrograms } from "./programs.js";
import { blocks, lines, quiet } from "./rows/capture.js";
import { first, last } from "./rows/ends.js";
import { events } from "./rows/events.js";
import { growth } from "./rows/growth.js";
import { idle } from "./rows/idle.js";
import { many } from "./rows/many.js";
import { restart } from "./rows/restart.js";

const BENCHES: readonly Bench[] = [restart, many, quiet, lines, blocks, events, last, first, idle, growth];

const { values, positionals } = parseArgs({
  options: {
    only: { type: "string" },
    dir: { type: "string", default: existsSync("/dev/shm") ? "/dev/shm" : tmpdir() },
  },
  allowPositionals: true,
});
const kinds = (["supervisord", "fvagent"] as const).filter((kind) => values.only === undefined || values.only === kind);
const unknown = positionals.filter((word) => !BENCHES.some(({ name }) => name === word));
if (unknown.length > 0 || kinds.length === 0) {
  throw new Error(`rows: ${BENCHES.map(({ name }) => name).join(" ")}; --only supervisord|fvagent`);
}
if (!existsSync(`${ROOT}/agent/dist/daemon/fvagent.mjs`)) throw new Error(`${FVAGENT} is not built: npm run build`);

const LABEL = 62;
const COLUMN = 13;

function shown(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "".padStart(COLUMN);
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 0.1 ? 2 : 4;
  return value.toFixed(digits).padStart(COLUMN);
}

function rowsOf({ figures }: Bench, taken: Taken): string {
  const value = (kind: DaemonKind, key: string) => taken[kind]?.[key];
  const rows = figures.map(({ key, label, target, reached }) => {
    const [theirs, ours] = [value("supervisord", key), value("fvagent", key)];
    const ratio = theirs && ours ? `${(ours / theirs).toPrecision(2)}x` : "";
    const verdict =
      target === undefined || ours === undefined ? "" : reached?.(ours, theirs ?? Number.NaN) ? "ok" : "MISSED";
    const columns = [
      label.padEnd(LABEL),
      shown(theirs),
      shown(ours),
      ratio.padStart(10),
      `  ${(target ?? "").padEnd(22)}`,
    ];
    return `${columns.join("")}${verdict}\n`;
  });
  return rows.join("");
}

const dir = mkdtempSync(join(values.dir, "fvb-"));
try {
  const programs = buildPrograms(dir);
  const heads = ["supervisord", "fvagent"].map((kind) => kind.padStart(COLUMN)).join("");
  writeSync(1, `${"".padEnd(LABEL)}${heads}     ratio  target\n`);
  for (const bench of BENCHES) {
    if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
    const own = join(dir, bench.name);
    mkdirSync(own);
    const taken = await bench.take(kinds, { dir: own, programs });
    // Before the next: hundreds of megabytes of logs.
    rmSync(own, { recursive: true, force: true });
    writeSync(1, rowsOf(bench, taken));
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}

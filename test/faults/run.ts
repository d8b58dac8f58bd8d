// `npm run test:faults -- [--seconds N] [--seed N]... [--evidence DIR]`: fault runs of some minutes, one for each seed.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withScope } from "../helpers/scope.js";
import { runFaults } from "./fault-run.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "180" },
    seed: { type: "string", multiple: true },
    evidence: { type: "string" },
  },
});
const seeds = values.seed?.map(Number) ?? [Math.floor(Math.random() * 1_000_000)];
const durationMs = Number(values.seconds) * 1000;
if (![durationMs, ...seeds].every(Number.isFinite)) {
  console.error("test:faults: --seconds and --seed take numbers");
  process.exit(2);
}

let broken = 0;
for (const seed of seeds) {
  console.log(`fault run: seed ${seed}, ${values.seconds} s`);
  const { findings, allowances, summary } = await withScope(`faults ${seed}`, (t) =>
    runFaults(t, {
      seed,
      durationMs,
      pace: { longestMs: 6_000, pauseMs: 5_000 },
      settleMs: 90_000,
      log: (line) => console.log(line),
      evidenceFile: values.evidence === undefined ? null : join(values.evidence, `faults-${seed}.json`),
    }),
  );
  console.log(`seed ${seed}: ${summary}`);
  for (const allowance of allowances) console.log(`accepted: ${allowance}`);
  for (const { rule, where, what } of findings) console.log(`FINDING ${rule}: ${where}: ${what}`);
  console.log(`seed ${seed}: ${findings.length} findings, ${allowances.length} losses accepted`);
  broken += findings.length;
}
process.exit(broken === 0 ? 0 : 1);

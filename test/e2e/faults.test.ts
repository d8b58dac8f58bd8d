// A short fault run: agents and controller killed, the link cut, delayed and stalled, disks filled, orders all the while. The long form
// is `npm run test:faults`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runFaults } from "../faults/fault-run.js";

const DURATION_MS = 20_000;

test("whatever breaks, history is what happened, each once and in order, and orders are what was done", async (t) => {
  const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 1_000_000));
  const lines: string[] = [];
  t.diagnostic(`seed ${seed}: FAULTS_SEED=${seed} draws the same troubles again`);
  const { findings, summary } = await runFaults(t, {
    seed,
    durationMs: DURATION_MS,
    // Agents that fail to connect a few times wait longer each time: short troubles let them be back soon.
    pace: { longestMs: 1_200, pauseMs: 2_500 },
    settleMs: 60_000,
    log: (line) => lines.push(line),
    evidenceFile: null,
  });
  t.diagnostic(summary);
  const found = findings.map(({ rule, where, what }) => `${rule}: ${where}: ${what}`);
  assert.deepEqual(found, [], `seed ${seed}\n${[...lines, summary].join("\n")}`);
});

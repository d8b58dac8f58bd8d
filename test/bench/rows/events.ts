// Output as PROCESS_LOG events: whether a listener gets it all, and how late.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, inTurns, under } from "../bench.js";
import { boot } from "../daemon.js";

const PROGRAMS = 20;
const RATE = 1000;
const SECONDS = 5;
/** For a daemon that is behind to catch up. */
const LINGER_MS = 4_000;

export const events: Bench = {
  name: "events",
  figures: [
    {
      key: "perSecond",
      label: `PROCESS_LOG, ${PROGRAMS} x ${RATE} lines/s: heard by a listener (lines a s)`,
      target: "all",
      reached: (ours) => ours === PROGRAMS * RATE,
    },
    { key: "p50", label: "  late, p50 (ms)" },
    { key: "p99", label: "  late, p99 (ms)", target: "< 50", reached: under(50) },
    { key: "most", label: "  late, most (ms)" },
  ],
  take: inTurns(async (kind, { dir, programs }) => {
    const sections = `[eventlistener:ear]
command = ${programs.listener} {dir}/heard
events = PROCESS_LOG
buffer_size = 100000
startsecs = 0

[program:w]
command = ${programs.writer} {dir}/done.%(process_num)d ${RATE * SECONDS} 100 ${RATE}
process_name = w%(process_num)02d
numprocs = ${PROGRAMS}
startsecs = 0
stdout_events_enabled = true
`;
    const daemon = boot(kind, dir, sections);
    await sleep(2_000 + SECONDS * 1000 + LINGER_MS);
    await daemon.stop();
    const [heard = 0, ...lateNs] = readFileSync(`${daemon.dir}/heard`, "utf8").trim().split(" ").map(Number);
    const [p50 = 0, p99 = 0, most = 0] = lateNs.map((ns) => ns / 1e6);
    return { perSecond: heard / SECONDS, p50, p99, most };
  }),
};

// How soon a killed child has a successor.
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, inTurns } from "../bench.js";
import { allRunning, boot, msSince, quantile, withDaemon } from "../daemon.js";
import { readTrail, trailOf } from "../trail.js";

const PROGRAMS = 100;
/** supervisord takes a second for each. */
const KILLS = { supervisord: 12, fvagent: 200 } as const;

export const restart: Bench = {
  name: "restart",
  figures: [
    {
      key: "p50",
      label: "SIGKILL of a child to its successor, p50 (ms)",
      target: "< 5, 200 times sooner",
      reached: (ours, theirs) => ours < 5 && !(theirs < ours * 200),
    },
    { key: "p99", label: "SIGKILL of a child to its successor, p99 (ms)" },
  ],
  take: inTurns((kind, { dir, programs }) => {
    const sections = `[program:p]
command = ${programs.trail} {dir}/trail
process_name = p%(process_num)03d
numprocs = ${PROGRAMS}
startsecs = 0
autorestart = true
`;
    return withDaemon(boot(kind, dir, sections), async (daemon) => {
      const trail = `${daemon.dir}/trail`;
      await trailOf(trail, PROGRAMS);
      await allRunning(daemon, PROGRAMS);
      const living = readTrail(trail).map(({ pid }) => pid);
      const samples: number[] = [];
      // One at a time and at random moments: two ends within a second wake supervisord for each other.
      for (let i = 0; i < KILLS[kind]; i++) {
        await sleep(Math.random() * 20);
        const killedNs = process.hrtime.bigint();
        const victim = living.shift();
        if (victim === undefined) throw new Error("nobody to kill");
        process.kill(victim, "SIGKILL");
        const successor = (await trailOf(trail, PROGRAMS + i + 1))[PROGRAMS + i];
        if (successor === undefined) throw new Error("no successor");
        samples.push(msSince(killedNs, successor.atNs));
        living.push(successor.pid);
      }
      return { p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) };
    });
  }),
};

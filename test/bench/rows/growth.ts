// Whether anything grows with time: memory and descriptors over a thousand restarts, and over a crash loop.
import { setTimeout as sleep } from "node:timers/promises";
import type { DaemonKind } from "../../helpers/supervisord.js";
import type { Bench, Values, World } from "../bench.js";
import { allRunning, boot, holdings, withDaemon } from "../daemon.js";
import { trailOf } from "../trail.js";

const PROGRAMS = 100;
const ROUNDS = 10;
/** Before the first look: what a start sets aside once is no growth, and a collected heap first finds its level. */
const WARM_UP_ROUNDS = 20;
const CRASHING = 50;
/** Lives come once a second, so that it takes a minute until all code that runs is compiled. */
const CRASH_WARM_UP_MS = 60_000;
const CRASH_MS = 12_000;
const LOOK_MS = 500;

/** More than this is no noise of a collector. */
const NOISE_MIB = 2;

/**
 * The most that was held since it was asked last. A collector lets memory go when it likes, so that two single looks compare the moods of
 * a collector; a daemon that leaks holds more at its most as well.
 */
class Watermark {
  readonly #pid: number;
  #most = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  look(): void {
    this.#most = Math.max(this.#most, holdings(this.#pid).anonymousMiB);
  }

  take(): number {
    this.look();
    const most = this.#most;
    this.#most = 0;
    return most;
  }
}

export const growth: Bench = {
  name: "growth",
  figures: [
    {
      key: "restartsMiB",
      label: `${PROGRAMS * ROUNDS} restarts: memory at its most grew by (MiB)`,
      target: `0 (< ${NOISE_MIB})`,
      reached: (ours) => ours < NOISE_MIB,
    },
    { key: "restartsFiles", label: "  descriptors grew by", target: "0", reached: (ours) => ours <= 0 },
    { key: "crashes", label: `${CRASH_MS / 1000} s of ${CRASHING} programs that crash at once: lives` },
    {
      key: "crashMiB",
      label: "  memory at its most grew by (MiB)",
      target: `0 (< ${NOISE_MIB})`,
      reached: (ours) => ours < NOISE_MIB,
    },
  ],
  // Both at once: nothing is timed.
  async take(kinds, world) {
    return Object.fromEntries(await Promise.all(kinds.map(async (kind) => [kind, await grow(kind, world)] as const)));
  },
};

async function grow(kind: DaemonKind, { dir, programs }: World): Promise<Values> {
  const restarting = `[program:p]
command = ${programs.trail} {dir}/trail
process_name = p%(process_num)03d
numprocs = ${PROGRAMS}
startsecs = 0
autorestart = true
`;
  const restarts = await withDaemon(boot(kind, dir, restarting), async (daemon): Promise<Values> => {
    const trail = `${daemon.dir}/trail`;
    const memory = new Watermark(daemon.pid);
    let [beforeMiB, beforeFiles] = [0, 0];
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      const all = await trailOf(trail, PROGRAMS * (round + 1));
      if (round === WARM_UP_ROUNDS) {
        await allRunning(daemon, PROGRAMS);
        [beforeMiB, beforeFiles] = [memory.take(), holdings(daemon.pid).files];
      }
      memory.look();
      for (const { pid } of all.slice(-PROGRAMS)) process.kill(pid, "SIGKILL");
    }
    await trailOf(trail, PROGRAMS * (WARM_UP_ROUNDS + ROUNDS + 1));
    await allRunning(daemon, PROGRAMS);
    return { restartsMiB: memory.take() - beforeMiB, restartsFiles: holdings(daemon.pid).files - beforeFiles };
  });
  const crashing = `[program:c]
command = /bin/sh -c "echo gone; exit 1"
process_name = c%(process_num)02d
numprocs = ${CRASHING}
startsecs = 0
autorestart = true
`;
  const crashes = await withDaemon(boot(kind, dir, crashing), async (daemon): Promise<Values> => {
    const lives = () => (daemon.log().match(/spawned: /g) ?? []).length;
    const memory = new Watermark(daemon.pid);
    const looks = setInterval(() => memory.look(), LOOK_MS);
    try {
      await sleep(CRASH_WARM_UP_MS);
      const [before, from] = [memory.take(), lives()];
      await sleep(CRASH_MS);
      return { crashMiB: memory.take() - before, crashes: lives() - from };
    } finally {
      clearInterval(looks);
    }
  });
  return { ...restarts, ...crashes };
}

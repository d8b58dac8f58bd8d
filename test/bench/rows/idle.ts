// A daemon that has nothing to do: what it costs, and the memory it keeps; also with the link to a controller.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startController } from "../../helpers/controller.js";
import { eventually } from "../../helpers/eventually.js";
import { linkSection } from "../../helpers/fleet.js";
import { withScope } from "../../helpers/scope.js";
import { type Bench, type Taken, under, type Values, type World } from "../bench.js";
import { allRunning, type BenchDaemon, boot, holdings, usage, withDaemon } from "../daemon.js";

const PROGRAMS = 100;
/** What a start leaves to do is no idling: Node's collector gives memory back for some ten seconds after it. */
const SETTLE_MS = 15_000;
const IDLE_MS = 20_000;
const PER_MINUTE = 60_000 / IDLE_MS;

const sections = ({ programs }: World) => `[program:p]
command = ${programs.trail} {dir}/trail
process_name = p%(process_num)03d
numprocs = ${PROGRAMS}
startsecs = 0
`;

async function idling(daemon: BenchDaemon): Promise<Values> {
  await allRunning(daemon, PROGRAMS);
  await sleep(SETTLE_MS);
  const before = usage(daemon.pid);
  await sleep(IDLE_MS);
  const after = usage(daemon.pid);
  const { rssMiB, privateMiB } = holdings(daemon.pid);
  return {
    wakeups: (after.switches - before.switches) * PER_MINUTE,
    cpu: ((after.cpuNs - before.cpuNs) / 1e9) * PER_MINUTE,
    rssMiB,
    privateMiB,
  };
}

/** An agent that has joined a controller of its own. */
async function idlingLinked(world: World): Promise<Values> {
  return withScope("idle", async (scope) => {
    const controller = await startController(scope);
    const token = join(world.dir, "join-token");
    writeFileSync(token, await controller.joinToken(), { mode: 0o600 });
    const link = linkSection(world.dir, { name: "bench" }, controller.grpcPort).replace(/^join_token.*$/m, "");
    const live = async (daemon: BenchDaemon) => {
      const mine = async () => JSON.stringify(await controller.api.get("/api/v1/instances")).includes('"live"');
      await eventually(mine, { what: "the agent is live", context: daemon.log });
    };
    const start = () => boot("fvagent", world.dir, `${link}join_token_file = ${token}\n${sections(world)}`);
    // Making a certificate request takes code that no later life of a daemon loads.
    await withDaemon(start(), live);
    return withDaemon(start(), async (daemon) => {
      await allRunning(daemon, PROGRAMS);
      await live(daemon);
      return idling(daemon);
    });
  });
}

/** The other figures do not need a controller. */
function unlinked(error: unknown): Values {
  process.stderr.write(`nothing was measured with the link: ${error}\n`);
  return {};
}

export const idle: Bench = {
  name: "idle",
  figures: [
    { key: "wakeups", label: `idle with ${PROGRAMS} programs: wake-ups a minute`, target: "< 5", reached: under(5) },
    { key: "cpu", label: `idle with ${PROGRAMS} programs: CPU s a minute`, target: "< 0.01", reached: under(0.01) },
    { key: "privateMiB", label: "  private memory (MiB)", target: "< 18", reached: under(18) },
    { key: "rssMiB", label: "  RSS (MiB)", target: "< 55", reached: under(55) },
    { key: "linkedWakeups", label: "  with the link: wake-ups a minute" },
    { key: "linkedCpu", label: "  with the link: CPU s a minute" },
    { key: "linkedPrivateMiB", label: "  with the link: private memory (MiB)" },
    { key: "linkedRssMiB", label: "  with the link: RSS (MiB)", target: "< 60", reached: under(60) },
  ],
  // All at once: who idles is in nobody's way.
  async take(kinds, world) {
    const taken: Taken = {};
    await Promise.all(
      kinds.map(async (kind) => {
        const daemon = boot(kind, world.dir, sections(world));
        const [plain, linked] = await Promise.all([
          idling(daemon).finally(() => daemon.stop()),
          kind === "fvagent" ? idlingLinked(world).catch(unlinked) : null,
        ]);
        taken[kind] =
          linked === null
            ? plain
            : {
                ...plain,
                linkedWakeups: linked.wakeups ?? Number.NaN,
                linkedCpu: linked.cpu ?? Number.NaN,
                linkedPrivateMiB: linked.privateMiB ?? Number.NaN,
                linkedRssMiB: linked.rssMiB ?? Number.NaN,
              };
      }),
    );
    return taken;
  },
};

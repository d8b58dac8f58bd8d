// Runs in a network namespace of its own: an agent whose link loses every tenth packet and is up to two seconds slow, watched for a
// while, and then cut off without a word. Prints what it saw as JSON; the test beside it judges.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { HistoryPage, Instance, InstanceList, Operation, Process, ProcessList } from "@fleetvisor/proto/api/v1";
import { LinkProxy } from "../../faults/proxy.js";
import { startController } from "../../helpers/controller.js";
import { eventually } from "../../helpers/eventually.js";
import { startAgent } from "../../helpers/fleet.js";
import { withScope } from "../../helpers/scope.js";

/** Three missed make late, so late is after nine seconds. */
const HEARTBEAT_SECONDS = 3;
const WATCHED_MS = 25_000;
const RESTARTS = 8;

export interface Seen {
  /** Every liveness that was shown while packets were lost. */
  readonly whileLossy: readonly string[];
  /** Packets that the rule took away meanwhile. */
  readonly lostPackets: number;
  /** What the restarts that were ordered meanwhile came to. */
  readonly results: readonly string[];
  readonly pids: readonly number[];
  /** Pids of the process's starts as history has them. */
  readonly told: readonly (number | null)[];
  readonly whenCut: Pick<Instance, "liveness" | "livenessReason">;
  readonly afterwards: string;
}

const nft = (...words: string[]) => execFileSync("nft", words, { encoding: "utf8" });

/** Takes away so many of a hundred packets from and to a port, in both directions. */
function lose(port: number, percent: number): void {
  nft("flush", "chain", "inet", "lossy", "input");
  const which = percent === 100 ? [] : ["numgen", "random", "mod", "100", "<", String(percent)];
  for (const end of ["sport", "dport"]) {
    if (percent > 0)
      nft("add", "rule", "inet", "lossy", "input", "tcp", end, String(port), ...which, "counter", "drop");
  }
}

const packetsLost = () =>
  [...nft("list", "chain", "inet", "lossy", "input").matchAll(/counter packets (\d+)/g)]
    .map(([, count]) => Number(count))
    .reduce((sum, count) => sum + count, 0);

await withScope("lossy link", async (t) => {
  nft("add", "table", "inet", "lossy");
  nft("add", "chain", "inet", "lossy", "input", "{ type filter hook input priority 0; }");
  const controller = await startController(t, undefined, ["--heartbeat-seconds", String(HEARTBEAT_SECONDS)]);
  const { api } = controller;
  const proxy = await LinkProxy.start(t, controller.grpcPort, Math.random);
  await startAgent(
    t,
    { joinToken: () => controller.joinToken(), grpcPort: proxy.port },
    { name: "far", sections: "[program:api]\ncommand = sleep 1000\nstartsecs = 0\n" },
  );
  const instance = async (): Promise<Instance> => {
    const [found] = (await api.get<InstanceList>(API_PATHS.instances)).items;
    if (found === undefined) throw new Error("the agent has not come yet");
    return found;
  };
  const process = async (): Promise<Process | undefined> =>
    (await api.get<ProcessList>(API_PATHS.processes)).items.find(({ state }) => state === "RUNNING");
  await eventually(async () => (await instance()).liveness === "live" && (await process()) !== undefined);

  const pids = [(await process())?.pid ?? 0];
  const whileLossy = new Set<string>();
  const results: string[] = [];
  lose(proxy.port, 10);
  proxy.set("delay", 2_000);
  const over = performance.now() + WATCHED_MS;
  const watching = (async () => {
    for (; performance.now() < over || results.length < RESTARTS; await sleep(50)) {
      whileLossy.add((await instance()).liveness);
    }
  })();
  for (let turn = 0; turn < RESTARTS; turn++) {
    const asked = { verb: "restart", selector: "far/api", waitMs: 120_000, timeoutMs: 120_000 };
    const { state } = await api.post<Operation>(API_PATHS.operations, asked);
    results.push(state);
    pids.push((await eventually(async () => (await process())?.pid !== pids.at(-1) && (await process())?.pid)) ?? 0);
  }
  await watching;
  const lostPackets = packetsLost();

  lose(proxy.port, 100);
  const whenCut = await eventually(
    async () => {
      const now = await instance();
      return now.liveness !== "live" && now;
    },
    { what: "a host from which nothing comes is not green", withinMs: 60_000 },
  );
  lose(proxy.port, 0);
  proxy.set("pass");
  await eventually(async () => (await instance()).liveness === "live", { what: "it is back", withinMs: 90_000 });
  const { items } = await api.get<HistoryPage>(API_PATHS.events, { selector: "far/api", limit: 1_000 });
  const told = items.filter(({ toState }) => toState === "RUNNING").map(({ pid }) => pid);
  const seen: Seen = {
    ...{ whileLossy: [...whileLossy], lostPackets, results, pids, told: told.reverse() },
    whenCut: { liveness: whenCut.liveness, livenessReason: whenCut.livenessReason },
    afterwards: (await instance()).liveness,
  };
  console.log(JSON.stringify(seen));
});

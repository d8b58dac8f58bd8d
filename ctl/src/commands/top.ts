// `fvctl top`: the processes of the fleet on the whole screen, as they are now, with keys to sort, filter and scroll.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { FleetSummary, Process } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Option } from "commander";
import type { Exit } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { processPages } from "../fleet/targets.js";
import type { World } from "../fleet/world.js";
import { TOP_SORT_NAMES, TOP_SORTS, type TopSort, type TopState } from "../top/top-state.js";
import type { TopData } from "../top/top-view.js";

const DEFAULT_SECONDS = 2;
/** Rows that can be scrolled through. */
const MOST_ROWS = 1_000;
/** Rows that are sorted here where the controller does not sort. */
const MOST_SORTED = 5_000;

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text !== "" && seconds >= 0.5 && seconds <= 3600) return seconds;
  throw new FleetError("invalid-argument", `--interval ${text}: seconds from 0.5 to 3600`);
}

export const addTop: AddCommand = (program, run) => {
  program
    .command("top")
    .description("processes on the whole screen, live, with keys to sort, filter and scroll")
    .argument("[selector...]", "which processes to begin with; `/` chooses others")
    .addOption(new Option("--sort <key>", "the order to begin with").choices(TOP_SORT_NAMES).default("state"))
    .option("--interval <seconds>", "how often it is drawn anew", parseSeconds, DEFAULT_SECONDS)
    .addHelpText(
      "after",
      examples(
        ["fvctl top", "everything, the worst first; ? shows the keys"],
        ["fvctl top 'web-*/api:*' --sort memory", "who needs the memory"],
      ),
    )
    .action((selectors: string[], options: { readonly sort: TopSort; readonly interval: number }, command) =>
      run(command, (world) => top(world, selectors, options)),
    );
};

async function top(
  world: World,
  selectors: readonly string[],
  { sort, interval }: { readonly sort: TopSort; readonly interval: number },
): Promise<Exit> {
  world.output("table");
  if (!world.io.stdoutIsTerminal || !world.io.stdinIsTerminal) {
    throw new FleetError("invalid-argument", "top needs a terminal; scripts ask `fvctl status`");
  }
  const client = await world.client();
  const { runTop } = await import("../top/run-top.js");
  const fetchData = (state: TopState, signal: AbortSignal) => askAll(client, state, signal);
  await world.io.untilInterrupted((signal) =>
    runTop({ fetchData, filter: selectors.join(" "), sort, everyMs: interval * 1000, colors: world.colors, signal }),
  );
  return "ok";
}

async function askAll(client: ApiClient, state: TopState, signal: AbortSignal): Promise<TopData> {
  const [summary, { processes, total }] = await Promise.all([
    client.get<FleetSummary>(API_PATHS.fleet, {}, signal),
    askProcesses(client, state, signal),
  ]);
  return { summary, processes, total, nowMs: client.nowMs(), trouble: null };
}

async function askProcesses(client: ApiClient, { filter, sort }: TopState, signal: AbortSignal) {
  const { isOurs } = TOP_SORTS[sort];
  const most = isOurs ? MOST_SORTED : MOST_ROWS;
  const processes: Process[] = [];
  const pages = processPages(client, filter === "" ? [] : [filter], { sort: isOurs ? "target" : sort, signal });
  for await (const { items, total } of pages) {
    processes.push(...items);
    if (processes.length >= Math.min(total, most)) return { processes: processes.slice(0, most), total };
  }
  return { processes, total: processes.length };
}

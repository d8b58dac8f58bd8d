// `fvctl top`: the processes of the fleet on the whole screen, as they are now, with keys to sort, filter and scroll.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { FleetSummary, ProcessList } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Option } from "commander";
import type { Exit } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";
import { TOP_SORT_NAMES, type TopSort, type TopState } from "../top/top-state.js";
import type { TopData } from "../top/top-view.js";

const DEFAULT_SECONDS = 2;

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
  const fetchData = (state: TopState, rows: number, signal: AbortSignal) => askAll(client, state, rows, signal);
  const wasShown = await world.io.untilInterrupted((signal) =>
    runTop({ fetchData, filter: selectors.join(" "), sort, everyMs: interval * 1000, colors: world.colors, signal }),
  );
  return wasShown ? "ok" : "interrupted";
}

/** The first `rows` in the order of `state`, which the controller finds among all of them. */
async function askAll(
  client: ApiClient,
  { filter, sort }: TopState,
  rows: number,
  signal: AbortSignal,
): Promise<TopData> {
  const query = { selector: filter === "" ? undefined : filter, sort, limit: rows };
  const [summary, { items, total }] = await Promise.all([
    client.get<FleetSummary>(API_PATHS.fleet, {}, signal),
    client.get<ProcessList>(API_PATHS.processes, query, signal),
  ]);
  return { summary, processes: items, total, nowMs: client.nowMs(), trouble: null };
}

// `fvctl instances`: the managed supervisors themselves, and removing one for good.
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Instance, InstanceList } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Option } from "commander";
import { type Exit, exitOfKind } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, collect, examples } from "../fleet/command.js";
import { confirm } from "../fleet/confirm.js";
import { instanceSelectors } from "../fleet/filter.js";
import { withWatch } from "../fleet/watch-option.js";
import type { World } from "../fleet/world.js";
import { INSTANCE_HEAD, INSTANCE_SORTS, type InstanceSort, instanceRows, sortInstances } from "../render/instances.js";
import { plural } from "../render/words.js";

interface Options {
  readonly sort?: InstanceSort;
  readonly filter: readonly string[];
  readonly watch?: number | true;
}

export const addInstances: AddCommand = (program, run) => {
  const instances = program
    .command("instances")
    .description("list the supervisors of the fleet, and remove one")
    .addHelpText(
      "afterAll",
      examples(
        ["fvctl instances", "all of them: whether they are heard, their processes by state, labels"],
        ["fvctl instances list 'web-*' --filter dc=ams --sort liveness", "some of them, the lost ones first"],
        ["fvctl instances list --watch", "again and again"],
        ["fvctl instances -o json | jq ...", "for scripts: { items: [...] }"],
        ["fvctl instances remove web-7", "its agent may not come back without a new join token"],
      ),
    );
  const list = instances
    .command("list", { isDefault: true })
    .description("whether they are heard, their processes by state, labels")
    .argument("[instance...]", "which ones, as web-* or role=web; all of them when none is given")
    .addOption(new Option("--sort <key>", "order; liveness puts the lost first").choices(INSTANCE_SORTS))
    .option("--filter <term...>", "only those of which it holds, like dc!=ams", collect, []);
  withWatch(list).action((words: string[], options: Options, command) =>
    run(command, (world) => show(world, instanceSelectors(words, options.filter), options)),
  );
  instances
    .command("remove")
    .description("take an instance out of the fleet for good: its agent is refused, its programs run on")
    .argument("<instance>")
    .option("--yes", "do not ask")
    .action((name: string, options: { readonly yes?: boolean }, command) =>
      run(command, (world) => remove(world, name, options.yes === true)),
    );
};

async function listed(client: ApiClient, selectors: readonly string[], signal?: AbortSignal): Promise<Instance[]> {
  const selector = selectors.length === 0 ? undefined : selectors.join(" ");
  return (await client.get<InstanceList>(API_PATHS.instances, { selector }, signal)).items;
}

async function show(world: World, selectors: readonly string[], { sort, watch }: Options): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const client = await world.client();
  const { colors } = world;
  const rows = (items: readonly Instance[]) => instanceRows(items, client.nowMs(), colors);
  if (watch !== undefined) {
    const [{ watch: keepDrawing }, { TableWriter }] = await Promise.all([
      import("../fleet/watch.js"),
      import("../render/table.js"),
    ]);
    return keepDrawing(world, watch, async ({ columns, rows: room }, signal) => {
      const items = sortInstances(await listed(client, selectors, signal), sort);
      const table = new TableWriter(INSTANCE_HEAD, { columns, colors, isWide: world.globals.output === "wide" });
      const lines = table.rows(rows(items)).trimEnd().split("\n");
      if (lines.length <= room) return lines;
      return [...lines.slice(0, room - 1), colors.dim(`of ${plural(items.length, "instance", "instances")}`)];
    });
  }
  const items = sortInstances(await listed(client, selectors), sort);
  await world.print(output, items, { nameOf: ({ name }) => name, head: INSTANCE_HEAD, rows });
  if (items.length > 0) return "ok";
  if (selectors.length === 0) {
    await world.note("no instance has joined yet: see `fvctl join-token --help`");
    return "ok";
  }
  await world.note(`no instance matches ${selectors.join(" ").replaceAll("/all", "")}`);
  return exitOfKind("not-found");
}

async function remove(world: World, name: string, isSure: boolean): Promise<Exit> {
  const client = await world.client();
  const path = apiPath("instance", { instance: name });
  const { processCount, liveness } = await client.get<Instance>(path);
  const what = `${name} (${liveness}, ${plural(processCount, "process", "processes")}) is taken out of the fleet for good`;
  if (!isSure && !(await confirm(world.io, what))) {
    throw new FleetError("invalid-argument", "nothing was done");
  }
  await client.delete(path);
  await world.note(`${name} is removed; its agent is refused until it joins with a new token`);
  return "ok";
}

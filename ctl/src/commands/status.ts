// `fvctl status`: the processes of the fleet with their states.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { InstanceList } from "@fleetvisor/proto/api/v1";
import { Option } from "commander";
import { type Exit, exitOfKind, worst } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { listProcesses, noMatch, unmatched } from "../fleet/targets.js";
import type { World } from "../fleet/world.js";
import { STATUS_HEAD, staleInstances, statusExit, statusRows, statusSummary } from "../render/status.js";

interface Options {
  readonly sort?: string;
}

export const addStatus: AddCommand = (program, run) => {
  program
    .command("status")
    .description("list processes with state, pid and uptime, or why they do not run")
    .argument("[selector...]", "which processes; all of them when none is given")
    .addOption(new Option("--sort <key>", "order: state puts the worst first").choices(["target", "state", "since"]))
    .addHelpText(
      "after",
      examples(
        ["fvctl status", "everything"],
        ["fvctl status 'web-*/api:*'", "group api on instances whose name begins with web-"],
        ["fvctl status state=FATAL state=BACKOFF", "what is in trouble, anywhere"],
        ["fvctl status role=db -o json", "for scripts: { items: [...] }"],
        ["fvctl status state=FATAL -o name | xargs fvctl restart", "restart what has given up"],
      ),
    )
    .action((selectors: string[], options: Options, command) =>
      run(command, (world) => status(world, selectors, options)),
    );
};

async function status(world: World, selectors: readonly string[], { sort }: Options): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const client = await world.client();
  const [items, instances] = await Promise.all([
    listProcesses(client, selectors, sort),
    output === "table" ? client.get<InstanceList>(API_PATHS.instances) : null,
  ]);
  const contacts = new Map(instances?.items.map((instance) => [instance.name, instance]));
  await world.print(output, items, {
    nameOf: ({ target }) => target,
    head: STATUS_HEAD,
    rows: () => statusRows(items, contacts, client.nowMs(), world.colors),
  });
  if (output === "table" && world.io.stdoutIsTerminal && items.length > 1) {
    await world.io.err(`${world.colors.dim(statusSummary(items))}\n`);
  }
  for (const line of staleInstances(items, contacts)) await world.note(line);
  if (items.length === 0 && selectors.length === 0) await world.note("no instance has reported a process yet");
  const nothing = await unmatched(client, selectors, new Set(items.map(({ target }) => target)));
  if (nothing.length === 0) return statusExit(items);
  const error = noMatch(nothing);
  await world.note(error.message);
  return worst(statusExit(items), exitOfKind(error.kind));
}

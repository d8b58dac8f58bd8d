// `fvctl instances`: the managed supervisors themselves.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { InstanceList } from "@fleetvisor/proto/api/v1";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";
import { INSTANCE_HEAD, instanceRows } from "../render/instances.js";

export const addInstances: AddCommand = (program, run) => {
  program
    .command("instances")
    .description("list the supervisors of the fleet: whether they are heard, their processes by state, labels")
    .addHelpText(
      "after",
      examples(
        ["fvctl instances", "all of them"],
        ["fvctl instances -o json | jq ...", "for scripts: { items: [...] }"],
      ),
    )
    .action((_options: unknown, command) => run(command, instances));
};

async function instances(world: World): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const client = await world.client();
  const { items } = await client.get<InstanceList>(API_PATHS.instances);
  await world.print(output, items, {
    nameOf: ({ name }) => name,
    head: INSTANCE_HEAD,
    rows: () => instanceRows(items, client.nowMs(), world.colors),
  });
  if (items.length === 0) await world.note("no instance has joined yet: see `fvctl join-token --help`");
  return "ok";
}

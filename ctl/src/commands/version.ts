// `fvctl version`: of fvctl, of the controller, and of the agents.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { InstanceList } from "@fleetvisor/proto/api/v1";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";
import { toJson } from "../render/output.js";
import { plural } from "../render/words.js";
import { VERSION } from "../version.js";

export const addVersion: AddCommand = (program, run) => {
  program
    .command("version")
    .description("print the versions of fvctl, of the controller and of the agents")
    .addHelpText(
      "after",
      examples(
        ["fvctl version", "agents are counted by version; `fvctl instances --sort version` lists them"],
        ["fvctl version -o json", "for scripts: fvctl, controller, agents by version"],
        ["fvctl --version", "of fvctl alone, without asking the controller"],
      ),
    )
    .action((_options: unknown, command) => run(command, version));
};

interface OpenApi {
  readonly info?: { readonly version?: string };
}

async function version(world: World): Promise<Exit> {
  const output = world.output("table", "json");
  const client = await world.client();
  const [{ info }, { items }] = await Promise.all([
    client.get<OpenApi>(API_PATHS.openapi),
    client.get<InstanceList>(API_PATHS.instances),
  ]);
  const controller = info?.version ?? "unknown";
  const agents: Record<string, number> = {};
  for (const { version: each } of items) agents[each] = (agents[each] ?? 0) + 1;
  if (output === "json") {
    await world.io.out(toJson({ fvctl: VERSION, controller, agents }));
    return "ok";
  }
  const counted = Object.entries(agents)
    .toSorted(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
    .map(([each, count]) => `${each || "unknown"} (${plural(count, "instance", "instances")})`);
  await world.io.out(`fvctl ${VERSION}\ncontroller ${controller}\nagents ${counted.join(", ") || "none"}\n`);
  return "ok";
}

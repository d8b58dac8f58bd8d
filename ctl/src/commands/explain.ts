// `fvctl explain`: why somebody may or may not do something.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { Explanation } from "@fleetvisor/proto/api/v1";
import { ACCESS_VERB_NAMES } from "@fleetvisor/proto/vocabulary/access";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";
import { toJson } from "../render/output.js";

export const addExplain: AddCommand = (program, run) => {
  program
    .command("explain")
    .description("why somebody may or may not do something; exit status 6 when not")
    .argument("<verb>", ACCESS_VERB_NAMES.join(", "))
    .argument("[target]", "INSTANCE/GROUP:NAME or INSTANCE; the whole fleet without")
    .option("-u, --user <name>", "somebody else than oneself (for admins)")
    .addHelpText(
      "after",
      examples(
        ["fvctl explain restart web-1/api:worker", "may I?"],
        ["fvctl explain restart web-1/api:worker -u alice", "may alice, by which grant, and if not why not"],
      ),
    )
    .action((verb: string, target: string | undefined, options: { readonly user?: string }, command) =>
      run(command, (world) => explain(world, { verb, target, user: options.user })),
    );
};

async function explain(
  world: World,
  query: { readonly verb: string; readonly target: string | undefined; readonly user: string | undefined },
): Promise<Exit> {
  const output = world.output("table", "json");
  const told = await (await world.client()).get<Explanation>(API_PATHS.explain, query);
  await world.io.out(output === "json" ? toJson(told) : `${told.allowed ? "yes" : "no"}: ${told.reason}\n`);
  return told.allowed ? "ok" : "refused";
}

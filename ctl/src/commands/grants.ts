// `fvctl grants`: what users may do where.
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Grant, GrantList, GrantRequest } from "@fleetvisor/proto/api/v1";
import { ACCESS_VERBS } from "@fleetvisor/proto/vocabulary/access";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";
import { GRANT_HEAD, grantOf, grantRows } from "../render/access.js";
import { toJson } from "../render/output.js";

const VERBS = Object.entries(ACCESS_VERBS)
  .map(([verb, meaning]) => `  ${verb.padEnd(12)}${meaning}`)
  .join("\n");

export const addGrants: AddCommand = (program, run) => {
  const grants = program
    .command("grants")
    .description("list, make and take back what users may do where (for admins)")
    .addHelpText(
      "afterAll",
      `\nRoles: viewer (read, logs), operator (also start, stop, restart, signal, clear), admin (everything). Verbs:\n${VERBS}
${examples(
  ["fvctl grants list alice", "what alice may"],
  ["fvctl grants add alice operator 'role=web/api:*'", "alice sees and runs that, and learns of nothing else"],
  ["fvctl grants add ci restart,logs 'web-*/api:worker'", "verbs instead of a role"],
  ["fvctl grants remove ID", "at once, open streams included"],
)}`,
    );
  grants
    .command("list", { isDefault: true })
    .description("all of them, or one user's")
    .argument("[user]")
    .action((user: string | undefined, _options: unknown, command) => run(command, (world) => list(world, user)));
  grants
    .command("add")
    .description("let a user do something somewhere")
    .argument("<user>")
    .argument("<role>", "viewer, operator, admin, or verbs with commas between")
    .argument("<selector>", "what it covers; no states")
    .action((user: string, role: string, selector: string, _options: unknown, command) =>
      run(command, (world) => add(world, { user, ...grantOf(role), selector })),
    );
  grants
    .command("remove")
    .description("take a grant back")
    .argument("<id>", "as `fvctl grants` shows it")
    .action((id: string, _options: unknown, command) =>
      run(command, async (world) => {
        await (await world.client()).delete(apiPath("grant", { id }));
        await world.note("the grant is taken back");
        return "ok";
      }),
    );
};

async function list(world: World, user: string | undefined): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const { items } = await (await world.client()).get<GrantList>(API_PATHS.grants, { user });
  await world.print(output, items, { nameOf: ({ id }) => id, head: GRANT_HEAD, rows: () => grantRows(items) });
  return "ok";
}

async function add(world: World, request: GrantRequest): Promise<Exit> {
  const output = world.output("table", "json", "name");
  const made = await (await world.client()).post<Grant>(API_PATHS.grants, request);
  if (output === "json") await world.io.out(toJson(made));
  else if (output === "name") await world.io.out(`${made.id}\n`);
  else await world.note(`granted; \`fvctl grants remove ${made.id}\` takes it back`);
  return "ok";
}

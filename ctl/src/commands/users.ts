// `fvctl users`: who there is, adding, keeping out, removing, and setting a password.
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { User, UserList, UserRequest } from "@fleetvisor/proto/api/v1";
import { USER_NAME } from "@fleetvisor/proto/vocabulary/access";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { newPassword } from "../fleet/new-password.js";
import type { World } from "../fleet/world.js";
import { grantOf, USER_HEAD, userRows } from "../render/access.js";
import { toJson } from "../render/output.js";

interface AddOptions {
  readonly passwordStdin?: boolean;
  readonly password: boolean;
  readonly grant?: readonly string[];
  readonly on: string;
}

function parseName(text: string): string {
  if (USER_NAME.test(text)) return text;
  throw new FleetError(
    "invalid-argument",
    `${text} can be nobody's name: up to 128 letters, digits and . _ @ + -, the first one a letter, a digit or _`,
  );
}

export const addUsers: AddCommand = (program, run) => {
  const users = program
    .command("users")
    .description("list, add, disable and remove the people and programs that may log in (for admins)")
    .addHelpText(
      "afterAll",
      examples(
        ["fvctl users", "everybody with what they may"],
        ["fvctl users add alice --grant operator --on 'role=web/api:*'", "asks for a password"],
        [
          "fvctl users add ci --no-password --grant viewer",
          "for a program: `fvctl tokens add deploy --user ci` lets it in",
        ],
        ["fvctl users disable alice", "keeps alice out at once, tokens and sessions included"],
      ),
    );
  users
    .command("list", { isDefault: true })
    .description("everybody")
    .action((_options: unknown, command) => run(command, list));
  users
    .command("add")
    .description("add somebody")
    .argument("<name>", "letters, digits and . _ @ + -", parseName)
    .option("--password-stdin", "read the password from stdin instead of asking for it")
    .option("--no-password", "without a password, and so without a way to log in until one is set")
    .option("--grant <role...>", "viewer, operator, admin, or verbs with commas between (more: `fvctl grants add`)")
    .option("--on <selector>", "what it covers", "all")
    .action((name: string, options: AddOptions, command) => run(command, (world) => add(world, name, options)));
  users
    .command("password")
    .description("set somebody's password, which ends the sessions there are")
    .argument("<name>")
    .option("--password-stdin", "read it from stdin instead of asking for it")
    .action((name: string, options: { readonly passwordStdin?: boolean }, command) =>
      run(command, (world) => password(world, name, options.passwordStdin === true)),
    );
  for (const [verb, meaning, done] of [
    ["disable", "keep somebody out, tokens included", "is kept out"],
    ["enable", "let somebody in again", "may log in again"],
  ] as const) {
    users
      .command(verb)
      .description(meaning)
      .argument("<name>")
      .action((name: string, _options: unknown, command) =>
        run(command, async (world) => {
          const client = await world.client();
          await client.post<undefined>(
            apiPath(verb === "disable" ? "userDisable" : "userEnable", { user: name }),
            undefined,
          );
          await world.note(`${name} ${done}`);
          return "ok";
        }),
      );
  }
  users
    .command("remove")
    .description("delete somebody with all grants and tokens")
    .argument("<name>")
    .action((name: string, _options: unknown, command) =>
      run(command, async (world) => {
        await (await world.client()).delete(apiPath("user", { user: name }));
        await world.note(`${name} is no user any more`);
        return "ok";
      }),
    );
};

async function list(world: World): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const { items } = await (await world.client()).get<UserList>(API_PATHS.users);
  await world.print(output, items, { nameOf: ({ name }) => name, head: USER_HEAD, rows: () => userRows(items) });
  return "ok";
}

async function add(world: World, name: string, options: AddOptions): Promise<Exit> {
  const output = world.output("table", "json");
  const grants = (options.grant ?? []).map((what) => ({ ...grantOf(what), selector: options.on }));
  const secret = options.password ? await newPassword(world.io, options.passwordStdin === true, name) : undefined;
  const request: UserRequest = { name, grants, ...(secret === undefined ? {} : { password: secret }) };
  const made = await (await world.client()).post<User>(API_PATHS.users, request);
  if (output === "json") await world.io.out(toJson(made));
  else await world.note(`${name} is added`);
  return "ok";
}

async function password(world: World, name: string, fromStdin: boolean): Promise<Exit> {
  const secret = await newPassword(world.io, fromStdin, name);
  const client = await world.client();
  await client.post<undefined>(apiPath("userPassword", { user: name }), { password: secret });
  await world.note(`the password of ${name} is set`);
  return "ok";
}

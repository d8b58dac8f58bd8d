// `fvctl tokens`: API tokens, one's own or everybody's, and with --join the tokens with which agents join.
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { ApiToken, ApiTokenList, ApiTokenRequest, JoinTokenList } from "@fleetvisor/proto/api/v1";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";
import { JOIN_TOKEN_HEAD, joinTokenRows, TOKEN_HEAD, tokenRows } from "../render/access.js";
import { toJson } from "../render/output.js";
import { formatMoment } from "../render/words.js";
import { parseTtl } from "./token-life.js";

interface ListOptions {
  readonly all?: boolean;
  readonly join?: boolean;
}

interface AddOptions {
  /** Seconds. */
  readonly ttl?: number;
  readonly user?: string;
}

/** Ten years, the controller's bound. */
const MOST_TTL_S = 315_360_000;

export const addTokens: AddCommand = (program, run) => {
  const tokens = program
    .command("tokens")
    .description("list, make and revoke API tokens; list and revoke join tokens")
    .addHelpText(
      "afterAll",
      examples(
        ["fvctl tokens", "one's own"],
        ["fvctl tokens list --all", "everybody's (for admins)"],
        ["fvctl tokens add backup-script > token", "printed once, alone on stdout"],
        ["fvctl tokens add release --ttl 2h > token", "good for two hours, then for nothing"],
        ["fvctl tokens add deploy --user ci > token", "for somebody else, such as a program (for admins)"],
        ["fvctl tokens remove ID", "from that moment it is good for nothing"],
        ["fvctl tokens list --join", "with which agents may still join; `fvctl join-token` makes one"],
      ),
    );
  tokens
    .command("list", { isDefault: true })
    .description("API tokens, or join tokens")
    .option("--all", "everybody's, for admins")
    .option("--join", "join tokens, for admins")
    .action((options: ListOptions, command) =>
      run(command, (world) => (options.join === true ? listJoin(world) : list(world, options.all === true))),
    );
  tokens
    .command("add")
    .description("make an API token, for oneself if nobody else is named")
    .argument("<name>", "what it is for")
    .option(
      "--ttl <span>",
      "how long it is good for, like 12h or 30d (default: until it is removed)",
      parseTtl(1, MOST_TTL_S),
    )
    .option("-u, --user <name>", "whose it will be, for admins; the audit names both")
    .action((name: string, options: AddOptions, command) => run(command, (world) => add(world, name, options)));
  tokens
    .command("remove")
    .description("revoke a token; admins anybody's")
    .argument("<id>", "as `fvctl tokens` shows it")
    .option("--join", "a join token")
    .action((id: string, options: { readonly join?: boolean }, command) =>
      run(command, async (world) => {
        await (await world.client()).delete(apiPath(options.join === true ? "joinToken" : "token", { id }));
        await world.note("the token is revoked");
        return "ok";
      }),
    );
};

async function list(world: World, all: boolean): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const client = await world.client();
  const { items } = await client.get<ApiTokenList>(API_PATHS.tokens, all ? { all: "true" } : {});
  const rows = () => tokenRows(items, client.nowMs(), world.colors);
  await world.print(output, items, { nameOf: ({ id }) => id, head: TOKEN_HEAD, rows });
  return "ok";
}

async function listJoin(world: World): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const client = await world.client();
  const { items } = await client.get<JoinTokenList>(API_PATHS.joinTokens);
  const rows = () => joinTokenRows(items, client.nowMs(), world.colors);
  await world.print(output, items, { nameOf: ({ id }) => id, head: JOIN_TOKEN_HEAD, rows });
  return "ok";
}

async function add(world: World, name: string, { ttl, user }: AddOptions): Promise<Exit> {
  const output = world.output("table", "json");
  const request: ApiTokenRequest = {
    name,
    ...(user === undefined ? {} : { user }),
    ...(ttl === undefined ? {} : { ttlSeconds: ttl }),
  };
  const made = await (await world.client()).post<ApiToken>(API_PATHS.tokens, request);
  await world.io.out(output === "json" ? toJson(made) : `${made.token ?? ""}\n`);
  const whose = user === undefined ? "" : `of ${made.user}, `;
  if (output === "table") await world.note(`${whose}${lifeOf(made)}`);
  return "ok";
}

/** `good until 2026-12-21 09:00:00; ...`, with how to end it before. */
function lifeOf({ id, expiresAtMs }: ApiToken): string {
  const until = expiresAtMs == null ? "until it is removed" : `until ${formatMoment(expiresAtMs)}`;
  return `good ${until}; \`fvctl tokens remove ${id}\` ends it at once`;
}

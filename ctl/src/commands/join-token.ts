// `fvctl join-token`: a token with which new agents join the fleet.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { JoinToken } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";
import { toJson } from "../render/output.js";
import { formatMoment, plural } from "../render/words.js";
import { parseTtl } from "./token-life.js";

interface Options {
  readonly uses: number;
  /** Seconds. */
  readonly ttl?: number;
}

function parseUses(text: string): number {
  const uses = Number(text);
  if (Number.isInteger(uses) && uses >= 1 && uses <= 100_000) return uses;
  throw new FleetError("invalid-argument", `--uses ${text}: a whole number from 1 to 100000`);
}

export const addJoinToken: AddCommand = (program, run) => {
  program
    .command("join-token")
    .description("make a token with which new agents join; it is printed once, alone on stdout")
    .option("--uses <count>", "how many agents may join with it", parseUses, 1)
    .option("--ttl <span>", "how long it can be used, like 90s, 12h or 7d (default: 24h)", parseTtl(60, 31_536_000))
    .addHelpText(
      "after",
      `\nOn the new host, in its supervisord.conf:
  [fleetvisor]
  controller = controller.example:9701
  join_token_file = /etc/supervisor/join-token
or FLEETVISOR_JOIN_TOKEN in fvagent's environment. Needed once: the agent keeps a certificate.
${examples(
  ["fvctl join-token > join-token", "for one host, within a day"],
  ["fvctl join-token --uses 50 --ttl 2h", "for a roll-out"],
)}`,
    )
    .action((options: Options, command) => run(command, (world) => joinToken(world, options)));
};

async function joinToken(world: World, { uses, ttl }: Options): Promise<Exit> {
  const output = world.output("table", "json");
  const client = await world.client();
  const made = await client.post<JoinToken>(API_PATHS.joinTokens, {
    uses,
    ...(ttl === undefined ? {} : { ttlSeconds: ttl }),
  });
  if (output === "json") {
    await world.io.out(toJson(made));
    return "ok";
  }
  await world.io.out(`${made.token}\n`);
  await world.note(`good for ${plural(made.uses, "agent", "agents")} until ${formatMoment(made.expiresAtMs)}`);
  return "ok";
}

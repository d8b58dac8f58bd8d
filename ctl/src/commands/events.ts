// `fvctl events`: what happened to processes and instances, oldest first, and what happens from then on.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import {
  HISTORY_CAUSE_NAMES,
  HISTORY_KIND_NAMES,
  type HistoryCause,
  type HistoryKind,
} from "@fleetvisor/proto/vocabulary/history";
import { Option } from "commander";
import type { Exit } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { listHistory } from "../fleet/history.js";
import { onNews } from "../fleet/news.js";
import { keepConnected } from "../fleet/retry.js";
import type { World } from "../fleet/world.js";
import { EVENT_HEAD, eventRows, subjectOf } from "../render/events.js";
import { formatItems } from "../render/output.js";
import { parseMoment } from "../render/words.js";

interface Options {
  readonly follow?: boolean;
  readonly since?: string;
  readonly lines?: number;
  readonly kind?: HistoryKind;
  readonly cause?: HistoryCause;
  readonly user?: string;
}

/** Events that come close together are asked for together. */
const GATHER_MS = 100;
/** How many of the newest are shown when neither -n nor --since says. */
const DEFAULT_LINES = 50;

function parseLines(text: string): number {
  const lines = Number(text);
  if (Number.isInteger(lines) && lines >= 0) return lines;
  throw new FleetError("invalid-argument", `-n ${text}: a whole number`);
}

export const addEvents: AddCommand = (program, run) => {
  program
    .command("events")
    .description("show what happened: state changes with their causes, instances coming and going")
    .argument("[selector...]", "of which processes; everything when none is given")
    .option("-f, --follow", "go on with what happens, until Ctrl-C")
    .option("--since <when>", "from then on: 30m, 1h, 7d, or 2026-11-21T09:00")
    .addOption(new Option("--kind <kind>", "only events of this kind").choices(HISTORY_KIND_NAMES))
    .addOption(new Option("--cause <cause>", "only what happened for this").choices(HISTORY_CAUSE_NAMES))
    .option("-u, --user <name>", "only what this user asked for")
    .option("-n, --lines <count>", `only the newest so many (default: ${DEFAULT_LINES}; with --since all)`, parseLines)
    .addHelpText(
      "after",
      examples(
        ["fvctl events", "what happened lately"],
        ["fvctl events 'web-*/api:*' --since 1h", "to these processes within an hour"],
        ["fvctl events --kind instance-down --since 7d", "hosts that went away"],
        ["fvctl events -f -n 0 --cause unexpected", "what fails from now on"],
        ["fvctl events --since 1d -o ndjson", "for scripts, a JSON document a line"],
      ),
    )
    .action((selectors: string[], options: Options, command) =>
      run(command, (world) => events(world, selectors, options)),
    );
};

async function events(world: World, selectors: readonly string[], options: Options): Promise<Exit> {
  const output = world.output("table", "json", "ndjson");
  if (options.follow === true && output === "json") {
    throw new FleetError("invalid-argument", "-f never ends, so there is no one JSON document: choose -o ndjson");
  }
  const client = await world.client();
  const { since, lines, kind, cause, user } = options;
  const filter = { selector: selectors.length === 0 ? undefined : selectors.join(" "), kind, cause, user };
  const range = {
    ...filter,
    sinceMs: since === undefined ? undefined : parseMoment(since, "--since", client.nowMs()),
    count: lines ?? (since === undefined ? DEFAULT_LINES : Number.POSITIVE_INFINITY),
  };
  const first = await listHistory(client, range);
  const print = printer(world);
  await print(first);
  if (options.follow !== true) {
    if (first.length === 0 && output === "table") await world.note("no event matches");
    return "ok";
  }
  let isBroken = false;
  let lastId = first.at(-1)?.id ?? (await newestId(client));
  await world.io.untilInterrupted((signal) =>
    keepConnected(
      async ({ works }) => {
        await onNews(client, {
          signal,
          isNews: (event) => event === "history",
          gatherMs: GATHER_MS,
          onNews: async () => {
            works();
            if (isBroken) await world.note("connected again");
            isBroken = false;
            const everything = { ...filter, count: Number.POSITIVE_INFINITY };
            const news = await listHistory(client, everything, lastId, signal);
            lastId = news.at(-1)?.id ?? lastId;
            await print(news);
          },
        });
        return "again";
      },
      {
        signal,
        onBroken: (error) => {
          isBroken = true;
          return world.note(`${error?.message ?? "the connection broke"}; going on when it is back`);
        },
      },
    ),
  );
  return "ok";
}

/** Id of the newest event of all, after which everything is news. */
async function newestId(client: ApiClient): Promise<number> {
  const [newest] = await listHistory(client, { count: 1 });
  return newest?.id ?? 0;
}

/** Prints events in the format asked for, each time lined up with the times before. */
function printer(world: World): (events: readonly HistoryEvent[]) => Promise<void> {
  const output = world.output("table", "json", "ndjson");
  if (output === "json") return (items) => world.io.out(formatItems(output, items, subjectOf));
  const printed = world.printer(output, {
    nameOf: subjectOf,
    head: EVENT_HEAD,
    rows: (items: readonly HistoryEvent[]) => eventRows(items, world.colors),
  });
  return (items) => printed.items(items);
}

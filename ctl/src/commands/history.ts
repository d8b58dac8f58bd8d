// `fvctl history`: the life of one process: every start, how long it held, how it ended, what it took, who asked.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { listHistory } from "../fleet/history.js";
import { noMatch } from "../fleet/targets.js";
import type { World } from "../fleet/world.js";
import { LIFE_HEAD, type Life, lifeRows, livesOf } from "../render/lives.js";
import { parseMoment } from "../render/words.js";
import { wholeNumber } from "./log-options.js";

interface Options {
  readonly lines: number;
  readonly since?: string;
  readonly words?: boolean;
}

const DEFAULT_LIVES = 20;
/** What a life leaves in history at most, about: STARTING, RUNNING, STOPPING, its end, BACKOFF, FATAL. */
const EVENTS_OF_LIFE = 6;

export const addHistory: AddCommand = (program, run) => {
  program
    .command("history")
    .description("the life of one process: its starts and ends with cause, uptime, CPU, memory, and who asked")
    .argument("<target>", "one process: instance/group:name, or a selector that means just one")
    .option("-n, --lines <count>", "the newest so many lives", wholeNumber("-n", 1, 100_000), DEFAULT_LIVES)
    .option("--since <when>", "from then on: 30m, 1h, 7d, or 2026-11-21T09:00")
    .option("--words", "also the last lines that each wrote before its end")
    .addHelpText(
      "after",
      examples(
        ["fvctl history web-1/api:worker", "its last lives, oldest first"],
        ["fvctl history web-1/api:worker --since 7d -n 1000", "all of a week"],
        ["fvctl history web-1/api:worker --words -n 1", "why it ended last time"],
        ["fvctl history web-1/api:worker -o json", "for scripts"],
      ),
    )
    .action((target: string, options: Options, command) => run(command, (world) => history(world, target, options)));
};

async function history(world: World, selector: string, { lines, since, words }: Options): Promise<Exit> {
  const output = world.output("table", "json", "ndjson");
  const client = await world.client();
  const sinceMs = since === undefined ? undefined : parseMoment(since, "--since", client.nowMs());
  const events = await listHistory(client, { selector, sinceMs, count: lines * EVENTS_OF_LIFE });
  checkOne(selector, events);
  const lives = livesOf(events).slice(-lines);
  await world.print(output, lives, {
    nameOf: ({ target }) => target,
    head: LIFE_HEAD,
    rows: (items: readonly Life[]) =>
      lifeRows(items, { nowMs: client.nowMs(), colors: world.colors, words: words === true }),
  });
  return "ok";
}

/** Throws for a selector whose events are of none, or of several. */
function checkOne(selector: string, events: readonly HistoryEvent[]): void {
  const targets = new Set(
    events.flatMap(({ instance, group, name }) => (group === null ? [] : [`${instance}/${group}:${name}`])),
  );
  if (targets.size === 0) throw noMatch([selector], " in history");
  if (targets.size === 1) return;
  const named = [...targets].slice(0, 5).join(", ");
  throw new FleetError(
    "invalid-argument",
    `history is of one process, and ${selector} means ${targets.size}: ${named}${targets.size > 5 ? ", ..." : ""}`,
  );
}

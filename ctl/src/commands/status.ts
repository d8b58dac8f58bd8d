// `fvctl status`: the processes of the fleet with their states.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { InstanceList, Process, ProcessQuery } from "@fleetvisor/proto/api/v1";
import { Option } from "commander";
import { type Exit, exitOfKind, worst } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, collect, examples } from "../fleet/command.js";
import { narrow } from "../fleet/filter.js";
import type { Listing } from "../fleet/printer.js";
import { noMatch, processPages, unmatched } from "../fleet/targets.js";
import type { Frame } from "../fleet/watch.js";
import { withWatch } from "../fleet/watch-option.js";
import type { World } from "../fleet/world.js";
import { type Contacts, StatusTally, statusHead, statusRows } from "../render/status.js";

interface Options {
  readonly sort?: string;
  readonly filter: readonly string[];
  readonly watch?: number | true;
}

/** The controller's orders. */
const SORTS = ["target", "state", "since", "cpu", "memory"] as const satisfies readonly ProcessQuery["sort"][];
/** Few enough to be there at once. */
const FIRST_ROWS = 100;

export const addStatus: AddCommand = (program, run) => {
  const command = program
    .command("status")
    .description("list processes with state, pid and uptime, or why they do not run")
    .argument("[selector...]", "which processes; all of them when none is given")
    .addOption(new Option("--sort <key>", "order: state puts the worst first, cpu and memory the most").choices(SORTS))
    .option("--filter <term...>", "only those of which it holds, like state=FATAL or dc!=ams", collect, []);
  withWatch(command)
    .addHelpText(
      "after",
      examples(
        ["fvctl status", "everything"],
        ["fvctl status 'web-*/api:*'", "group api on instances whose name begins with web-"],
        ["fvctl status state=FATAL state=BACKOFF", "what is in trouble, anywhere"],
        ["fvctl status 'web-*/all' --filter state!=RUNNING", "of these only what does not run"],
        ["fvctl status --watch --sort state", "the worst first, again and again"],
        ["fvctl status role=db -o json", "for scripts: { items: [...] }"],
        ["fvctl status state=FATAL -o name | xargs fvctl restart", "restart what has given up"],
      ),
    )
    .action((selectors: string[], options: Options, command) =>
      run(command, (world) => status(world, narrow(selectors, options.filter), options)),
    );
};

async function status(world: World, selectors: readonly string[], { sort, watch }: Options): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const client = await world.client();
  if (watch !== undefined) {
    const { watch: keepDrawing } = await import("../fleet/watch.js");
    return keepDrawing(world, watch, (frame, signal) => draw(world, client, { selectors, sort, frame, signal }));
  }
  const known = output === "table" ? contactsOf(client) : Promise.resolve(new Map());
  known.catch(() => null); // it is waited for with the first page
  let contacts: Contacts = new Map();
  const printer = world.printer(
    output,
    listing(() => contacts, client, { world, sort }),
  );
  const tally = new StatusTally();
  const asked = new Set(selectors);
  const found = new Set<string>();
  for await (const { items } of processPages(client, selectors, { sort, firstRows: FIRST_ROWS })) {
    contacts = await known;
    tally.add(items);
    for (const { target } of items) if (asked.has(target) || found.size === 0) found.add(target);
    await printer.items(items);
  }
  await printer.end();
  if (output === "table" && world.io.stdoutIsTerminal && tally.count > 1) {
    await world.io.err(`${world.colors.dim(tally.summary())}\n`);
  }
  for (const line of tally.stale(contacts)) await world.note(line);
  if (tally.count === 0 && selectors.length === 0) await world.note("no instance has reported a process yet");
  const nothing = await unmatched(client, selectors, found);
  if (nothing.length === 0) return tally.exit();
  const error = noMatch(nothing);
  await world.note(error.message);
  return worst(tally.exit(), exitOfKind(error.kind));
}

function listing(
  contacts: () => Contacts,
  client: ApiClient,
  { world, sort }: { readonly world: World; readonly sort: string | undefined },
): Listing<Process> {
  return {
    nameOf: ({ target }) => target,
    head: statusHead(sort),
    rows: (items) => statusRows(items, contacts(), client.nowMs(), world.colors),
  };
}

async function contactsOf(client: ApiClient, signal?: AbortSignal): Promise<Contacts> {
  const { items } = await client.get<InstanceList>(API_PATHS.instances, {}, signal);
  return new Map(items.map((instance) => [instance.name, instance]));
}

interface Drawn {
  readonly selectors: readonly string[];
  readonly sort: string | undefined;
  readonly frame: Frame;
  readonly signal: AbortSignal;
}

/** As much of the listing as the screen holds, and how much there is. */
async function draw(world: World, client: ApiClient, { selectors, sort, frame, signal }: Drawn): Promise<string[]> {
  const { TableWriter } = await import("../render/table.js");
  const pages = processPages(client, selectors, { sort, firstRows: Math.min(1000, frame.rows), signal });
  const [{ value: page }, contacts] = await Promise.all([pages.next(), contactsOf(client, signal)]);
  const { items, total } = page ?? { items: [], total: 0 };
  const isWide = world.globals.output === "wide";
  const table = new TableWriter(statusHead(sort), { columns: frame.columns, colors: world.colors, isWide });
  const lines = table
    .rows(statusRows(items, contacts, client.nowMs(), world.colors))
    .trimEnd()
    .split("\n");
  const room = frame.rows - 2;
  return [
    ...lines.slice(0, room),
    ...(lines.length > room || total > items.length ? [world.colors.dim(`of ${total} processes`)] : []),
  ];
}

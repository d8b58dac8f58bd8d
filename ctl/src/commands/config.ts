// `fvctl avail`, `reread`: what the configuration of instances holds, and what has changed in it.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { InstanceList } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { formatTarget } from "@fleetvisor/proto/vocabulary/namespec";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { type Exit, exitOfKind, worst } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { instanceSelectors } from "../fleet/filter.js";
import type { World } from "../fleet/world.js";
import { plural } from "../render/words.js";

const ASKED_AT_ONCE = 8;

export const addConfig: AddCommand = (program, run) => {
  program
    .command("avail")
    .description("list configured processes, in use or not")
    .argument("[instance...]", "of which instances, as web-* or role=web; all of them when none is given")
    .addHelpText(
      "after",
      examples(
        ["fvctl avail web-1", "of one instance"],
        ["fvctl avail 'role=web,dc!=ams' -o json", "for scripts: target, inUse, autostart and priorities"],
      ),
    )
    .action((words: string[], _options: unknown, command) => run(command, (world) => avail(world, words)));
  program
    .command("reread")
    .description("have instances read their configuration anew and say what changed, without touching a process")
    .usage("[options] INSTANCE...")
    .argument("[instance...]", "which instances; required, and `all` is the whole fleet")
    .addHelpText(
      "after",
      examples(
        ["fvctl reread 'web-*'", "groups that are available, changed or have disappeared"],
        ["fvctl update 'web-*' --dry-run", "the next step: bring that into effect"],
      ),
    )
    .action((words: string[], _options: unknown, command) => run(command, (world) => reread(world, words)));
};

interface Configured {
  readonly target: string;
  readonly instance: string;
  readonly group: string;
  readonly name: string;
  readonly inUse: boolean;
  readonly autostart: boolean;
  readonly groupPriority: number;
  readonly priority: number;
}

async function avail(world: World, words: readonly string[]): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const printer = world.printer<Configured>(output, {
    nameOf: ({ target }) => target,
    head: ["TARGET", "USE", "AUTOSTART", "PRIORITY"],
    rows: (items) =>
      items.map(({ target, inUse, autostart, groupPriority, priority }) => [
        target,
        { text: inUse ? "in use" : "avail", ...(inUse ? {} : { paint: world.colors.yellow }) },
        autostart ? "auto" : "manual",
        `${groupPriority}:${priority}`,
      ]),
  });
  const exit = await askEach(world, words, "getAllConfigInfo", (instance, answer) =>
    printer.items(listOf(answer).map((value) => configuredOf(instance, value))),
  );
  await printer.end();
  return exit;
}

interface Changed {
  readonly instance: string;
  readonly group: string;
  readonly change: "available" | "changed" | "disappeared";
}

async function reread(world: World, words: readonly string[]): Promise<Exit> {
  if (words.length === 0) {
    throw new FleetError("invalid-argument", "reread needs an instance: say `all` if you mean the whole fleet");
  }
  const output = world.output("table", "json", "ndjson", "name");
  const printer = world.printer<Changed>(output, {
    nameOf: ({ instance, group }) => `${instance}/${group}`,
    head: ["INSTANCE", "GROUP", "CHANGE"],
    rows: (items) => items.map(({ instance, group, change }) => [instance, group, change]),
  });
  let unchanged = 0;
  const exit = await askEach(world, words, "reloadConfig", async (instance, answer) => {
    const changes = changesOf(instance, answer);
    unchanged += changes.length === 0 ? 1 : 0;
    await printer.items(changes);
  });
  await printer.end();
  if (unchanged > 0) await world.note(`no changes on ${plural(unchanged, "instance", "instances")}`);
  return exit;
}

/** Calls a method of each instance that is meant, some at a time, and hears the answers in the order of the instances. */
async function askEach(
  world: World,
  words: readonly string[],
  method: string,
  hear: (instance: string, answer: XmlRpcValue) => Promise<void>,
): Promise<Exit> {
  const client = await world.client();
  const names = await instancesOf(client, words);
  const { Gateway } = await import("../fleet/gateway.js");
  const gateway = await Gateway.open(client);
  let exit: Exit = "ok";
  for (let at = 0; at < names.length; at += ASKED_AT_ONCE) {
    const asked = names.slice(at, at + ASKED_AT_ONCE).map(async (instance) => {
      try {
        return { instance, answer: await gateway.call(instance, method), error: null };
      } catch (thrown) {
        return { instance, answer: null, error: FleetError.from(thrown) };
      }
    });
    for (const { instance, answer, error } of await Promise.all(asked)) {
      if (error === null) {
        await hear(instance, answer);
        continue;
      }
      await world.note(`${instance}: ${error.message}`);
      exit = worst(exit, exitOfKind(error.kind));
    }
  }
  return exit;
}

/** Throws `not-found` when there is none. */
async function instancesOf(client: ApiClient, words: readonly string[]): Promise<readonly string[]> {
  const selectors = instanceSelectors(words, []);
  const selector = selectors.length === 0 ? undefined : selectors.join(" ");
  const { items } = await client.get<InstanceList>(API_PATHS.instances, { selector });
  if (items.length === 0) throw new FleetError("not-found", `no instance matches ${words.join(" ") || "all"}`);
  return items.map(({ name }) => name);
}

const listOf = (value: XmlRpcValue | undefined): readonly XmlRpcValue[] => (Array.isArray(value) ? value : []);

function configuredOf(instance: string, value: XmlRpcValue): Configured {
  const info = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  const members = info as Readonly<Record<string, XmlRpcValue | undefined>>;
  const [group, name] = [String(members.group), String(members.name)];
  return {
    target: formatTarget(instance, group, name),
    instance,
    group,
    name,
    inUse: members.inuse === true,
    autostart: members.autostart === true,
    groupPriority: Number(members.group_prio),
    priority: Number(members.process_prio),
  };
}

/** Of `[[added, changed, removed]]`. */
function changesOf(instance: string, answer: XmlRpcValue): readonly Changed[] {
  const [added, changed, removed] = listOf(listOf(answer)[0]);
  const of = (names: XmlRpcValue | undefined, change: Changed["change"]) =>
    listOf(names).map((group) => ({ instance, group: String(group), change }));
  return [...of(added, "available"), ...of(changed, "changed"), ...of(removed, "disappeared")];
}

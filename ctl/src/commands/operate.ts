// `fvctl start`, `stop`, `restart`, `signal`, `clear`, and of whole instances `update`, `add`, `remove`, `reload`, `shutdown`: one order to
// many targets, a result for each.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { Operation, OperationRequest } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { operationVerb } from "@fleetvisor/proto/vocabulary/operations";
import type { Exit } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, collect, examples } from "../fleet/command.js";
import { confirm } from "../fleet/confirm.js";
import { type OperateOptions, planRequest, withOperateOptions } from "../fleet/operate-options.js";
import { runOperation, withTargets } from "../fleet/operation.js";
import { noMatch, unmatched } from "../fleet/targets.js";
import { printOperation, watchOperation } from "../fleet/watch-operation.js";
import type { World } from "../fleet/world.js";
import { progressCounts } from "../render/results.js";
import { formatSpan, plural } from "../render/words.js";

type Verb = Operation["verb"];

const MEANINGS: Readonly<Record<Verb, string>> = {
  start: "start processes and wait until each is up",
  stop: "stop processes and wait until each has ended",
  restart: "stop and start processes; the configuration is not read anew",
  signal: "send a signal to processes that run",
  clear: "empty the logs of processes",
  update: "have instances read their configuration anew, and add, remove and restart groups to match it",
  add: "take groups of the configuration, read anew, into use",
  remove: "take stopped groups out of use",
  reload: "have instances stop everything and begin anew with their configuration as it is now",
  shutdown: "stop everything on instances, then the daemon itself; nothing here starts it again",
};

/** More targets than this are asked about first. */
const FEW = 5;
/** These are asked about always. */
const GRAVE: ReadonlySet<Verb> = new Set(["reload", "shutdown"]);
const PROCESSES = "which processes; required, and `all` is the whole fleet";
const INSTANCES = "which instances: web-1, 'web-*', role=web; required, and `all` is the whole fleet";

interface Order {
  readonly verb: Verb;
  readonly selectors: readonly string[];
  readonly signal?: string;
  readonly groups?: readonly string[];
}

type Options = OperateOptions & { readonly group?: readonly string[] };

export const addOperations: AddCommand = (program, run) => {
  const command = (verb: Verb, usage: string) =>
    withOperateOptions(program.command(verb), operationVerb(verb).canWaitRunning)
      .description(MEANINGS[verb])
      .usage(`[options] ${usage}`);

  for (const verb of ["start", "stop", "restart", "clear"] as const) {
    command(verb, "SELECTOR...")
      .argument("[selector...]", PROCESSES)
      .addHelpText(
        "after",
        examples(
          [`fvctl ${verb} web-1/api:worker`, "one process of one instance"],
          [`fvctl ${verb} 'web-*/api:*' --dry-run`, "which processes that would be"],
          [`fvctl ${verb} 'role=web,dc!=ams/api:*'`, "by labels of the instances"],
          [`fvctl ${verb} db-1/all`, "all of one instance"],
          ...(operationVerb(verb).canWaitRunning
            ? [
                [
                  `fvctl ${verb} role=web --batch 10% --wait running:10s`,
                  "a tenth at a time, as long as all is well",
                ] as const,
              ]
            : []),
        ),
      )
      .action((selectors: string[], options: Options, command) =>
        run(command, (world) => operate(world, { verb, selectors }, options)),
      );
  }

  command("signal", "SIGNAL SELECTOR...")
    .argument("<signal>", "HUP, SIGHUP or a number")
    .argument("[selector...]", PROCESSES)
    .addHelpText("after", examples(["fvctl signal HUP role=web/nginx", "have nginx of every web host read its files"]))
    .action((signal: string, selectors: string[], options: Options, command) =>
      run(command, (world) => operate(world, { verb: "signal", selectors, signal }, options)),
    );

  command("update", "INSTANCE...")
    .argument("[instance...]", INSTANCES)
    .option("-g, --group <group>", "only this group; may be given often", collect, [])
    .addHelpText(
      "after",
      examples(
        ["fvctl update web-1", "as supervisorctl update does there"],
        ["fvctl update role=web --batch 1", "host by host; a broken file ends it at the first one"],
        ["fvctl update 'web-*' --group api", "one group, whatever else has changed"],
      ),
    )
    .action((selectors: string[], options: Options, command) =>
      run(command, (world) => operate(world, { verb: "update", selectors, groups: options.group ?? [] }, options)),
    );

  for (const verb of ["add", "remove"] as const) {
    command(verb, "GROUP INSTANCE...")
      .argument("<group>", "or several, with commas between")
      .argument("[instance...]", INSTANCES)
      .addHelpText("after", examples([`fvctl ${verb} api 'web-*'`, "on every host whose name begins with web-"]))
      .action((group: string, selectors: string[], options: Options, command) =>
        run(command, (world) => operate(world, { verb, selectors, groups: group.split(",") }, options)),
      );
  }

  for (const verb of ["reload", "shutdown"] as const) {
    command(verb, "INSTANCE...")
      .argument("[instance...]", INSTANCES)
      .addHelpText(
        "after",
        examples(
          [`fvctl ${verb} web-1`, "asks first, always"],
          [
            `fvctl ${verb} role=web --batch 10% --yes`,
            `a tenth at a time, each ${verb === "reload" ? "back" : "gone"} before the next`,
          ],
        ),
      )
      .action((selectors: string[], options: Options, command) =>
        run(command, (world) => operate(world, { verb, selectors }, options)),
      );
  }
};

async function operate(world: World, order: Order, options: Options): Promise<Exit> {
  const { verb, selectors, signal, groups = [] } = order;
  if (selectors.every((selector) => selector.trim() === "")) {
    const what = operationVerb(verb).on === "instance" ? "an instance" : "a selector";
    const where = signal === undefined ? "" : ` after the signal (${signal})`;
    throw new FleetError("invalid-argument", `${verb} needs ${what}${where}: say \`all\` if you mean the whole fleet`);
  }
  const output = world.output("table", "json", "ndjson", "name");
  const request: OperationRequest = {
    verb,
    selector: selectors.join(" "),
    ...planRequest(options),
    ...(signal === undefined ? {} : { signal }),
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
  };
  const client = await world.client();
  const isSure = options.yes === true;
  if (options.dryRun === true || selectors.length > 1 || !isSure) {
    const plan = await planOf(client, request, selectors);
    if (options.dryRun === true) return showPlan(world, plan);
    const isMuch = plan.targets.length > FEW || GRAVE.has(verb);
    if (isMuch && !isSure && !(await confirm(world.io, `${verb} ${reach(plan)}`))) {
      throw new FleetError("invalid-argument", "nothing was done");
    }
  }
  if (options.wait === false) {
    const sent = await client.post<Operation>(API_PATHS.operations, request).catch(refused(verb, selectors));
    if (output === "table") await world.io.out(`${sent.id}\n`);
    else await printOperation(world, await withTargets(client, sent));
    await world.note(`${verb} of ${plural(progressCounts(sent).total, "target", "targets")} is under way`);
    return "ok";
  }
  return watchOperation(
    world,
    (following) =>
      runOperation(client, request, following).catch((thrown) => {
        if (following.signal.aborted) throw thrown;
        return refused(verb, selectors)(thrown);
      }),
    "interrupted before the controller answered: whether it was begun is not known",
  );
}

/** What it would be. Throws `not-found` when any selector means nothing: then nothing at all is done. */
async function planOf(client: ApiClient, request: OperationRequest, selectors: readonly string[]): Promise<Operation> {
  const dryRun = (selector: string) =>
    client.post<Operation>(API_PATHS.operations, { ...request, selector, dryRun: true });
  const { verb } = request;
  const plan = await dryRun(request.selector).catch(refused(verb, selectors));
  if (operationVerb(verb).on === "instance") {
    if (selectors.length > 1) for (const one of selectors) await dryRun(one).catch(refused(verb, [one], true));
    return plan;
  }
  const nothing = await unmatched(client, selectors, new Set(plan.targets.map(({ target }) => target)));
  if (nothing.length === 0) return plan;
  const { kind, message } = noMatch(nothing);
  throw new FleetError(kind, selectors.length > 1 ? `${message}: nothing was done` : message);
}

/** For a refused order: `not-found` is the controller's word for nothing at all that matches. */
function refused(verb: Verb, selectors: readonly string[], amongOthers = false): (thrown: unknown) => never {
  return (thrown) => {
    if (!(thrown instanceof FleetError) || thrown.kind !== "not-found") throw thrown;
    if (operationVerb(verb).on === "process") throw noMatch(selectors);
    const message = `no instance matches ${selectors.join(" ")}`;
    throw new FleetError("not-found", amongOthers ? `${message}: nothing was done` : message);
  };
}

/** `reaches 12 processes on 3 instances`. */
function reach({ verb, targets }: Operation): string {
  const instances = plural(new Set(targets.map(({ instance }) => instance)).size, "instance", "instances");
  if (operationVerb(verb).on === "instance") return `reaches ${instances}`;
  return `reaches ${plural(targets.length, "process", "processes")} on ${instances}`;
}

async function showPlan(world: World, plan: Operation): Promise<Exit> {
  const { verb, targets, batches = 1 } = plan;
  if (world.output("table", "json", "ndjson", "name") !== "table") await printOperation(world, plan);
  else if (batches === 1) await world.io.out(targets.map(({ target }) => `${target}\n`).join(""));
  else {
    await world.print("table", targets, {
      nameOf: ({ target }) => target,
      head: ["TARGET", "BATCH"],
      rows: (rows) => rows.map(({ target, batch }) => [target, String(batch ?? 1)]),
    });
  }
  const what = reach(plan).replace("reaches", "would reach");
  await world.note(`${verb} ${what}${inBatches(plan)}; nothing was done`);
  return "ok";
}

/** ` in 10 batches with 5s between them`. */
function inBatches({ batches = 1, plan }: Operation): string {
  if (batches === 1) return "";
  const pauseMs = plan?.pauseMs ?? 0;
  return ` in ${batches} batches${pauseMs === 0 ? "" : ` with ${formatSpan(pauseMs)} between them`}`;
}

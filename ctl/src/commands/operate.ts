// `fvctl start`, `stop`, `restart`, `signal`: one order to many targets, a result for each.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { Operation, OperationRequest } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Command } from "commander";
import type { Exit } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { runOperation } from "../fleet/operation.js";
import { noMatch, unmatched } from "../fleet/targets.js";
import type { World } from "../fleet/world.js";
import { toJson } from "../render/output.js";
import { progressLine, RESULT_HEAD, resultExit, resultRows, resultSummary } from "../render/results.js";
import { plural } from "../render/words.js";

type Verb = Operation["verb"];

interface Options {
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly timeout: number;
}

const MEANINGS: Readonly<Record<Verb, string>> = {
  start: "start processes and wait until each is up",
  stop: "stop processes and wait until each has ended",
  restart: "stop and start processes; the configuration is not read anew",
  signal: "send a signal to processes that run",
  clear: "empty the logs of processes",
  update: "have instances read their configuration anew, and add, remove and restart groups to match it",
  add: "take groups of the configuration into use",
  remove: "take stopped groups out of use",
  reload: "have instances stop everything and begin anew with their configuration as it is now",
  shutdown: "stop everything, then the daemon itself; nothing here starts it again",
};

const DEFAULT_TIMEOUT_SECONDS = 60;

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 3600) return seconds;
  throw new FleetError("invalid-argument", `--timeout ${text}: whole seconds from 1 to 3600`);
}

function withOptions(command: Command): Command {
  return command
    .option("--dry-run", "show which targets it would be, and do nothing")
    .option("--no-wait", "do not wait for results; print the operation's id")
    .option(
      "--timeout <seconds>",
      "a target without a result by then is unknown; give more than its stopwaitsecs",
      parseSeconds,
      DEFAULT_TIMEOUT_SECONDS,
    );
}

export const addOperations: AddCommand = (program, run) => {
  for (const verb of ["start", "stop", "restart"] as const) {
    withOptions(program.command(verb))
      .description(MEANINGS[verb])
      .usage("[options] SELECTOR...")
      .argument("[selector...]", "which processes; required, and `all` is the whole fleet")
      .addHelpText(
        "after",
        examples(
          [`fvctl ${verb} web-1/api:worker`, "one process of one instance"],
          [`fvctl ${verb} 'web-*/api:*' --dry-run`, "which processes that would be"],
          [`fvctl ${verb} 'role=web,dc!=ams/api:*'`, "by labels of the instances"],
          [`fvctl ${verb} db-1/all`, "all of one instance"],
        ),
      )
      .action((selectors: string[], options: Options, command) =>
        run(command, (world) => operate(world, { verb, selectors, signal: null }, options)),
      );
  }
  withOptions(program.command("signal"))
    .description(MEANINGS.signal)
    .usage("[options] SIGNAL SELECTOR...")
    .argument("<signal>", "HUP, SIGHUP or a number")
    .argument("[selector...]", "which processes; required, and `all` is the whole fleet")
    .addHelpText("after", examples(["fvctl signal HUP role=web/nginx", "have nginx of every web host read its files"]))
    .action((signal: string, selectors: string[], options: Options, command) =>
      run(command, (world) => operate(world, { verb: "signal", selectors, signal }, options)),
    );
};

interface Order {
  readonly verb: Verb;
  readonly selectors: readonly string[];
  readonly signal: string | null;
}

async function operate(world: World, { verb, selectors, signal }: Order, options: Options): Promise<Exit> {
  if (selectors.every((selector) => selector.trim() === "")) {
    throw new FleetError("invalid-argument", `${verb} needs a selector: say \`all\` if you mean the whole fleet`);
  }
  const output = world.output("table", "json", "ndjson", "name");
  const client = await world.client();
  const request = { verb, selector: selectors.join(" "), ...(signal === null ? {} : { signal }) };
  if (options.dryRun === true || selectors.length > 1) {
    const plan = await planOf(client, request, selectors);
    if (options.dryRun === true) return showPlan(world, plan);
  }
  if (!options.wait) {
    const timeoutMs = options.timeout * 1000;
    const order = client.post<Operation>(API_PATHS.operations, { ...request, timeoutMs });
    const sent = await order.catch(refused(selectors));
    if (output === "table") await world.io.out(`${sent.id}\n`);
    else await printOperation(world, sent);
    await world.note(`${verb} of ${plural(sent.targets.length, "target", "targets")} is under way`);
    return "ok";
  }
  return world.io.untilInterrupted((interruption) =>
    follow(world, client, request, { ...options, selectors, interruption }),
  );
}

/** What it would be. Throws `not-found` when any selector means nothing: then nothing at all is done. */
async function planOf(client: ApiClient, request: OperationRequest, selectors: readonly string[]): Promise<Operation> {
  const plan = await client
    .post<Operation>(API_PATHS.operations, { ...request, dryRun: true })
    .catch(refused(selectors));
  const nothing = await unmatched(client, selectors, new Set(plan.targets.map(({ target }) => target)));
  if (nothing.length === 0) return plan;
  const { kind, message } = noMatch(nothing);
  throw new FleetError(kind, selectors.length > 1 ? `${message}: nothing was done` : message);
}

/** For a refused order: `not-found` is the controller's word for nothing at all that matches. */
function refused(selectors: readonly string[]): (thrown: unknown) => never {
  return (thrown) => {
    throw thrown instanceof FleetError && thrown.kind === "not-found" ? noMatch(selectors) : thrown;
  };
}

async function showPlan(world: World, plan: Operation): Promise<Exit> {
  const instances = new Set(plan.targets.map(({ instance }) => instance)).size;
  const what = `${plural(plan.targets.length, "process", "processes")} on ${plural(instances, "instance", "instances")}`;
  if (world.output("table", "json", "ndjson", "name") === "table") {
    await world.io.out(plan.targets.map(({ target }) => `${target}\n`).join(""));
  } else {
    await printOperation(world, plan);
  }
  await world.note(`${plan.verb} would reach ${what}; nothing was done`);
  return "ok";
}

interface Waiting extends Options {
  readonly selectors: readonly string[];
  readonly interruption: AbortSignal;
}

async function follow(
  world: World,
  client: ApiClient,
  request: OperationRequest,
  { timeout, selectors, interruption }: Waiting,
): Promise<Exit> {
  const { io } = world;
  let shown = "";
  const progress = async (text: string) => {
    if (io.stderrIsTerminal && text !== shown) await io.err(`\r\u001b[K${text}`);
    shown = text;
  };
  let operation: Operation;
  try {
    operation = await runOperation(client, request, {
      timeoutMs: timeout * 1000,
      isWatched: io.stderrIsTerminal,
      signal: interruption,
      onProgress: (now) => progress(progressLine(now)),
      onBroken: async (error) => {
        await progress("");
        await world.note(`${error.message}; still trying to learn the outcome`);
      },
    });
  } catch (thrown) {
    await progress("");
    if (!interruption.aborted) refused(selectors)(thrown);
    await world.note("interrupted before the controller answered: whether it was begun is not known");
    return "interrupted";
  }
  await progress("");
  await printOperation(world, operation);
  const exit = resultExit(operation);
  if (operation.state === "running") {
    const why = interruption.aborted ? "goes on without fvctl" : "is not over in the time given";
    await world.note(`operation ${operation.id} ${why}: ${resultSummary(operation)}`);
    return interruption.aborted ? "interrupted" : exit;
  }
  if (exit !== "ok") await world.note(`${request.verb}: ${resultSummary(operation)}`);
  return exit;
}

async function printOperation(world: World, operation: Operation): Promise<void> {
  const output = world.output("table", "json", "ndjson", "name");
  if (output === "json") {
    await world.io.out(toJson(operation));
    return;
  }
  await world.print(output, operation.targets, {
    nameOf: ({ target }) => target,
    head: RESULT_HEAD,
    rows: () => resultRows(operation, world.colors),
  });
}

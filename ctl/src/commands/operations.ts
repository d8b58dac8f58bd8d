// `fvctl operations`: the latest operations, one of them, watching it, and pausing, resuming or aborting it.
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Operation, OperationList } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import {
  OPERATION_CONTROLS,
  OPERATION_STATE_NAMES,
  type OperationControl,
} from "@fleetvisor/proto/vocabulary/operations";
import { Option } from "commander";
import type { Exit } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { followOperation, isOver, withTargets } from "../fleet/operation.js";
import { printOperation, tellOperation, watchOperation } from "../fleet/watch-operation.js";
import type { World } from "../fleet/world.js";
import { OPERATION_HEAD, operationFacts, operationRow } from "../render/operations.js";
import { progressLine, resultExit } from "../render/results.js";

const DEFAULT_COUNT = 20;
const MOST = 200;
const WHOLE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ID = "its id, or how that begins";

const MEANINGS: Readonly<Record<OperationControl, string>> = {
  pause: "let what is under way go on, and begin no further batch",
  resume: "go on with the next batch",
  abort: "wait for what is under way, and do nothing else of it",
};

export const addOperationList: AddCommand = (program, run) => {
  const operations = program
    .command("operations")
    .description("list, watch, pause, resume and abort what was ordered")
    .addHelpText(
      "afterAll",
      examples(
        ["fvctl operations", "the latest, with who began them and how they are"],
        ["fvctl operations list --state running", "what is under way"],
        ["fvctl operations show 3f2a", "what became of each target; the beginning of the id is enough"],
        ["fvctl operations watch 3f2a", "until it is over; Ctrl-C leaves it alone"],
        ["fvctl operations pause 3f2a", "the batch that is under way is finished, the next one waits"],
        ["fvctl operations resume 3f2a", "the next batch begins, or what is left of the pause before it"],
        ["fvctl operations abort 3f2a", "what is not ordered yet never is"],
      ),
    );
  operations
    .command("list", { isDefault: true })
    .description("the latest operations, newest first")
    .option("-n, --count <count>", "how many", parseCount, DEFAULT_COUNT)
    .addOption(new Option("--state <state>", "only those in this state").choices(OPERATION_STATE_NAMES))
    .option("-u, --user <name>", "only those of this user")
    .action((options: ListOptions, command) => run(command, (world) => list(world, options)));
  operations
    .command("show")
    .description("one operation and what became of its targets")
    .argument("<operation>", ID)
    .action((id: string, _options: unknown, command) => run(command, (world) => show(world, id)));
  operations
    .command("watch")
    .description("stay with an operation until it is over")
    .argument("<operation>", ID)
    .action((id: string, _options: unknown, command) => run(command, (world) => watch(world, id)));
  for (const control of OPERATION_CONTROLS) {
    operations
      .command(control)
      .description(MEANINGS[control])
      .argument("<operation>", ID)
      .action((id: string, _options: unknown, command) => run(command, (world) => steer(world, control, id)));
  }
};

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  throw new FleetError("invalid-argument", `--count ${text}: a whole number from 1 to ${MOST}`);
}

function latest(client: ApiClient, limit: number, filter: Omit<ListOptions, "count"> = {}): Promise<OperationList> {
  return client.get<OperationList>(API_PATHS.operations, { ...filter, limit });
}

interface ListOptions {
  readonly count: number;
  readonly state?: string;
  readonly user?: string;
}

async function list(world: World, { count, ...filter }: ListOptions): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const client = await world.client();
  const { items } = await latest(client, count, filter);
  await world.print(output, items, {
    nameOf: ({ id }) => id,
    head: OPERATION_HEAD,
    rows: (operations) => operations.map((operation) => operationRow(operation, client.nowMs(), world.colors)),
  });
  const isAny = filter.state === undefined && filter.user === undefined;
  if (items.length === 0) await world.note(isAny ? "nothing has been ordered yet" : "no operation is like that");
  return "ok";
}

/** The id that begins so. Throws `not-found`, `invalid-argument` when several do. */
async function idOf(client: ApiClient, text: string): Promise<string> {
  if (WHOLE_ID.test(text)) return text;
  const { items } = await latest(client, MOST);
  const ids = items.map(({ id }) => id).filter((id) => text !== "" && id.startsWith(text));
  const [first, second] = ids;
  if (first === undefined) throw new FleetError("not-found", `there is no operation ${text}`);
  if (second !== undefined)
    throw new FleetError("invalid-argument", `${text} begins several operations: say more of the id`);
  return first;
}

async function find(client: ApiClient, text: string): Promise<Operation> {
  return client.get<Operation>(apiPath("operation", { id: await idOf(client, text) }));
}

async function show(world: World, text: string): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const client = await world.client();
  const operation = await withTargets(client, await find(client, text));
  if (output === "table") await world.io.out(operationFacts(operation, client.nowMs()));
  await printOperation(world, operation);
  return "ok";
}

async function watch(world: World, text: string): Promise<Exit> {
  const client = await world.client();
  const found = await find(client, text);
  if (isOver(found)) return tellOperation(world, await withTargets(client, found), false);
  return watchOperation(world, (following) => followOperation(client, found, following), "interrupted");
}

async function steer(world: World, control: OperationControl, text: string): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const client = await world.client();
  const id = await idOf(client, text);
  const told = await client.post<Operation>(apiPath("operationControl", { id, control }), undefined);
  const isWholeWanted = output !== "table" || told.state === "failed";
  const operation = isWholeWanted ? await withTargets(client, told) : told;
  if (output !== "table") await printOperation(world, operation);
  await world.note(`operation ${id} is ${operation.state}: ${progressLine(operation)}`);
  return operation.state === "failed" ? resultExit(operation) : "ok";
}

// `fvctl pid`: process ids, of the supervisors themselves or of their processes.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { Instance, InstanceList, Process } from "@fleetvisor/proto/api/v1";
import { type Exit, exitOfKind } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { noMatch, processPages } from "../fleet/targets.js";
import type { World } from "../fleet/world.js";

export const addPid: AddCommand = (program, run) => {
  program
    .command("pid")
    .description("print process ids: of the supervisors without a selector, else of processes (0: it does not run)")
    .argument("[selector...]", "which processes")
    .addHelpText(
      "after",
      examples(
        ["fvctl pid", "of every supervisor of the fleet"],
        ["fvctl pid web-1/api:worker", "of one process"],
        ["fvctl pid 'web-*/all' -o json", "for scripts: target, instance and pid"],
      ),
    )
    .action((selectors: string[], _options: unknown, command) =>
      run(command, (world) => (selectors.length === 0 ? ofSupervisors(world) : ofProcesses(world, selectors))),
    );
};

async function ofSupervisors(world: World): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const { items } = await (await world.client()).get<InstanceList>(API_PATHS.instances);
  await world.print(
    output,
    items.map(({ name, pid }: Instance) => ({ instance: name, pid })),
    {
      nameOf: ({ pid }) => String(pid),
      head: ["INSTANCE", "PID"],
      rows: (shown) => shown.map(({ instance, pid }) => [instance, String(pid)]),
    },
  );
  return "ok";
}

async function ofProcesses(world: World, selectors: readonly string[]): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const printer = world.printer<{ readonly target: string; readonly instance: string; readonly pid: number }>(output, {
    nameOf: ({ pid }) => String(pid),
    head: ["TARGET", "PID"],
    rows: (shown) => shown.map(({ target, pid }) => [target, String(pid)]),
  });
  let count = 0;
  for await (const { items } of processPages(await world.client(), selectors)) {
    count += items.length;
    await printer.items(items.map(({ target, instance, pid }: Process) => ({ target, instance, pid: pid ?? 0 })));
  }
  await printer.end();
  if (count > 0) return "ok";
  const error = noMatch(selectors);
  await world.note(error.message);
  return exitOfKind(error.kind);
}

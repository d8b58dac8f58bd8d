// `fvctl maintail`: the end of a supervisor's own log, and what is written from then on.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { Instance } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";
import { wholeNumber } from "./log-options.js";

/** supervisorctl's. */
const DEFAULT_BYTES = 1600;
const MOST_BYTES = 1_048_576;

interface Options {
  readonly follow?: boolean;
  readonly bytes: number;
}

export const addMaintail: AddCommand = (program, run) => {
  program
    .command("maintail")
    .description("print the end of a supervisor's own log, and follow it with -f")
    .usage("[-f] [-BYTES] INSTANCE")
    .argument("<instance>")
    .option("-f, --follow", "the last lines and what is written, until Ctrl-C")
    .option(
      "--bytes <count>",
      "how much of the end; -BYTES for short",
      wholeNumber("--bytes", 1, MOST_BYTES),
      DEFAULT_BYTES,
    )
    .addHelpText(
      "after",
      examples(
        ["fvctl maintail web-1", `the last ${DEFAULT_BYTES} bytes`],
        ["fvctl maintail -20000 web-1", "more"],
        ["fvctl maintail -f web-1", "as it is written"],
      ),
    )
    .action((instance: string, options: Options, command) =>
      run(command, (world) => maintail(world, instance, options)),
    );
};

async function maintail(world: World, instance: string, { follow, bytes }: Options): Promise<Exit> {
  world.output("table");
  const { Gateway } = await import("../fleet/gateway.js");
  const client = await world.client();
  await client.get<Instance>(apiPath("instance", { instance })); // for its words when there is none
  const gateway = await Gateway.open(client);
  if (follow !== true) {
    const text = String(await gateway.call(instance, "readLog", -bytes, 0));
    await world.io.out(text);
    if (world.io.stdoutIsTerminal && text !== "" && !text.endsWith("\n")) await world.io.out("\n");
    return "ok";
  }
  if (world.io.stderrIsTerminal) await world.io.err("==> Press Ctrl-C to exit <==\n");
  return world.io.untilInterrupted(async (signal): Promise<Exit> => {
    try {
      for await (const text of gateway.followMainLog(instance, signal)) await world.io.out(text);
    } catch (thrown) {
      if (!signal.aborted) throw thrown instanceof FleetError ? thrown : cut(instance, thrown);
    }
    if (!signal.aborted) throw cut(instance, null);
    if (world.io.stderrIsTerminal) await world.io.err("\n");
    return "ok";
  });
}

function cut(instance: string, cause: unknown): FleetError {
  return new FleetError("unavailable", `the log of ${instance} is no longer sent: its host or the controller went`, {
    cause,
  });
}

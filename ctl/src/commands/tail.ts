// `fvctl tail`: the end of one process's log, and what is written from then on.
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { LogTail, Process, ProcessList } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Exit } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { followLog } from "../fleet/log-follow.js";
import { noMatch } from "../fleet/targets.js";
import type { World } from "../fleet/world.js";

interface Options {
  readonly follow?: boolean;
  readonly bytes: number;
}

type Channel = "stdout" | "stderr";

/** supervisorctl's. */
const DEFAULT_BYTES = 1600;
const MOST_BYTES = 1_048_576;
/** Targets named when more than one matches. */
const NAMED = 5;

function parseBytes(text: string): number {
  const bytes = Number(text);
  if (Number.isInteger(bytes) && bytes >= 0 && bytes <= MOST_BYTES) return bytes;
  throw new FleetError("invalid-argument", `${text} bytes: a whole number up to ${MOST_BYTES}`);
}

function parseChannel(text: string): Channel {
  const channel = text.toLowerCase();
  if (channel === "stdout" || channel === "stderr") return channel;
  throw new FleetError("invalid-argument", `no channel is called ${text}: stdout or stderr`);
}

export const addTail: AddCommand = (program, run) => {
  program
    .command("tail")
    .description("print the end of one process's log, and follow it with -f")
    .usage("[-f] [-BYTES] TARGET [stdout|stderr]")
    .argument("<target>", "one process: instance/group:name, or a selector that means just one")
    .argument("[channel]", "stdout or stderr", parseChannel, "stdout")
    .option("-f, --follow", "go on with what is written, until Ctrl-C")
    .option("--bytes <count>", "how much of the end to begin with; -BYTES for short", parseBytes, DEFAULT_BYTES)
    .addHelpText(
      "after",
      examples(
        ["fvctl tail web-1/api:worker", `the last ${DEFAULT_BYTES} bytes of its stdout`],
        ["fvctl tail -20000 web-1/api:worker stderr", "more, of its stderr"],
        ["fvctl tail -f web-1/api:worker", "as it is written"],
      ),
    )
    .action((target: string, channel: Channel, options: Options, command) =>
      run(command, (world) => tail(world, target, channel, options)),
    );
};

async function tail(world: World, selector: string, channel: Channel, options: Options): Promise<Exit> {
  world.output("table");
  const client = await world.client();
  const { instance, group, name } = await onlyProcess(client, selector);
  const log = { instance, group, name, channel };
  if (options.follow !== true) {
    const { text } = await client.get<LogTail>(apiPath("log", log), { tailBytes: options.bytes });
    await world.io.out(text);
    if (world.io.stdoutIsTerminal && text !== "" && !text.endsWith("\n")) await world.io.out("\n");
    return "ok";
  }
  if (world.io.stderrIsTerminal) await world.io.err("==> Press Ctrl-C to exit <==\n");
  await world.io.untilInterrupted((signal) =>
    followLog(client, log, {
      tailBytes: options.bytes,
      signal,
      hearer: {
        async text(text, skippedBytes) {
          if (skippedBytes > 0) await world.note(`skipped ${skippedBytes} bytes: read too slowly`);
          await world.io.out(text);
        },
        async broken(message) {
          await world.note(message);
          await world.note("following again as soon as that is possible; output until then is not shown");
        },
        resumed: () => void world.note("following again"),
      },
    }),
  );
  // The line that the terminal wrote ^C on.
  if (world.io.stderrIsTerminal) await world.io.err("\n");
  return "ok";
}

async function onlyProcess(client: ApiClient, selector: string): Promise<Process> {
  const query = { selector, limit: NAMED };
  const { items, total } = await client.get<ProcessList>(API_PATHS.processes, query);
  const [first] = items;
  if (first === undefined) throw noMatch([selector]);
  if (total === 1) return first;
  const names = items.map(({ target }) => target).join(", ");
  const rest = total > items.length ? ", ..." : "";
  throw new FleetError("invalid-argument", `tail shows one process, and ${selector} means ${total}: ${names}${rest}`);
}

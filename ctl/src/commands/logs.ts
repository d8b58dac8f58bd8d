// `fvctl logs`: the ends of several logs, and with -f what is written to any of them, each line with whose it is.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { LogTail, Process } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { type Exit, exitOfKind, worst } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { Source } from "../fleet/follow-logs.js";
import { fewProcesses } from "../fleet/targets.js";
import type { World } from "../fleet/world.js";
import type { LinePrinter } from "../render/log-lines.js";
import { type Channels, channelsOf, parseChannels, wholeNumber } from "./log-options.js";

interface Options {
  readonly follow?: boolean;
  readonly lines: number;
  readonly channel: Channels;
}

/** Each is a connection to the controller and a stream at an agent. */
const MOST_LOGS = 50;
const DEFAULT_LINES = 10;
const MOST_LINES = 100_000;
/** What is asked of a log for each line that is wanted. */
const LINE_BYTES = 1024;
const LEAST_BYTES = 16 * 1024;
const MOST_BYTES = 1_048_576;
const ASKED_AT_ONCE = 8;

export const addLogs: AddCommand = (program, run) => {
  program
    .command("logs")
    .description("print the last lines of several logs, and with -f what is written to any of them")
    .argument("<selector...>", `which processes; at most ${MOST_LOGS} logs`)
    .option("-f, --follow", "go on with what is written, until Ctrl-C")
    .option(
      "-n, --lines <count>",
      "how many of the last lines of each",
      wholeNumber("-n", 0, MOST_LINES),
      DEFAULT_LINES,
    )
    .option("--channel <channel>", "stdout, stderr or both", parseChannels, "stdout" as const)
    .addHelpText(
      "after",
      `
Logs carry no times, so lines of different processes stand in the order in which they came here: near to when they were
written, but not exactly. With -f processes that begin to match are followed too, and those that go are told. What is written
while a connection is broken is not shown; that it broke and is back is told.
${examples(
  ["fvctl logs 'web-*/api:*'", "the last lines of each"],
  ["fvctl logs -f 'web-*/api:*' --channel both", "as they come, errors too"],
  ["fvctl logs -f -n 0 role=web/nginx", "only what is new"],
  ["fvctl logs -f role=web/nginx -o ndjson", "for scripts: target, channel, receivedAtMs and text a line"],
)}`,
    )
    .action((selectors: string[], options: Options, command) =>
      run(command, (world) => logs(world, selectors, options)),
    );
};

async function logs(world: World, selectors: readonly string[], options: Options): Promise<Exit> {
  const output = world.output("table", "ndjson");
  const client = await world.client();
  const channels = channelsOf(options.channel);
  const most = Math.floor(MOST_LOGS / channels.length);
  const processes = await fewProcesses(client, selectors, { verb: "logs", most });
  const sourcesOf = (some: readonly Process[]) =>
    some.flatMap((process) => channels.flatMap((channel) => sourceOf(process, channel)));
  const sources = sourcesOf(processes);
  if (sources.length === 0) throw new FleetError("not-found", `${selectors.join(" ")}: no such log is kept`);
  const { LinePrinter: Printer } = await import("../render/log-lines.js");
  const printer = new Printer({
    isJson: output === "ndjson",
    colors: world.colors,
    columns: world.io.columns(),
    namesChannels: options.channel === "both",
  });
  for (const { target, channel } of sources) printer.expect(target, channel);
  if (options.follow !== true) return printTails(world, client, sources, { printer, lines: options.lines });
  const { followLogs } = await import("../fleet/follow-logs.js");
  if (world.io.stderrIsTerminal) await world.io.err("==> Press Ctrl-C to exit <==\n");
  const { lines } = options;
  const tailBytes = bytesOf(lines);
  const plan = { client, selectors, sourcesOf, printer, lines, tailBytes, most: MOST_LOGS };
  const exit = await world.io.untilInterrupted((signal) => followLogs(world, { ...plan, signal }, sources));
  if (world.io.stderrIsTerminal) await world.io.err("\n");
  return exit;
}

function sourceOf({ target, instance, group, name, hasStdoutLog, hasStderrLog }: Process, channel: Source["channel"]) {
  const isKept = channel === "stdout" ? hasStdoutLog : hasStderrLog;
  return isKept ? [{ target, instance, group, name, channel }] : [];
}

function bytesOf(lines: number): number {
  return lines === 0 ? 0 : Math.min(MOST_BYTES, Math.max(LEAST_BYTES, lines * LINE_BYTES));
}

interface Printing {
  readonly printer: LinePrinter;
  readonly lines: number;
}

/** One after the other, so that they can be told apart. */
async function printTails(
  world: World,
  client: ApiClient,
  sources: readonly Source[],
  { printer, lines }: Printing,
): Promise<Exit> {
  const tailBytes = bytesOf(lines);
  let exit: Exit = "ok";
  for (let at = 0; at < sources.length; at += ASKED_AT_ONCE) {
    const asked = sources.slice(at, at + ASKED_AT_ONCE).map(async (source) => {
      try {
        const { instance, group, name, channel } = source;
        const path = apiPath("log", { instance, group, name, channel });
        const tail = await client.get<LogTail>(path, { tailBytes });
        return { source, tail, error: null };
      } catch (thrown) {
        return { source, tail: null, error: FleetError.from(thrown) };
      }
    });
    for (const { source, tail, error } of await Promise.all(asked)) {
      if (tail === null) {
        exit = worst(exit, exitOfKind(error.kind));
        await world.note(`${source.target} ${source.channel}: ${error.message}`);
      } else {
        const isWhole = tail.bytes < tailBytes;
        await world.io.out(printer.last(source, tail.text, { count: lines, isWhole }));
      }
    }
  }
  return exit;
}

// `fvctl grep`: lines in the logs of many processes, searched where the logs are.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { LogMatch, LogSearchEnd, LogSearchInstance } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { type Exit, exitOfKind, worst } from "../exit.js";
import type { ApiClient, Query } from "../fleet/client.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { noMatch } from "../fleet/targets.js";
import type { World } from "../fleet/world.js";
import { formatBytes, parseSize, parseSpan, plural } from "../render/words.js";
import { type Channels, parseChannels, wholeNumber } from "./log-options.js";

interface Options {
  readonly ignoreCase?: boolean;
  readonly fixedStrings?: boolean;
  readonly channel: Channels;
  readonly maxCount: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly timeout: number;
}

const DEFAULT_MATCHES = 1_000;
const MOST_MATCHES = 100_000;
const DEFAULT_BYTES = 128 * 1024 * 1024;
const MOST_BYTES = 2 ** 40;
const DEFAULT_TIMEOUT_MS = 60_000;
/** Instances named that could not be searched. */
const NAMED = 10;
/** The server's sign of life comes every 15 s. */
const SILENCE_MS = 60_000;

function parseBytes(text: string): number {
  const bytes = parseSize(text, "--bytes");
  if (bytes >= 1 && bytes <= MOST_BYTES) return bytes;
  throw new FleetError("invalid-argument", `--bytes ${text}: from 1 to 1T`);
}

function parseTimeout(text: string): number {
  const ms = parseSpan(text, "--timeout");
  if (ms >= 1_000 && ms <= 600_000) return ms;
  throw new FleetError("invalid-argument", `--timeout ${text}: from 1s to 10m`);
}

export const addGrep: AddCommand = (program, run) => {
  program
    .command("grep")
    .description("find lines in current and rotated logs; the hosts search, and only what is found travels")
    .argument("<pattern>", "a JavaScript regular expression, or plain text with -F")
    .argument("<selector...>", "in the logs of which processes")
    .option("-i, --ignore-case", "upper and lower case are the same")
    .option("-F, --fixed-strings", "the pattern is plain text")
    .option("--channel <channel>", "stdout, stderr or both", parseChannels, "stdout" as const)
    .option("-m, --max-count <count>", "stop after so many lines", wholeNumber("-m", 1, MOST_MATCHES), DEFAULT_MATCHES)
    .option(
      "--bytes <size>",
      "of each log only so much of its newest, like 64K or 2G (default: 128M)",
      parseBytes,
      DEFAULT_BYTES,
    )
    .option(
      "--timeout <span>",
      "how long each host may search, like 30s (default: 1m)",
      parseTimeout,
      DEFAULT_TIMEOUT_MS,
    )
    .addHelpText(
      "after",
      `
Lines of one log come oldest first, those of several as they are found. Of a line the first 16 KiB are searched. Exit status 4:
no line was found; 5: some host could not be searched, or not to the end.
${examples(
  ["fvctl grep 'timed? out' 'web-*/api:*'", "in the logs of these processes, rotated ones included"],
  ["fvctl grep -i error role=db --channel both", "in their stderr too"],
  ["fvctl grep -F 'a[0]' web-1/all -o json", "plain text; for scripts"],
  ["fvctl grep -m 1 panic all -o name", "whether any process has it, and which came first"],
)}`,
    )
    .action((pattern: string, selectors: string[], options: Options, command) =>
      run(command, (world) => grep(world, { pattern, selectors }, options)),
    );
};

interface Asked {
  readonly pattern: string;
  readonly selectors: readonly string[];
}

async function grep(world: World, { pattern, selectors }: Asked, options: Options): Promise<Exit> {
  const output = world.output("table", "json", "ndjson", "name");
  const client = await world.client();
  const query: Query = {
    selector: selectors.join(" "),
    pattern,
    literal: options.fixedStrings === true ? "true" : undefined,
    ignoreCase: options.ignoreCase === true ? "true" : undefined,
    channel: options.channel,
    maxMatches: options.maxCount,
    newestBytes: options.bytes,
    timeoutMs: options.timeout,
  };
  const { MatchPrinter } = await import("../render/matches.js");
  const printer = new MatchPrinter(output, world.colors, { pattern, ...options, columns: world.io.columns() });
  return world.io.untilInterrupted(async (signal) => {
    const troubled: LogSearchInstance[] = [];
    const end = await search(client, query, signal, {
      match: (found) => world.io.out(printer.match(found)),
      async instance(searched) {
        if (searched.reason !== null || searched.unreadable.length > 0) troubled.push(searched);
      },
    }).catch((thrown: unknown) => {
      throw thrown instanceof FleetError && thrown.kind === "not-found" ? noMatch(selectors) : thrown;
    });
    await world.io.out(printer.end());
    if (signal.aborted) return "interrupted";
    if (end === null) throw new FleetError("unavailable", `${client.url} ended the search before it was over`);
    await tellTrouble(world, troubled);
    await tellBounds(world, end, options);
    return worst(end.matches === 0 ? "no-match" : "ok", troubled.length > 0 ? exitOfKind("unavailable") : "ok");
  });
}

interface SearchHearer {
  match(found: LogMatch): Promise<void>;
  instance(searched: LogSearchInstance): Promise<void>;
}

/** Resolves with how it ended; null when the stream broke off or was interrupted. */
async function search(
  client: ApiClient,
  query: Query,
  signal: AbortSignal,
  hearer: SearchHearer,
): Promise<LogSearchEnd | null> {
  for await (const { event, data } of client.stream(API_PATHS.logSearch, { query, signal, silenceMs: SILENCE_MS })) {
    if (event === "match") await hearer.match(JSON.parse(data) as LogMatch);
    else if (event === "instance") await hearer.instance(JSON.parse(data) as LogSearchInstance);
    else if (event === "end") return JSON.parse(data) as LogSearchEnd;
  }
  return null;
}

/** Whose logs were not searched to the end, and why. */
async function tellTrouble(world: World, troubled: readonly LogSearchInstance[]): Promise<void> {
  for (const { instance, reason, unreadable } of troubled.slice(0, NAMED)) {
    if (reason !== null) await world.note(`${instance} was not searched to the end: ${reason}`);
    for (const log of unreadable) await world.note(`${instance}/${log}`);
  }
  if (troubled.length > NAMED)
    await world.note(`${troubled.length - NAMED} more instances were not searched to the end`);
}

/** What the bounds left out. */
async function tellBounds(world: World, end: LogSearchEnd, { maxCount }: Options): Promise<void> {
  if (end.full)
    await world.note(`stopped after ${plural(maxCount, "line", "lines")}: there may be more; -m lets more through`);
  if (end.skippedBytes > 0) {
    await world.note(`${formatBytes(end.skippedBytes)} of older logs were not searched; --bytes lets more through`);
  }
  if (end.matches === 0) {
    const where = plural(end.processes, "process", "processes");
    await world.note(`no line matches in the logs of ${where} (${formatBytes(end.searchedBytes)})`);
  }
}

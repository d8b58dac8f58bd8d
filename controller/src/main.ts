// fvcontroller: command line, logging and signals around the controller.
import { fileURLToPath } from "node:url";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Command, InvalidArgumentError, Option } from "commander";
import { pino } from "pino";
import { Access } from "./access/access.js";
import { Joining } from "./access/joining.js";
import { readConfig } from "./config/config.js";
import { type ControllerConfig, flagOf, formatAddress, KEY_NAMES, KEYS } from "./config/keys.js";
import { Controller, storeOf } from "./controller.js";
import { addMaintenance, requireStore } from "./maintenance.js";
import { Authority } from "./pki/authority.js";
import type { Store } from "./store/store.js";
import { VERSION } from "./version.js";
import { lastWebAddress } from "./web-address.js";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** A stop that takes longer is cut off. */
const STOP_MS = 15_000;

const DEFAULT_URL = `http://${KEYS.http_listen.fallback}`;

// The same place beside the source and beside the bundle.
const WEB_DIR = fileURLToPath(new URL("../../web/dist", import.meta.url));

const EXAMPLES = `
Examples:
  fvcontroller                                   on this host only: http://127.0.0.1:9700, agents on port 9701
  fvcontroller -c /etc/fleetvisor/controller.conf
  fvcontroller join-token --uses 50 --ttl 3600   a token for fifty hosts, good for an hour
  fvcontroller login-link                        when the password is lost
  fvcontroller audit verify                      whether a row of the audit was changed or taken out
  fvcontroller backup /srv/backup/2026-11-21     database and keys, while the controller runs
  fvcontroller check                             whether the database is whole

The file is INI, one section [controller] with the same names as the flags (data_dir, http_listen, ...).
At the first start a link is printed that logs in once as admin.
`;

interface Flags {
  readonly config?: string;
  readonly [name: string]: unknown;
}

/** Commander's names (`dataDir`) to those of the file (`data_dir`). */
function configOf({ config, ...rest }: Flags): ControllerConfig {
  const flags = Object.entries(rest).map(([name, value]) => [
    name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
    value,
  ]);
  return readConfig(config ?? null, Object.fromEntries(flags) as Record<string, unknown>);
}

function withSettings(command: Command, names: readonly (keyof ControllerConfig)[]): Command {
  command.addOption(new Option("-c, --config <FILE>", "read settings from a file; flags win"));
  for (const key of names) {
    const { placeholder, help, fallback } = KEYS[key];
    const value = placeholder === null ? "" : ` <${placeholder}>`;
    const standard = fallback === null || fallback === "" || placeholder === null ? "" : ` (default: ${fallback})`;
    command.addOption(new Option(`${flagOf(key)}${value}`, help + standard));
  }
  return command;
}

async function run(flags: Flags): Promise<void> {
  const config = configOf(flags);
  const log = pino(
    { level: config.log_level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
  const controller = new Controller(config, WEB_DIR, log);
  const asked = new Promise<string>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve(signal));
  });
  await controller.start();
  const link = await controller.firstLoginLink();
  process.stdout.write(
    `fvcontroller ${VERSION}: web page ${controller.url}, agents ${formatAddress(controller.agentsAddress)}, data ${config.data_dir}\n` +
      (link === null ? "" : `log in once, then choose a password: ${link}\n`),
  );
  const signal = await asked;
  log.info({ signal }, "stopping");
  setTimeout(() => process.exit(EXIT_FAILED), STOP_MS).unref();
  await controller.stop();
}

/** Runs something on the data of a controller, which may be running or not. */
async function withStore(
  flags: Flags,
  use: (access: { joining: Joining; access: Access; store: Store; config: ControllerConfig }) => Promise<string>,
) {
  const config = configOf(flags);
  requireStore(config.data_dir);
  const store = storeOf(config.data_dir);
  const authority = await Authority.open(config.data_dir);
  await store.start();
  try {
    const answer = await use({ joining: new Joining(store, authority), access: new Access(store), store, config });
    process.stdout.write(`${answer}\n`);
  } finally {
    await store.stop();
  }
}

function count(maximum: number) {
  return (text: string) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > maximum) {
      throw new InvalidArgumentError(`give a whole number from 1 to ${maximum}`);
    }
    return value;
  };
}

const program = new Command("fvcontroller")
  .description("One controller over many supervisors: live fleet, history, web page and API.")
  .version(VERSION, "-v, --version")
  .addHelpText("after", EXAMPLES)
  .showHelpAfterError("(fvcontroller --help tells what there is)")
  .exitOverride();
withSettings(program, KEY_NAMES).action(run);

withSettings(
  program.command("join-token").description("print a token with which hosts join; works while the controller runs"),
  ["data_dir"],
)
  .addOption(new Option("--uses <N>", "how many hosts may join with it").default(1).argParser(count(100_000)))
  .addOption(new Option("--ttl <SECONDS>", "how long it is good").default(86_400).argParser(count(31_536_000)))
  .action((_, command: Command) => {
    const { uses, ttl, ...flags } = command.optsWithGlobals<Flags & { uses: number; ttl: number }>();
    return withStore(flags, async ({ joining }) => (await joining.newToken("console", uses, ttl * 1000)).token);
  });

withSettings(
  program.command("login-link").description("print a link that logs in once as admin; works while the controller runs"),
  ["data_dir", "public_url"],
).action((_, command: Command) =>
  withStore(command.optsWithGlobals<Flags>(), async ({ access, config }) => {
    await access.recover();
    const url = config.public_url ?? (await lastWebAddress(config.data_dir)) ?? DEFAULT_URL;
    return `${url}/login#code=${await access.newLoginCode()}`;
  }),
);

withSettings(
  program
    .command("audit")
    .description("the trail of what was done and refused")
    .command("verify")
    .description(
      "walk the whole audit and name the first row that was changed or is missing; works while the controller runs",
    ),
  ["data_dir"],
).action((_, command: Command) =>
  withStore(command.optsWithGlobals<Flags>(), async ({ store }) => {
    const { rows, head, broken } = await store.checkAudit();
    if (broken === null)
      return `audit: ${rows} rows, each follows from the one before; the last hash is ${head || "none"}`;
    throw new FleetError(
      "conflict",
      `audit: broken at row ${broken.id}: ${broken.reason}; the ${rows} rows before hold`,
    );
  }),
);

addMaintenance(
  (name, description) => withSettings(program.command(name).description(description), ["data_dir"]),
  (command) => {
    const { quick: _, ...flags } = command.optsWithGlobals<Flags>();
    return configOf(flags);
  },
);

try {
  await program.parseAsync();
} catch (thrown) {
  if (
    thrown instanceof Error &&
    "exitCode" in thrown &&
    "code" in thrown &&
    String(thrown.code).startsWith("commander.")
  ) {
    process.exitCode = thrown.exitCode === 0 ? 0 : EXIT_USAGE;
  } else {
    const error = FleetError.from(thrown);
    for (const line of error.message.split("\n")) process.stderr.write(`fvcontroller: ${line}\n`);
    if (error.kind === "internal") process.stderr.write(`${(error.cause as Error | undefined)?.stack ?? ""}\n`);
    process.exitCode = error.kind === "invalid-argument" ? EXIT_USAGE : EXIT_FAILED;
  }
}

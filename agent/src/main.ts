// fvagent: command line to configuration to daemon; signals; exit status.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Agent } from "./agent.js";
import {
  checkConfig,
  formatNotice,
  helpText,
  hostWorld,
  type LoadRequest,
  loadConfig,
  locateConfig,
  parseCommandLine,
  permissionWarnings,
  type ResolvedConfig,
  type RunCommand,
  searchWarning,
  usageError,
} from "./config/index.js";
import { type Daemon, detach, readMarker, startDaemon } from "./daemonize.js";
import { dropPrivileges, launcherOpenFiles, type Notice, raiseLimits } from "./privileges.js";
import { Libc } from "./run/libc.js";
import { giveBack } from "./run/memory.js";
import { SUPERVISOR_VERSION } from "./version.js";

const PROGRAM = process.argv[1] ?? "fvagent";
/** When the start is over, and when what came after it is: programs, logs, the link. */
const GIVE_BACK_MS = [3_000, 12_000];
/** Taken before anybody looks at the environment. */
const LAUNCHER_OPEN_FILES = launcherOpenFiles();
const SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR2"] as const;

/** supervisord's statuses: 0 a normal end, 2 a mistake of the operator's, 1 a defect. */
async function main(): Promise<number> {
  const world = hostWorld();
  const command = parseCommandLine(process.argv.slice(2), world);
  switch (command.type) {
    case "help":
      process.stdout.write(helpText("fvagent"));
      return 0;
    case "version":
      process.stdout.write(`${SUPERVISOR_VERSION}\n`);
      return 0;
    case "usage-error":
      return fail(command.message);
    case "run":
      if (command.checkOnly) {
        return checkConfig(command, PROGRAM, world, {
          out: (text) => process.stdout.write(text),
          err: (text) => process.stderr.write(text),
        });
      }
      return run(command);
  }
}

function fail(message: string): number {
  process.stderr.write(usageError(message, "fvagent"));
  return 2;
}

async function run(command: RunCommand): Promise<number> {
  const daemon = readMarker();
  const world = hostWorld();
  const located =
    command.configfile === null ? locateConfig(PROGRAM, world) : { ok: true as const, path: command.configfile };
  if (!located.ok) return fail(located.error);
  const request: LoadRequest = { configfile: located.path, overrides: command.overrides };
  const first = loadConfig(request, world);
  if (!first.ok) {
    const status = fail(first.error);
    // supervisord stops at the first; whoever mends the file wants them all, with their places.
    for (const error of first.errors) process.stderr.write(`${formatNotice(error)}\n`);
    return status;
  }
  const { config } = first;
  const launcher = daemon === null ? LAUNCHER_OPEN_FILES : daemon.launcherOpenFiles;
  if (!config.supervisord.nodaemon && daemon === null) {
    const warning = command.configfile === null ? searchWarning(world) : null;
    if (warning !== null) process.stderr.write(`${warning}\n`);
    return startDaemon(launcher);
  }
  const warnings = [...first.notices.map(formatNotice), ...permissionWarnings(config, world)];
  try {
    const dropped = dropPrivileges(config.supervisord);
    const limits = raiseLimits(config.supervisord, launcher);
    const once: Notice[] = warnings.map((text) => ({ level: "warn", text }));
    once.push(...limits.notices);
    return await supervise(config, request, daemon, limits.childOpenFiles, {
      once,
      always: dropped === null ? [] : [dropped],
    });
  } catch (error) {
    return fail(FleetError.from(error).message);
  }
}

/** Lines for the activity log that arose before there was one: of the first agent, of every agent. */
interface Notices {
  readonly once: readonly Notice[];
  readonly always: readonly Notice[];
}

/** Runs agents one after the other, a new one for each restart, until a shutdown. */
async function supervise(
  config: ResolvedConfig,
  request: LoadRequest,
  daemon: Daemon | null,
  openFiles: number,
  notices: Notices,
): Promise<number> {
  let current: Agent | null = null;
  for (const signal of SIGNALS) process.on(signal, () => current?.signalled(signal));
  // A defect in serving one client must not orphan every child; it is said loudly and supervision goes on.
  process.on("uncaughtException", (error) => current?.supervisor.log.critical(`defect: ${error.stack ?? error}`));
  let first = true;
  let hangs = false;
  const libc = new Libc();
  for (let next: ResolvedConfig | null = config; next !== null; ) {
    const { supervisord } = next;
    const agent: Agent = new Agent(next, {
      echo: supervisord.nodaemon && !supervisord.silent,
      load: () => loadConfig(request, hostWorld()),
      primaryGroup: (uid) => hostWorld().userWithId(uid)?.gid ?? uid,
      childOpenFiles: openFiles,
      notices: [...notices.always, ...(first ? notices.once : [])],
    });
    current = agent;
    await agent.start();
    if (first && daemon !== null) enterBackground(next, agent);
    agent.run();
    if (first) for (const afterMs of GIVE_BACK_MS) setTimeout(giveBack, afterMs, libc).unref();
    first = false;
    await agent.ended;
    await agent.stop();
    hangs ||= agent.hangs;
    // Read at the very end: who is told to end while it is about to begin anew, ends.
    next = agent.ending?.type === "restart" ? agent.ending.config : null;
  }
  // An end in order would wait for every thread, and one for a disk that may never answer.
  if (hangs) libc.exit(0);
  return 0;
}

function enterBackground({ supervisord }: ResolvedConfig, agent: Agent): void {
  const { log } = agent.supervisor;
  log.info("daemonizing the supervisord process");
  if (supervisord.directory !== null) {
    try {
      process.chdir(supervisord.directory);
      log.info(`set current directory: '${supervisord.directory}'`);
    } catch (error) {
      const errno = error instanceof Error && "errno" in error ? -Number(error.errno) : 0;
      const reason = `[Errno ${errno}] ${new Libc().textOf(errno)}: '${supervisord.directory}'`;
      log.critical(`can't chdir into '${supervisord.directory}': ${reason}`);
    }
  }
  detach();
  process.umask(supervisord.umask);
}

main().then(
  (status) => process.exit(status),
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);

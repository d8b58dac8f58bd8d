// The command line of fvagent: supervisord's options to the letter, and the configuration check.
//
// One letter differs. supervisord's `-t` is short for `--strip_ansi`; here `-t` is the check, as it is for most daemons, unless it
// stands with `-n`, with which a check makes no sense: a unit or a container that runs supervisord so runs this the same way.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { getopt, type OptionForm } from "./getopt.js";
import { SUPERVISORD } from "./options.js";
import { repr, reprList } from "./python-text.js";
import type { Overrides } from "./supervisord-section.js";
import type { World } from "./world.js";

export interface RunCommand {
  readonly type: "run";
  /** As given; null to search for it. */
  readonly configfile: string | null;
  readonly overrides: Overrides;
  /** `-t`: check the configuration and exit. */
  readonly checkOnly: boolean;
  /** `--json`, which needs `-t`. */
  readonly json: boolean;
}

export type Command =
  | RunCommand
  | { readonly type: "help" }
  | { readonly type: "version" }
  | { readonly type: "usage-error"; readonly message: string };

interface Flag extends OptionForm {
  /** What it sets: an option of `[supervisord]`, or a name of our own. */
  readonly sets: keyof Overrides | "configuration" | "help" | "version" | "check" | "json" | "profile_options";
  readonly value: string | null;
  readonly doc: string;
}

function flag(
  short: string | null,
  long: string | null,
  sets: Flag["sets"],
  doc: string,
  value: string | null = null,
): Flag {
  return { short, long, sets, doc, value, takesValue: value !== null };
}

/** In the order of the help text. */
const FLAGS: readonly Flag[] = [
  flag(
    "c",
    "configuration",
    "configuration",
    "configuration file; looked for in the usual places when left out",
    "FILE",
  ),
  flag("t", "test", "check", "check the configuration, print every error with file and line, and exit"),
  flag(null, "json", "json", "with -t, print what the configuration means as JSON"),
  flag("n", "nodaemon", "nodaemon", "stay in the foreground"),
  flag("s", "silent", "silent", "no copy of the log on standard output"),
  flag("h", "help", "help", "print this text and exit"),
  flag("?", null, "help", "the same"),
  flag("v", "version", "version", "print the version of supervisord that this behaves as, and exit"),
  flag("u", "user", "user", "run as this user, by name or number", "USER"),
  flag("m", "umask", "umask", "file mode creation mask of the daemon, octal (022)", "UMASK"),
  flag("d", "directory", "directory", "change to this directory when daemonizing", "DIR"),
  flag("l", "logfile", "logfile", "write the activity log here", "FILE"),
  flag("y", "logfile_maxbytes", "logfile_maxbytes", "rotate that log at this size, as 50MB; 0 for never", "SIZE"),
  flag("z", "logfile_backups", "logfile_backups", "keep so many rotated logs", "NUMBER"),
  flag("e", "loglevel", "loglevel", "critical, error, warn, info, debug, trace or blather", "LEVEL"),
  flag("j", "pidfile", "pidfile", "write the process id here", "FILE"),
  flag("i", "identifier", "identifier", "name of this supervisor for clients and listeners", "NAME"),
  flag("q", "childlogdir", "childlogdir", "directory of child logs that have no name of their own", "DIR"),
  flag("k", "nocleanup", "nocleanup", "keep such child logs of earlier runs"),
  flag("a", "minfds", "minfds", "refuse to start with fewer file descriptors", "NUMBER"),
  flag(null, "minprocs", "minprocs", "refuse to start with fewer processes", "NUMBER"),
  flag(null, "strip_ansi", "strip_ansi", "remove terminal escape sequences from child logs (supervisord's -t)"),
  flag(null, "profile_options", "profile_options", "accepted and without effect", "LIST"),
];

/** Reads the words after the program's name. The first error wins; `-h` and `-v` act where they stand. */
export function parseCommandLine(argv: readonly string[], world: World): Command {
  const cut = getopt(argv, FLAGS);
  if (!cut.ok) return { type: "usage-error", message: cut.error };
  if (cut.rest.length > 0) {
    return { type: "usage-error", message: `positional arguments are not supported: ${reprList(cut.rest)}` };
  }
  const set = new Map<Flag["sets"], unknown>();
  /** `-t` was written, not `--test`. */
  let isShort = false;
  for (const { flag: written, value } of cut.options) {
    const { sets } = FLAGS.find(({ short, long }) => written === `-${short}` || written === `--${long}`) ?? {
      sets: "help",
    };
    if (sets === "help" || sets === "version") return { type: sets };
    let parsed: unknown = true;
    try {
      parsed = parseValue(sets, value, world);
    } catch (thrown) {
      const why = FleetError.from(thrown).message;
      return { type: "usage-error", message: `invalid value for ${written} ${repr(value)}: ${why}` };
    }
    if (set.has(sets)) return { type: "usage-error", message: `conflicting command line option ${repr(written)}` };
    set.set(sets, parsed);
    if (written === "-t") isShort = true;
  }
  if (isShort && set.has("nodaemon") && set.delete("check")) {
    if (set.has("strip_ansi")) return { type: "usage-error", message: "conflicting command line option '-t'" };
    set.set("strip_ansi", true);
  }
  const checkOnly = set.has("check");
  const json = set.has("json");
  if (json && !checkOnly) return { type: "usage-error", message: "option --json is only for use with -t" };
  const configuration = set.get("configuration");
  return {
    type: "run",
    configfile: typeof configuration === "string" ? configuration : null,
    overrides: Object.fromEntries([...set].filter(([name]) => Object.hasOwn(SUPERVISORD, name))),
    checkOnly,
    json,
  };
}

/** True for a flag, else the value under the type that the option has in the file. */
function parseValue(sets: Flag["sets"], value: string, world: World): unknown {
  if (!FLAGS.some((each) => each.sets === sets && each.takesValue)) return true;
  if (sets in SUPERVISORD) return SUPERVISORD[sets as keyof Overrides].type.parse(value, world);
  return value;
}

/** `Error: …` and where to find help, as supervisord prints it on standard error before it exits with 2. */
export function usageError(message: string, program: string): string {
  return `Error: ${message}\nFor help, use ${program} -h\n`;
}

/** What `-h` prints. */
export function helpText(program: string): string {
  const rows = FLAGS.filter(({ long }) => long !== null).map(({ short, long, value, doc }) => {
    const names = short === null ? `    --${long}` : `-${short}, --${long}`;
    return `  ${`${names}${value === null ? "" : ` ${value}`}`.padEnd(32)}${doc}\n`;
  });
  return `fvagent -- run a set of applications as daemons.

Usage: ${program} [options]

It reads supervisord's configuration, takes its options and answers its clients (supervisorctl, XML-RPC), so
it can stand in for supervisord and be replaced by it. One letter differs: -t checks the configuration,
but with -n it is supervisord's, --strip_ansi.

Examples:
  ${program} -n -c FILE             run in the foreground, with a copy of the log on standard output
  ${program} -c FILE                run in the background
  ${program} -t -c FILE             say whether FILE can be used, and everything that is wrong with it
  supervisorctl -c FILE status    see and control what runs

Options:
${rows.join("")}
Without -c the first of these is used: ../etc/supervisord.conf and ../supervisord.conf beside the program,
supervisord.conf, etc/supervisord.conf, /etc/supervisord.conf, /etc/supervisor/supervisord.conf.
A section [fleetvisor] with controller = HOST:PORT adds the host to a fleet; without it nothing is dialled.

Signals: SIGTERM, SIGINT, SIGQUIT stop every program, then the agent; SIGHUP stops every program and begins
anew with the configuration as it is then; SIGUSR2 opens the log files again.

Exit status: 0 after a normal end, 2 for a wrong option, a configuration that cannot be used or an address
that is taken.
`;
}

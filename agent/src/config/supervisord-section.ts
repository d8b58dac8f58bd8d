// The `[supervisord]` section, and the options of the command line that win over it
// (supervisor 4.2.5 options.py, ServerOptions.read_config and realize).
import { ENVIRONMENT } from "./datatypes.js";
import { Names } from "./expand.js";
import { SUPERVISORD } from "./options.js";
import { resolvePath } from "./paths.js";
import { NOWHERE, type Reading, SectionReader, type Values } from "./reading.js";
import { LOG_LEVELS, type SupervisordConfig } from "./resolved.js";
import { SYSLOG, USER } from "./world-types.js";

export interface SupervisordSection {
  readonly options: Values<typeof SUPERVISORD>;
  readonly environment: ReadonlyMap<string, string>;
}

/** What the command line said; an absent option is left to the file. Paths have `~` expanded and no more. */
export type Overrides = Partial<Omit<Values<typeof SUPERVISORD>, "environment">>;

/** Reads the section and makes its environment known to what is read after it. */
export function readSupervisordSection(reading: Reading): SupervisordSection {
  const { ini, world, here, environ } = reading;
  if (!ini.sections.has("supervisord")) {
    const place = { ...NOWHERE, file: reading.configfile };
    reading.fail(place, ".ini file does not include supervisord section");
  }
  const names = new Map([["here", here]]);
  const withHost = new Map([
    ["here", here],
    ["host_node_name", world.hostname],
  ]);
  const reader = new SectionReader(
    reading,
    "supervisord",
    new Names(environ, names),
    false,
    new Names(withHost, environ),
  );
  const { environment: option, ...rest } = SUPERVISORD;
  const others = reader.all(rest);
  const before = reading.errors.length;
  const text = reader.get("environment", option);
  const environment = reader.attempt("environment", () => ENVIRONMENT.parse(text, world)) ?? new Map();
  if (reading.errors.length > before) reading.environIsPartial = true;
  for (const [name, value] of environment) environ.set(`ENV_${name}`, value);
  return { options: { ...others, environment: text }, environment };
}

/** The section with the command line laid over it; notes a user who does not exist. */
export function resolveSupervisord(
  reading: Reading,
  section: SupervisordSection,
  overrides: Overrides,
  serverurl: string | null,
): SupervisordConfig {
  const { world } = reading;
  const { environment: _, childlogdir, ...options } = { ...section.options, ...overrides };
  const { user, logfile, loglevel, pidfile } = options;
  const reader = new SectionReader(reading, "supervisord", new Names());
  const uid = user === null ? null : reader.attempt("user", () => USER.parse(user, world).uid);
  return {
    ...options,
    uid,
    gid: uid === null ? null : (world.userWithId(uid)?.gid ?? null),
    logfile: logfile === SYSLOG ? logfile : resolvePath(logfile, world),
    loglevel: LOG_LEVELS[loglevel],
    loglevel_name: loglevel,
    pidfile: resolvePath(pidfile, world),
    childlogdir: childlogdir ?? world.tempDir,
    environment: Object.fromEntries(section.environment),
    serverurl,
  };
}

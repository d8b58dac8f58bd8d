// From the files of a configuration to a resolved one, or to everything that is wrong with it. Reads in supervisord's
// order, so that the first error is the one that supervisord stops at; pure but for the `World` it is given.
import { readFleetvisorSection } from "./fleetvisor-section.js";
import { readGroups } from "./groups.js";
import type { Ini } from "./ini.js";
import { noticesOf } from "./notices.js";
import { readRpcInterfaces } from "./plugins.js";
import type { ConfigError, LoadResult, Notice } from "./resolved.js";
import { readServers, serverUrl } from "./servers.js";
import { readSources } from "./sources.js";
import { type Overrides, readSupervisordSection, resolveSupervisord } from "./supervisord-section.js";
import type { World } from "./world.js";

export interface LoadRequest {
  /** Path of the main file; relative to `World.cwd`. */
  readonly configfile: string;
  /** What the command line said. */
  readonly overrides: Overrides;
}

/** May be called any number of times. Never throws, whatever the files hold. */
export function loadConfig(request: LoadRequest, world: World): LoadResult {
  const { reading, files, usable } = readSources(request.configfile, world);
  if (!usable) return failed(reading.errors, []);
  const section = readSupervisordSection(reading);
  const rpcinterfaces = readRpcInterfaces(reading);
  const groups = readGroups(reading, section.environment);
  const servers = readServers(reading);
  const supervisord = resolveSupervisord(reading, section, request.overrides, serverUrl(servers));
  const fleetvisor = readFleetvisorSection(reading);
  // A misspelt option is often why another one is missing.
  if (reading.errors.length > 0) return failed(reading.errors, noticesOf(reading.ini, []));
  const secrets = filesWithPasswords(reading.ini);
  return {
    ok: true,
    notices: noticesOf(reading.ini, groups),
    config: {
      configfile: request.configfile,
      here: reading.here,
      files: files.map((path) => ({ path, holdsPassword: secrets.has(path) })),
      supervisord,
      http_servers: servers,
      rpcinterfaces,
      groups,
      // supervisord has the list and, in this version, nothing that goes into it.
      criticals: [],
      warnings: reading.warnings,
      infos: reading.infos,
      fleetvisor,
    },
  };
}

function failed(errors: readonly ConfigError[], notices: readonly Notice[]): LoadResult {
  return { ok: false, error: errors[0]?.message ?? "", errors, notices };
}

function filesWithPasswords(ini: Ini): ReadonlySet<string> {
  const passwords = [...ini.sections.values()].flatMap(({ options }) => options.get("password") ?? []);
  return new Set(passwords.map(({ file }) => file));
}

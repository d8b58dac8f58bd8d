// Reads the [supervisorctl] section of a supervisord.conf (supervisor-compat.md 1.1, 1.2, 1.4); nothing else in it matters here.
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { readSections } from "./dialect.js";
import { expandValue } from "./expand.js";

/** What [supervisorctl] says; null where it says nothing. `serverUrl` has its default. */
export interface CtlSection {
  readonly serverUrl: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly prompt: string;
  readonly historyFile: string | null;
  /** Names of the [ctlplugin:x] sections. */
  readonly plugins: readonly string[];
}

export const DEFAULT_SECTION: CtlSection = {
  serverUrl: "http://localhost:9001",
  username: null,
  password: null,
  prompt: "supervisor",
  historyFile: null,
  plugins: [],
};

/** The config cannot be used; the message is supervisorctl's own where it has one. */
export class ConfigError extends Error {}

type Env = Readonly<Record<string, string | undefined>>;

/** The file used without `-c`, or null: the places beside the executable, below the working directory, below /etc (1.2). */
export function findConfigFile(executable: string): string | null {
  const prefix = dirname(dirname(executable));
  const places = [
    join(prefix, "etc/supervisord.conf"),
    join(prefix, "supervisord.conf"),
    "supervisord.conf",
    "etc/supervisord.conf",
    "/etc/supervisord.conf",
    "/etc/supervisor/supervisord.conf",
  ];
  return places.find((place) => existsSync(place)) ?? null;
}

function readConfigText(file: string): string {
  if (!existsSync(file)) throw new ConfigError(`could not find config file ${file}`);
  try {
    accessSync(file, constants.R_OK);
    if (statSync(file).isDirectory()) throw new Error("a directory");
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw new ConfigError(`config file ${file} is not UTF-8 text`);
    throw new ConfigError(`could not read config file ${file}`);
  }
}

function absolutePath(path: string): string {
  return resolve(path.replace(/^~(?=\/|$)/, homedir()));
}

/** Reads the file. Throws ConfigError. */
export function readCtlConfig(file: string, env: Env): CtlSection {
  return parseCtlSection(readConfigText(file), file, env);
}

/** The section out of the text of `file`. Throws ConfigError. */
function parseCtlSection(text: string, file: string, env: Env): CtlSection {
  const { sections, error } = readSections(text, file);
  if (error !== null) throw new ConfigError(error);
  const own = sections.get("supervisorctl");
  if (own === undefined) throw new ConfigError(".ini file does not include supervisorctl section");
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) if (value !== undefined) names.set(`ENV_${name}`, value);
  const withHere = new Map(names).set("here", dirname(resolve(file)));
  const option = (key: string, available: ReadonlyMap<string, string>): string | null => {
    const value = own.get(key) ?? sections.get("DEFAULT")?.get(key);
    if (value === undefined) return null;
    const expanded = expandValue(value, available, `supervisorctl.${key}`);
    if (!expanded.ok) throw new ConfigError(expanded.error);
    return expanded.text;
  };
  const url = option("serverurl", withHere) ?? DEFAULT_SECTION.serverUrl;
  const history = option("history_file", withHere);
  return {
    serverUrl: url.startsWith("unix://") ? `unix://${absolutePath(url.slice("unix://".length))}` : url,
    username: option("username", names),
    password: option("password", names),
    prompt: option("prompt", names) ?? DEFAULT_SECTION.prompt,
    historyFile: history === null || history === "" ? null : absolutePath(history),
    plugins: [...sections.keys()].filter((name) => name.startsWith("ctlplugin:")),
  };
}

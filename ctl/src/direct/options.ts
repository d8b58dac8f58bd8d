// supervisorctl's own options (supervisor-compat.md 7.1): command line over [supervisorctl] over defaults.
import { ConfigError, type CtlSection, DEFAULT_SECTION, findConfigFile, readCtlConfig } from "./config.js";
import { GetoptError, getopt } from "./getopt.js";
import { repr } from "./python.js";
import type { Server } from "./rpc.js";

export interface DirectOptions {
  readonly server: Server;
  /** No action, or `-i`: confirmations and passwords may be asked for. */
  readonly interactive: boolean;
  readonly prompt: string;
  readonly historyFile: string | null;
  /** Sections of plugins in Python, which are left out. */
  readonly plugins: readonly string[];
  /** Neither a file nor a server was named: they are what was found. */
  readonly isFound: boolean;
  /** The one command to run; none means the shell. */
  readonly words: readonly string[];
}

/** The command line or the config is wrong; said on stderr, exit status 2. */
export class UsageError extends Error {}

/** Short and long spelling of each option, and what it sets; null for a plain flag. */
const OPTIONS = [
  { short: "h", long: "help", sets: null },
  { short: "?", long: null, sets: null },
  { short: "c:", long: "configuration=", sets: "configFile" },
  { short: "i", long: "interactive", sets: "interactive" },
  { short: "s:", long: "serverurl=", sets: "serverUrl" },
  { short: "u:", long: "username=", sets: "username" },
  { short: "p:", long: "password=", sets: "password" },
  { short: "r:", long: "history_file=", sets: "historyFile" },
] as const;

type Setting = Exclude<(typeof OPTIONS)[number]["sets"], null>;

const SHORT = OPTIONS.map(({ short }) => short).join("");
const LONG = OPTIONS.flatMap(({ long }) => (long === null ? [] : [long]));

function settingOf(option: string): Setting | null {
  const name = option.replace(/^--?/, "");
  const known = OPTIONS.find(({ short, long }) => short[0] === name || long?.replace("=", "") === name);
  return known?.sets ?? null;
}

/** Options by name and the words after them, or `"help"` when that was asked for first. Throws UsageError. */
function parseDirectArgs(
  args: readonly string[],
): "help" | { given: Partial<Record<Setting, string>>; words: string[] } {
  try {
    const { options, words } = getopt(args, SHORT, LONG);
    const given: Partial<Record<Setting, string>> = {};
    for (const { option, value } of options) {
      const setting = settingOf(option);
      if (setting === null) return "help";
      if (setting === "serverUrl" && !/^[a-z][a-z0-9+.-]*:.+/i.test(value)) {
        throw new UsageError(`invalid value for ${option} ${repr(value)}: value ${repr(value)} is not a URL`);
      }
      if (given[setting] !== undefined) throw new UsageError(`conflicting command line option ${repr(option)}`);
      given[setting] = value;
    }
    return { given, words };
  } catch (error) {
    if (error instanceof GetoptError) throw new UsageError(error.message);
    throw error;
  }
}

/** What is asked for, with the config file read; `executable` is what the search path begins at. Throws UsageError. */
export function directOptions(
  args: readonly string[],
  executable: string,
  env: Readonly<Record<string, string | undefined>>,
): DirectOptions | "help" {
  const parsed = parseDirectArgs(args);
  if (parsed === "help") return "help";
  const { given, words } = parsed;
  const file = given.configFile ?? findConfigFile(executable);
  let section: CtlSection = DEFAULT_SECTION;
  try {
    if (file !== null) section = readCtlConfig(file, env);
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
  return {
    server: {
      url: given.serverUrl ?? section.serverUrl,
      username: given.username ?? section.username,
      password: given.password ?? section.password,
    },
    interactive: given.interactive !== undefined || words.length === 0,
    prompt: section.prompt,
    historyFile: given.historyFile ?? section.historyFile,
    plugins: section.plugins,
    isFound: given.configFile === undefined && given.serverUrl === undefined,
    words,
  };
}

// From a configured command to the file to execute: splitting and the checks supervisord makes before it forks.
import { accessSync, constants, type Stats, statSync } from "node:fs";
import { delimiter } from "node:path";
import { splitCommand } from "../config/command-words.js";
import { repr } from "../config/python-text.js";
import { SpawnError } from "./ports.js";

export interface Command {
  readonly file: string;
  readonly argv: readonly string[];
}

const DEFAULT_PATH = "/bin:/usr/bin:/usr/local/bin";

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/**
 * Finds the file of a command along `searchPath` (the first that exists, executable or not) and checks it.
 * A word with a slash is used as it is, relative to the daemon's directory. Throws SpawnError with supervisord's
 * words (supervisor 4.x process.py, get_execv_args; options.py, check_execv_args).
 */
export function resolveCommand(command: string, searchPath: string | undefined): Command {
  let argv: string[];
  try {
    argv = splitCommand(command);
  } catch (error) {
    throw new SpawnError(
      `can't parse command ${repr(command)}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const word = argv[0];
  if (word === undefined) throw new SpawnError("command is empty");
  const candidates = word.includes("/")
    ? [word]
    : (searchPath ?? DEFAULT_PATH).split(delimiter).map((entry) => entryPath(entry, word));
  for (const file of candidates) {
    const stats = statOrNull(file);
    if (stats === null) continue;
    check(file, stats);
    return { file, argv };
  }
  throw new SpawnError(`can't find command ${repr(word)}`, true);
}

/** As Python joins them: what is a link is for the system to follow, `..` after one too. */
function entryPath(entry: string, word: string): string {
  return entry === "" || entry.endsWith("/") ? `${entry}${word}` : `${entry}/${word}`;
}

function check(file: string, stats: Stats): void {
  if (stats.isDirectory()) throw new SpawnError(`command at ${repr(file)} is a directory`);
  if ((stats.mode & 0o111) === 0) throw new SpawnError(`command at ${repr(file)} is not executable`);
  try {
    accessSync(file, constants.X_OK);
  } catch {
    throw new SpawnError(`no permission to run command ${repr(file)}`);
  }
}

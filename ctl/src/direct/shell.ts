// The interactive shell of direct mode: prompt, the same commands, completion, history (supervisor-compat.md 7.2).
import { readFileSync, writeFileSync } from "node:fs";
import type { Io } from "../io.js";
import { processAsker } from "../terminal.js";
import { toList, toProcessInfo } from "./answers.js";
import { COMMANDS } from "./commands/all.js";
import { Ctl } from "./ctl.js";
import type { DirectOptions } from "./options.js";

const HISTORY_LINES = 1000;

function readHistory(file: string | null): string[] {
  if (file === null) return [];
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .reverse();
  } catch {
    return []; // not there yet
  }
}

function saveHistory(file: string, newestFirst: readonly string[]): void {
  try {
    writeFileSync(
      file,
      [...newestFirst]
        .reverse()
        .map((line) => `${line}\n`)
        .join(""),
      { mode: 0o600 },
    );
  } catch {
    // A history that cannot be kept must not spoil the session.
  }
}

/** Names that the word under the cursor may become. `line` is all before the cursor. */
export async function completions(ctl: Ctl, line: string): Promise<string[]> {
  const words = line.split(/\s+/);
  const last = words.at(-1) ?? "";
  const [first = ""] = words;
  let names: string[] = [];
  const kind = words.length === 1 ? "commands" : ctl.commands.get(first)?.completes;
  if (kind === "commands") {
    names = [...ctl.commands].filter(([, { help }]) => help.length > 0).map(([name]) => name);
  } else if (kind !== undefined) {
    const infos = toList(await ctl.call("getAllProcessInfo")).map(toProcessInfo);
    names = infos.flatMap(({ group, name }) => {
      if (kind === "groups") return [group];
      return last.includes(":") || name !== group ? [`${group}:${name}`, `${group}:*`] : [name];
    });
  }
  return [...new Set(names)].filter((name) => name.startsWith(last)).map((name) => `${name} `);
}

/** Runs `status`, then lines until `quit` or the end of input. The exit status of a shell is always 0. */
export async function runShell(io: Io, options: DirectOptions): Promise<void> {
  const { historyFile } = options;
  const asker = processAsker(process.stdout, {
    complete: (line) => completions(ctl, line),
    history: readHistory(historyFile),
    historyLines: HISTORY_LINES,
  });
  const ctl = new Ctl(io, COMMANDS, options.server, asker);
  try {
    let isDone = await ctl.runLine("status");
    while (!isDone) isDone = await ctl.runLine((await asker.askLine(`${options.prompt}> `)) ?? "EOF");
  } finally {
    asker.close();
    if (historyFile !== null) saveHistory(historyFile, asker.history());
  }
}

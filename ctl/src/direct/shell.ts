// The interactive shell of direct mode: prompt, the same commands, completion, history (supervisor-compat.md 7.2).
import { readFileSync, writeFileSync } from "node:fs";
import { Interrupted } from "../interrupted.js";
import type { Io } from "../io.js";
import { processAsker } from "../terminal.js";
import { type ProcessInfo, toList, toProcessInfo } from "./answers.js";
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

function processWords(infos: readonly ProcessInfo[], typed: string): string[] {
  return infos.flatMap(({ group, name }) =>
    typed.includes(":") || name !== group ? [`${group}:${name}`, `${group}:*`] : [name],
  );
}

/** Words that the one under the cursor may become, each with a space after it. `line` is all before the cursor. */
async function candidates(
  commands: Ctl["commands"],
  line: string,
  infos: () => Promise<readonly ProcessInfo[]>,
): Promise<string[]> {
  const words = line.trimStart().split(/\s+/);
  const typed = words.at(-1) ?? "";
  const kind = words.length === 1 ? "commands" : commands.get(words[0] ?? "")?.completes;
  let names: readonly string[] = [];
  if (kind === "commands") names = [...commands].filter(([, { help }]) => help.length > 0).map(([name]) => name);
  else if (kind === "groups") names = (await infos()).map(({ group }) => group);
  else if (kind === "processes") names = processWords(await infos(), typed);
  return names.filter((name) => name.startsWith(typed)).map((name) => `${name} `);
}

/** Runs a line; Ctrl-C leaves it unfinished and rejects with Interrupted. */
function runInterruptibly(ctl: Ctl, line: string): Promise<boolean> {
  return ctl.io.untilInterrupted((signal) => {
    const interrupted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => {
        ctl.abandon();
        reject(new Interrupted());
      });
    });
    return Promise.race([ctl.runLine(line), interrupted]);
  });
}

/** Runs `status`, then lines until `quit`, the end of input or Ctrl-C. The exit status of a shell is always 0. */
export async function runShell(io: Io, options: DirectOptions): Promise<void> {
  const { historyFile } = options;
  // Asked once between two commands, however often Tab is pressed.
  let known: readonly ProcessInfo[] | null = null;
  const infos = async () => {
    try {
      known ??= toList(await ctl.call("getAllProcessInfo")).map(toProcessInfo);
      return known;
    } finally {
      ctl.disconnect();
    }
  };
  const asker = processAsker(process.stdout, {
    candidates: (line) => candidates(COMMANDS, line, infos),
    history: readHistory(historyFile),
    historyLines: HISTORY_LINES,
  });
  const ctl = new Ctl(io, COMMANDS, options, asker);
  try {
    let isDone = await runInterruptibly(ctl, "status");
    while (!isDone) {
      const line = (await asker.askLine(`${options.prompt}> `)) ?? "EOF";
      known = null;
      isDone = await runInterruptibly(ctl, line);
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    await io.out("\n");
  } finally {
    asker.close();
    if (historyFile !== null) saveHistory(historyFile, asker.history());
  }
}

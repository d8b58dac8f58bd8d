// Direct mode: one supervisorctl command or a shell against one server. Answers the process's exit status.
import type { Io } from "../io.js";
import { COMMANDS } from "./commands/all.js";
import { Ctl } from "./ctl.js";
import { CTL_EXIT } from "./exit.js";
import { directOptions, UsageError } from "./options.js";

/** Runs `args` (without node and script); `executable` is where the config search begins. Answers `"help"` when asked for it. */
export async function runDirect(io: Io, args: readonly string[], executable: string): Promise<number | "help"> {
  try {
    const options = directOptions(args, executable, io.env);
    if (options === "help") return "help";
    const { words, interactive, server } = options;
    if (words.length === 0) {
      const { runShell } = await import("./shell.js");
      await runShell(io, options);
      return CTL_EXIT.ok;
    }
    if (!interactive) return await runOne(new Ctl(io, COMMANDS, server, null), words);
    const { processAsker } = await import("../terminal.js");
    const asker = processAsker(process.stdout);
    try {
      return await runOne(new Ctl(io, COMMANDS, server, asker), words);
    } finally {
      asker.close();
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await io.err(`Error: ${error.message}\nFor help, use fvctl -h\n`);
    return CTL_EXIT.badUsage;
  }
}

async function runOne(ctl: Ctl, words: readonly string[]): Promise<number> {
  await ctl.runLine(words.join(" "));
  return ctl.exitStatus;
}

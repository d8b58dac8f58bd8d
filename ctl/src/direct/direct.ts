// Direct mode: one supervisorctl command or a shell against one server. Answers the process's exit status.
import type { Io } from "../io.js";
import { COMMANDS } from "./commands/all.js";
import { Ctl } from "./ctl.js";
import { CTL_EXIT } from "./exit.js";
import { type DirectOptions, directOptions, UsageError } from "./options.js";

/** Runs `args` (without node and script); `executable` is where the config search begins. Answers `"help"` when asked for it. */
export async function runDirect(io: Io, args: readonly string[], executable: string): Promise<number | "help"> {
  try {
    const options = directOptions(args, executable, io.env);
    if (options === "help") return "help";
    const { words, interactive } = options;
    if (words.length === 0) {
      const { runShell } = await import("./shell.js");
      await runShell(io, options);
      return CTL_EXIT.ok;
    }
    if (!interactive) return await runOne(new Ctl(io, COMMANDS, options, null), options);
    const { processAsker } = await import("../terminal.js");
    const asker = processAsker(process.stdout);
    try {
      return await runOne(new Ctl(io, COMMANDS, options, asker), options);
    } finally {
      asker.close();
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await io.err(`Error: ${error.message}\nFor help, use fvctl -h\n`);
    return CTL_EXIT.badUsage;
  }
}

async function runOne(ctl: Ctl, { words, isFound }: DirectOptions): Promise<number> {
  const [verb = "", option] = words;
  // supervisorctl would take `--help` for a name, which nobody means.
  const asksForHelp = words.length === 2 && (option === "--help" || option === "-h") && COMMANDS.has(verb);
  await ctl.runLine(asksForHelp ? `help ${verb}` : words.join(" "));
  const { io, wasAnswered, exitStatus } = ctl;
  if (isFound && exitStatus !== CTL_EXIT.ok && !wasAnswered && io.stderrIsTerminal) {
    await io.err("that was this host alone; for a whole fleet log in first: fvctl login URL\n");
  }
  return exitStatus;
}

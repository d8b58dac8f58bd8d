// `fvctl shell`: the fleet's verbs one after the other at a prompt, with completion and history.
import { type AddCommand, examples } from "../fleet/command.js";

export const addShell: AddCommand = (program, run) => {
  program
    .command("shell")
    .description("take verbs one after the other at a prompt, with Tab and history; also fvctl alone on a terminal")
    .addHelpText(
      "after",
      `
At the prompt: the same words as after fvctl, quotes as elsewhere; help; quit or Ctrl-D leaves. Ctrl-C ends the command that runs,
or the line that is typed. Lines that begin with a blank are not remembered. Without a terminal the lines of stdin are taken, and
the exit status is the worst of theirs.
${examples(["fvctl shell", "at a terminal"], ["fvctl shell < steps.txt", "a file of commands"])}`,
    )
    .action((_options: unknown, command) =>
      run(command, async (world) => {
        const { runShell } = await import("../fleet/shell.js");
        return runShell(world, program);
      }),
    );
};

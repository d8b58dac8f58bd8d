// `fvctl completion`: the script that lets a shell complete fvctl's words, and the hidden command that it asks.
import { Argument } from "commander";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";

const SHELLS = ["bash", "zsh", "fish"] as const;

type Shell = (typeof SHELLS)[number];

export const addCompletion: AddCommand = (program, run) => {
  program
    .command("completion")
    .description("print what lets a shell complete words, targets included")
    .addArgument(new Argument("<shell>", "which one").choices(SHELLS))
    .addHelpText(
      "after",
      `
Names of the fleet are asked for as you type and kept for ten seconds.
${examples(
  ["source <(fvctl completion bash)", "in ~/.bashrc"],
  ["source <(fvctl completion zsh)", "in ~/.zshrc, after compinit"],
  ["fvctl completion fish | source", "in ~/.config/fish/config.fish"],
)}`,
    )
    .action((shell: Shell, _options: unknown, command) => run(command, (world) => printScript(world, shell)));
  program
    .command("__complete", { hidden: true })
    .argument("<line>", "all that stands before the cursor")
    .action((line: string, _options: unknown, command) =>
      run(command, async (world) => {
        const { completeLine } = await import("../fleet/complete-line.js");
        const found = await completeLine(program, world.io.env, line);
        await world.io.out(found.map((word) => `${word}\n`).join(""));
        return "ok";
      }),
    );
};

async function printScript(world: World, shell: Shell): Promise<Exit> {
  world.output("table");
  const { SCRIPTS } = await import("../render/completion-scripts.js");
  await world.io.out(SCRIPTS[shell]);
  return "ok";
}

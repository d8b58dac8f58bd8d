// The form of a fleet command: how it puts itself on the command line, and how its action is run there.
import type { Command } from "commander";
import type { Exit } from "../exit.js";
import type { World } from "./world.js";

/** Runs an action in the world of the given command line and keeps its exit. */
export type Run = (command: Command, action: (world: World) => Promise<Exit>) => Promise<void>;

/** Adds one verb to the program. */
export type AddCommand = (program: Command, run: Run) => void;

/** Gathers the values of an option that may be given often. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** Help text below the options: examples with what they do, lined up by the longest, and where the rest is told. */
export function examples(...lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, meaning]) => `  ${command.padEnd(width)}  ${meaning}`).join("\n")}

More: fvctl help selectors, output, exit-codes, environment`;
}

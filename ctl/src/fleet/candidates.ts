// What the word that is being typed may become: verbs, options, their values, and names of the fleet. What ends with `/`, `:` or `=`
// goes on without a blank.
import type { Argument, Command, Option } from "commander";
import { HELP_TOPIC_NAMES } from "../mode.js";
import { FILES } from "../render/completion-scripts.js";
import { OUTPUTS } from "../render/output.js";
import type { LiveNames } from "./live-names.js";

/** By the name of an argument: what of the fleet it is. */
const KINDS: Readonly<Record<string, keyof LiveNames>> = {
  target: "targets",
  selector: "targets",
  instance: "instances",
  operation: "operations",
};

/** `words` come before the one that is `typed`; globals may stand anywhere. */
export async function candidatesOf(
  program: Command,
  words: readonly string[],
  typed: string,
  live: LiveNames,
): Promise<readonly string[]> {
  const { command, rest, awaited } = walk(program, words);
  if (awaited !== null) return fitting(valuesOf(awaited), typed);
  const [, option, value] = /^(--[a-z-]+=)(.*)$/.exec(typed) ?? [];
  if (option !== undefined && value !== undefined) {
    const known = optionsOf(command, program).find(({ long }) => `${long}=` === option);
    return fitting(known === undefined ? [] : valuesOf(known), value).map((word) => `${option}${word}`);
  }
  if (typed.startsWith("-")) {
    const names = optionsOf(command, program).flatMap(({ long, hidden }) =>
      long === undefined || long === null || hidden ? [] : [long],
    );
    return fitting([...names, "--help"], typed);
  }
  const verbs = rest.length > 0 ? [] : command.commands.filter(isShown).map((each) => each.name());
  if (command === program)
    return fitting(
      rest[0] === "help"
        ? [...program.commands.filter(isShown).map((each) => each.name()), ...HELP_TOPIC_NAMES]
        : [...verbs, "help"],
      typed,
    );
  const argument = argumentOf(command, rest.length);
  if (argument?.name() === "file") return [FILES];
  const choices = argument?.argChoices ?? [];
  const kind = argument === undefined ? undefined : KINDS[argument.name()];
  const names = kind === undefined ? [] : await live[kind](typed);
  return [...fitting([...verbs, ...choices], typed), ...names];
}

function isShown(command: Command): boolean {
  // commander keeps it to itself.
  return !(command as unknown as { readonly _hidden: boolean })._hidden;
}

interface Walked {
  readonly command: Command;
  /** Its arguments so far. */
  readonly rest: readonly string[];
  /** The option whose value comes next. */
  readonly awaited: Option | null;
}

function walk(program: Command, words: readonly string[]): Walked {
  let command = program;
  let rest: string[] = [];
  let awaited: Option | null = null;
  for (const word of words) {
    if (awaited !== null) {
      awaited = null;
    } else if (word.startsWith("-")) {
      const option = optionsOf(command, program).find(({ short, long }) => short === word || long === word);
      awaited = option?.required === true ? option : null;
    } else {
      const inner: Command | undefined =
        rest.length > 0 ? undefined : command.commands.find((each) => each.name() === word);
      if (inner !== undefined) command = inner;
      else rest = [...rest, word];
    }
  }
  // `fvctl instances web-1` is about the list.
  const usual = usualOf(command);
  return { command: rest.length > 0 && usual !== undefined ? usual : command, rest, awaited };
}

/** What is done without a verb of its own takes options too: `fvctl audit --refused`. */
function optionsOf(command: Command, program: Command): readonly Option[] {
  if (command === program) return program.options;
  return [...command.options, ...(usualOf(command)?.options ?? []), ...program.options];
}

function usualOf(command: Command): Command | undefined {
  // commander keeps it to itself.
  const { _defaultCommandName: name } = command as unknown as { readonly _defaultCommandName: string | null };
  return command.commands.find((each) => each.name() === name);
}

function valuesOf({ long, argChoices }: Option): readonly string[] {
  if (long === "--output") return OUTPUTS;
  if (long === "--channel") return ["stdout", "stderr", "both"];
  return argChoices ?? [];
}

/** A last argument that takes several takes all that follow. */
function argumentOf(command: Command, place: number): Argument | undefined {
  const last = command.registeredArguments.at(-1);
  return command.registeredArguments[place] ?? (last?.variadic === true ? last : undefined);
}

function fitting(words: readonly string[], typed: string): readonly string[] {
  return words.filter((word) => word.startsWith(typed)).toSorted();
}

// What the end of a line may become, for the scripts of shells and for our own. Never fails: it would be written into what is typed.
import type { Command } from "commander";
import { decideMode } from "../mode.js";
import { FILES } from "../render/completion-scripts.js";
import { candidatesOf } from "./candidates.js";
import { hasController } from "./credentials.js";
import { liveNames } from "./live-names.js";
import { splitTyped } from "./word-split.js";
import type { GlobalOptions } from "./world.js";

type Env = Readonly<Record<string, string | undefined>>;

/** `line` begins with the name of the command. */
export async function completeLine(program: Command, env: Env, line: string): Promise<readonly string[]> {
  try {
    const { words, typed } = splitTyped(line);
    const before = words.slice(1);
    if (/^(-c|--configuration)$/.test(before.at(-1) ?? "")) return [FILES];
    const isDirect = before.length > 0 && decideMode([...before, "x"], true) === "direct";
    if (isDirect || (before.length === 0 && !hasController(env) && typed !== "" && !typed.startsWith("-"))) {
      const { COMMANDS } = await import("../direct/commands/all.js");
      const verbs = [...COMMANDS.keys(), ...(isDirect ? [] : program.commands.map((each) => each.name()))];
      return isDirect && before.some(isVerb(verbs))
        ? []
        : [...new Set(verbs)].filter((verb) => verb.startsWith(typed)).sort();
    }
    return await candidatesOf(program, before, typed, liveNames(env, globalsOf(before)));
  } catch {
    return [];
  }
}

const isVerb = (verbs: readonly string[]) => (word: string) => verbs.includes(word);

/** Which controller the line itself names. */
function globalsOf(words: readonly string[]): GlobalOptions {
  const valueAfter = (name: string) => {
    const at = words.indexOf(name);
    return at >= 0 ? words[at + 1] : words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  };
  const [controller, token] = [valueAfter("--controller"), valueAfter("--token")];
  return {
    output: "table",
    ...(controller === undefined ? {} : { controller }),
    ...(token === undefined ? {} : { token }),
    ...(words.includes("--plain-http") ? { plainHttp: true } : {}),
  };
}

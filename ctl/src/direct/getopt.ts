// Command-line options as Python's getopt reads them: stops at the first word, long names may be cut to a unique prefix.

/** An option by its canonical spelling (`-s`, `--serverurl`) and its value, empty for a flag. */
export interface GivenOption {
  readonly option: string;
  readonly value: string;
}

/** The command line is wrong; the message is Python's own. */
export class GetoptError extends Error {}

function resolveLong(name: string, long: readonly string[]): { name: string; takesValue: boolean } {
  const possible = long.filter((candidate) => candidate.startsWith(name));
  if (possible.includes(name)) return { name, takesValue: false };
  if (possible.includes(`${name}=`)) return { name, takesValue: true };
  const [only] = possible;
  if (only === undefined) throw new GetoptError(`option --${name} not recognized`);
  if (possible.length > 1) throw new GetoptError(`option --${name} not a unique prefix`);
  return only.endsWith("=") ? { name: only.slice(0, -1), takesValue: true } : { name: only, takesValue: false };
}

/**
 * Splits `args` into options and the words after them. `short` is a string such as `"c:h"` and `long` a list such as
 * `["configuration=", "help"]`; a colon or equals sign means that a value follows. Throws GetoptError.
 */
export function getopt(
  args: readonly string[],
  short: string,
  long: readonly string[],
): { options: GivenOption[]; words: string[] } {
  const options: GivenOption[] = [];
  const rest = [...args];
  for (let word = rest[0]; word?.startsWith("-") && word !== "-"; word = rest[0]) {
    rest.shift();
    if (word === "--") break;
    if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const given = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const { name, takesValue } = resolveLong(given, long);
      if (!takesValue && equals >= 0) throw new GetoptError(`option --${name} must not have an argument`);
      const value = !takesValue ? "" : equals >= 0 ? word.slice(equals + 1) : rest.shift();
      if (value === undefined) throw new GetoptError(`option --${name} requires argument`);
      options.push({ option: `--${name}`, value });
      continue;
    }
    for (let letters = word.slice(1); letters !== ""; ) {
      const letter = letters.charAt(0);
      letters = letters.slice(1);
      const at = letter === ":" ? -1 : short.indexOf(letter);
      if (at < 0) throw new GetoptError(`option -${letter} not recognized`);
      if (short[at + 1] !== ":") {
        options.push({ option: `-${letter}`, value: "" });
        continue;
      }
      const value = letters === "" ? rest.shift() : letters;
      if (value === undefined) throw new GetoptError(`option -${letter} requires argument`);
      options.push({ option: `-${letter}`, value });
      letters = "";
    }
  }
  return { options, words: rest };
}

// Cuts an argument vector into options as the classic `getopt` does: it stops at the first word that is no option, and a
// long name may be shortened as long as one option fits. `node:util` parseArgs does neither, nor has it these error texts.

export interface OptionForm {
  /** One letter without the dash, or null. */
  readonly short: string | null;
  /** Without the dashes, or null. */
  readonly long: string | null;
  readonly takesValue: boolean;
}

export interface Found {
  /** In full, as `-c` or `--configuration`. */
  readonly flag: string;
  /** Empty for an option without a value. */
  readonly value: string;
}

export type Cut =
  | { readonly ok: true; readonly options: readonly Found[]; readonly rest: readonly string[] }
  | { readonly ok: false; readonly error: string };

/** Python's `getopt.getopt`, error texts included. */
export function getopt(argv: readonly string[], forms: readonly OptionForm[]): Cut {
  const words = [...argv];
  const options: Found[] = [];
  for (let word = words[0]; word?.startsWith("-") && word !== "-"; word = words[0]) {
    words.shift();
    if (word === "--") break;
    const error = word.startsWith("--")
      ? takeLong(word.slice(2), words, forms, options)
      : takeShorts(word.slice(1), words, forms, options);
    if (error !== null) return { ok: false, error };
  }
  return { ok: true, options, rest: words };
}

function takeShorts(letters: string, words: string[], forms: readonly OptionForm[], found: Found[]): string | null {
  const left = Array.from(letters);
  for (let letter = left.shift(); letter !== undefined; letter = left.shift()) {
    const form = forms.find(({ short }) => short === letter);
    if (form === undefined) return `option -${letter} not recognized`;
    let value = "";
    if (form.takesValue) {
      const next = left.length > 0 ? left.splice(0).join("") : words.shift();
      if (next === undefined) return `option -${letter} requires argument`;
      value = next;
    }
    found.push({ flag: `-${letter}`, value });
  }
  return null;
}

function takeLong(text: string, words: string[], forms: readonly OptionForm[], found: Found[]): string | null {
  const equals = text.indexOf("=");
  const given = equals < 0 ? text : text.slice(0, equals);
  let value = equals < 0 ? null : text.slice(equals + 1);
  const fitting = forms.filter(({ long }) => long?.startsWith(given));
  if (fitting.length === 0) return `option --${given} not recognized`;
  const form = fitting.find(({ long }) => long === given) ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (form === undefined) return `option --${given} not a unique prefix`;
  if (form.takesValue) {
    value ??= words.shift() ?? null;
    if (value === null) return `option --${form.long} requires argument`;
  } else if (value !== null) {
    return `option --${form.long} must not have an argument`;
  }
  found.push({ flag: `--${form.long}`, value: value ?? "" });
  return null;
}

// `template % names` as Python computes it, for names whose values are text or whole numbers
// (Python 3.11 unicodeobject.c, PyUnicode_Format). Which names there are, and what to say, is `expand.ts`'s.

import { formatFloat, formatInteger, type NumberForm } from "./percent-number.js";
import { repr } from "./python-text.js";

export type NameValue = string | number;

export interface NameTable {
  get(name: string): NameValue | undefined;
  /** Every name, in the order in which Python's dictionary would hold them. */
  entries(): Iterable<readonly [string, NameValue]>;
}

export type Formatted =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly unknown: string }
  | { readonly ok: false; readonly reason: string };

/** Wider than this is refused: supervisord would fill the memory. */
const WIDEST = 100_000;

const FLAGS = "-+ #0";
const INTEGERS = "diuoxX";
const FLOATS = "eEfFgG";

export function formatPercent(template: string, names: NameTable): Formatted {
  const run = new Run(template, names);
  try {
    return { ok: true, text: run.format() };
  } catch (thrown) {
    if (thrown instanceof Stop) return thrown.outcome;
    throw thrown;
  }
}

/** Leaves the middle of a template; never seen outside this file. */
class Stop {
  constructor(readonly outcome: Formatted) {}
}

const fail = (reason: string) => new Stop({ ok: false, reason });

class Run {
  private at = 0;
  /** The conversion's character last read; it keeps its value at the end of the template. */
  private character = "";
  private ended = false;
  /** What a conversion without a name takes: at first all the names, after a `(name)` that value; each only once. */
  private argument: NameValue | NameTable | null;

  constructor(
    private readonly template: string,
    private readonly names: NameTable,
  ) {
    this.argument = names;
  }

  format(): string {
    let out = "";
    for (;;) {
      const percent = this.template.indexOf("%", this.at);
      if (percent < 0) return out + this.template.slice(this.at);
      out += this.template.slice(this.at, percent);
      this.at = percent + 1;
      out += this.conversion();
    }
  }

  private conversion(): string {
    this.ended = false;
    if (this.template.charAt(this.at) === "%") {
      this.at++;
      return "%";
    }
    if (this.template.charAt(this.at) === "(") this.name();
    let flags = "";
    this.read();
    while (!this.ended && FLAGS.includes(this.character)) {
      flags += this.character;
      this.read();
    }
    let width = this.amount("width");
    if (width !== null && width < 0) {
      flags += "-";
      width = -width;
    }
    let precision: number | null = null;
    if (this.character === ".") {
      this.read();
      precision = Math.max(this.amount("precision") ?? 0, 0);
    }
    if (!this.ended && "hlL".includes(this.character)) this.read();
    if (this.ended) throw fail("incomplete format");
    return pad(this.convert(flags, precision), width ?? 0, flags);
  }

  private name(): void {
    let depth = 0;
    const start = this.at + 1;
    do {
      const character = this.template.charAt(this.at++);
      if (character === "") throw fail("incomplete format key");
      if (character === "(") depth++;
      if (character === ")") depth--;
    } while (depth > 0);
    const name = this.template.slice(start, this.at - 1);
    const value = this.names.get(name);
    if (value === undefined) throw new Stop({ ok: false, unknown: name });
    this.argument = value;
    this.character = ")";
  }

  /** Digits, or `*` for the next argument; null when there is neither. */
  private amount(what: string): number | null {
    if (this.character === "*") {
      const value = this.take();
      if (typeof value !== "number") throw fail("* wants int");
      this.read();
      return value;
    }
    if (!/^[0-9]$/.test(this.character)) return null;
    let value = 0;
    while (!this.ended && /^[0-9]$/.test(this.character)) {
      value = value * 10 + Number(this.character);
      if (value > WIDEST) throw fail(`${what} too big`);
      this.read();
    }
    return value;
  }

  private convert(flags: string, precision: number | null): Piece {
    const kind = this.character;
    const isKnown = "sra".includes(kind) || INTEGERS.includes(kind) || FLOATS.includes(kind) || kind === "c";
    const value = this.take();
    if (!isKnown) throw fail(this.unsupported());
    if ("sra".includes(kind)) {
      const text = shown(value, kind);
      return {
        sign: "",
        prefix: "",
        digits: precision === null ? text : Array.from(text).slice(0, precision).join(""),
      };
    }
    if (kind === "c") return { sign: "", prefix: "", digits: oneCharacter(value) };
    if (typeof value !== "number") throw fail(notANumber(kind, value));
    const form: NumberForm = { kind, precision, alternate: flags.includes("#") };
    const { prefix, digits } = INTEGERS.includes(kind) ? formatInteger(value, form) : formatFloat(value, form);
    const plus = flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
    return { sign: value < 0 ? "-" : plus, prefix, digits, isNumber: true };
  }

  private take(): NameValue | NameTable {
    const value = this.argument;
    if (value === null) throw fail("not enough arguments for format string");
    this.argument = null;
    return value;
  }

  private read(): void {
    const code = this.template.codePointAt(this.at);
    if (code === undefined) {
      this.ended = true;
      return;
    }
    this.character = String.fromCodePoint(code);
    this.at += this.character.length;
  }

  private unsupported(): string {
    const code = this.character.codePointAt(0) ?? 0;
    const index = Array.from(this.template.slice(0, this.at)).length - 1;
    const shownAs = code >= 31 && code <= 126 ? this.character : "?";
    return `unsupported format character '${shownAs}' (0x${code.toString(16)}) at index ${index}`;
  }
}

interface Piece {
  readonly sign: string;
  readonly prefix: string;
  readonly digits: string;
  /** Only numbers are filled up with zeros. */
  readonly isNumber?: boolean;
}

function pad(piece: Piece, width: number, flags: string): string {
  const before = piece.sign + piece.prefix;
  const missing = width - Array.from(before + piece.digits).length;
  if (missing <= 0) return before + piece.digits;
  if (flags.includes("-")) return before + piece.digits + " ".repeat(missing);
  if (piece.isNumber === true && flags.includes("0")) return before + "0".repeat(missing) + piece.digits;
  return " ".repeat(missing) + before + piece.digits;
}

function shown(value: NameValue | NameTable, kind: string): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string" && kind === "s") return value;
  const text = typeof value === "string" ? repr(value) : reprTable(value);
  return kind === "a" ? ascii(text) : text;
}

function reprTable(names: NameTable): string {
  const pairs = Array.from(
    names.entries(),
    ([name, value]) => `${repr(name)}: ${typeof value === "number" ? value : repr(value)}`,
  );
  return `{${pairs.join(", ")}}`;
}

function ascii(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code < 0x80) return character;
    if (code <= 0xff) return `\\x${hex}`;
    return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
  }).join("");
}

function oneCharacter(value: NameValue | NameTable): string {
  if (typeof value === "string" && Array.from(value).length === 1) return value;
  if (typeof value !== "number") throw fail("%c requires int or char");
  if (value < 0 || value > 0x10ffff) throw fail("%c arg not in range(0x110000)");
  return String.fromCodePoint(value);
}

function notANumber(kind: string, value: string | NameTable): string {
  const type = typeof value === "string" ? "str" : "dict";
  if (FLOATS.includes(kind)) return `must be real number, not ${type}`;
  const wanted = "oxX".includes(kind) ? "an integer" : "a real number";
  return `%${kind} format: ${wanted} is required, not ${type}`;
}

// Reads the INI dialect of supervisord, line by line, into sections whose every value knows its file and line: Python's
// RawConfigParser as supervisord sets it up (inline comments by `;` and `#`, not strict, no interpolation).
//
// The `ini` package is not used here: it reads more than a dozen constructs of this dialect otherwise, and once a lexer
// has put them right there is nothing left for it to do but to lose the line numbers.
import { indentOf, isSpace, repr, strip, stripEnd } from "./python-text.js";

export interface IniValue {
  readonly text: string;
  readonly file: string;
  /** 1-based line of the option's name. */
  readonly line: number;
  /** A comment was cut off, from its first or a later line. */
  readonly isCut: boolean;
}

export interface IniSection {
  /** Where the section was first seen. */
  readonly file: string;
  readonly line: number;
  /** By lower-case name, in order of first appearance. */
  readonly options: Map<string, IniValue>;
}

/** What one or several files say together. `readIni` adds to it. */
export interface Ini {
  readonly sections: Map<string, IniSection>;
  /** `[DEFAULT]`: inherited by every section. */
  readonly defaults: Map<string, IniValue>;
}

export interface BadLine {
  readonly line: number;
  /** With its newline, where it has one. */
  readonly text: string;
}

/** Why a file could not be read as INI; with `no-section-header` nothing after the line was read. */
export type IniProblem =
  | { readonly type: "no-section-header"; readonly file: string; readonly at: BadLine }
  | { readonly type: "bad-lines"; readonly file: string; readonly lines: readonly BadLine[] };

export function emptyIni(): Ini {
  return { sections: new Map(), defaults: new Map() };
}

/** An option of a section, or of `[DEFAULT]` where the section has none. Names are lower-case. */
export function lookUp(ini: Ini, section: string, option: string): IniValue | null {
  return ini.sections.get(section)?.options.get(option) ?? ini.defaults.get(option) ?? null;
}

/** supervisord's words for a problem, as printed after `Error: `; can have several lines. */
export function problemText(problem: IniProblem): string {
  if (problem.type === "no-section-header") {
    const { line, text } = problem.at;
    return `File contains no section headers.\nfile: ${repr(problem.file)}, line: ${line}\n${repr(text)}`;
  }
  const lines = problem.lines.map(({ line, text }) => `\n\t[line ${String(line).padStart(2)}]: ${repr(text)}`);
  return `Source contains parsing errors: ${repr(problem.file)}${lines.join("")}`;
}

/**
 * Adds the sections of one file's text to `ini`; later options win. Bad lines are skipped and reported together
 * (Python 3.11 configparser.py, RawConfigParser._read).
 */
export function readIni(ini: Ini, text: string, file: string): IniProblem | null {
  const reader = new LineReader(ini, file);
  const bad: BadLine[] = [];
  let number = 0;
  for (const line of linesOf(text)) {
    number++;
    const verdict = reader.take(line, number);
    if (verdict === "headless") {
      return { type: "no-section-header", file, at: { line: number, text: line } };
    }
    if (verdict === "bad") bad.push({ line: number, text: line });
  }
  reader.finish();
  return bad.length === 0 ? null : { type: "bad-lines", file, lines: bad };
}

/** Lines with a `\n` each, whatever ended them; the last one only if something did. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  const last = lines.pop() ?? "";
  return [...lines.map((line) => `${line}\n`), ...(last === "" ? [] : [last])];
}

type Verdict = "read" | "bad" | "headless";

class LineReader {
  private section: Map<string, IniValue> | null = null;
  /** The option whose value may go on, with its lines so far. */
  private open: { readonly name: string; readonly line: number; readonly parts: string[]; isCut: boolean } | null =
    null;
  private indent = 0;

  constructor(
    private readonly ini: Ini,
    private readonly file: string,
  ) {}

  take(line: string, number: number): Verdict {
    const comment = commentStart(line);
    const value = strip(line.slice(0, comment ?? undefined));
    if (value === "") {
      if (comment === null) this.open?.parts.push("");
      return "read";
    }
    const indent = indentOf(line);
    if (this.open !== null && indent > this.indent) {
      this.open.parts.push(value);
      this.open.isCut ||= comment !== null;
      return "read";
    }
    // Set by a bad line too: what is indented deeper than that continues the option before it.
    this.indent = indent;
    return this.header(value, number) ?? this.option(value, number, comment !== null);
  }

  finish(): void {
    if (this.open === null || this.section === null) return;
    const { name, line, parts, isCut } = this.open;
    this.section.set(name, { text: stripEnd(parts.join("\n")), file: this.file, line, isCut });
    this.open = null;
  }

  /** `[name]`, up to the last bracket of the line; null when the line is no header. */
  private header(value: string, line: number): Verdict | null {
    const end = value.lastIndexOf("]");
    if (!value.startsWith("[") || end < 2) return null;
    this.finish();
    const name = value.slice(1, end);
    if (name === "DEFAULT") {
      this.section = this.ini.defaults;
      return "read";
    }
    let section = this.ini.sections.get(name);
    if (section === undefined) {
      section = { file: this.file, line, options: new Map() };
      this.ini.sections.set(name, section);
    }
    this.section = section.options;
    return "read";
  }

  private option(value: string, line: number, isCut: boolean): Verdict {
    if (this.section === null) return "headless";
    const delimiter = value.search(/[=:]/);
    if (delimiter < 0) return "bad";
    this.finish();
    if (delimiter === 0) return "bad";
    const name = stripEnd(value.slice(0, delimiter)).toLowerCase();
    this.open = { name, line, parts: [strip(value.slice(delimiter + 1))], isCut };
    return "read";
  }
}

/**
 * Where a comment begins, or null. Both marks are looked at in rounds, the n-th `;` with the n-th `#`; the first round in
 * which one stands at the start or behind white space decides, and of two the left one.
 */
function commentStart(line: string): number | null {
  const first = line.charAt(indentOf(line));
  if (first === ";" || first === "#") return 0;
  let marks = [
    { mark: ";", at: -1 },
    { mark: "#", at: -1 },
  ];
  while (marks.length > 0) {
    marks = marks.map(({ mark, at }) => ({ mark, at: line.indexOf(mark, at + 1) })).filter(({ at }) => at >= 0);
    const starts = marks.map(({ at }) => at).filter((at) => at === 0 || isSpace(line.charAt(at - 1)));
    if (starts.length > 0) return Math.min(...starts);
  }
  return null;
}

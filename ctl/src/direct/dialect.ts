// The INI dialect of supervisord (supervisor-compat.md 1.1): text to sections of raw values, or the error it gives. Pure.
import { repr } from "./python.js";

/** Raw options by section; `[DEFAULT]` is a section of that name. `error` is the text to show, or null. */
export interface Sections {
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly error: string | null;
}

const SPACE = /\s/;

/** Where an inline comment begins, or -1: marks are tried in rounds, the n-th `;` with the n-th `#` (1.1 [Q]). */
function inlineComment(line: string): number {
  let marks = [
    { mark: ";", at: -1 },
    { mark: "#", at: -1 },
  ];
  while (marks.length > 0) {
    marks = marks.map(({ mark, at }) => ({ mark, at: line.indexOf(mark, at + 1) })).filter(({ at }) => at >= 0);
    const starts = marks.map(({ at }) => at).filter((at) => at === 0 || SPACE.test(line.charAt(at - 1)));
    if (starts.length > 0) return Math.min(...starts);
  }
  return -1;
}

/** Reads a whole file. Repeated sections are merged, of repeated options the last one counts. */
export function readSections(text: string, file: string): Sections {
  const sections = new Map<string, Map<string, string[]>>();
  const bad: string[] = [];
  let section: Map<string, string[]> | null = null;
  let option: string[] | null = null;
  let optionIndent = 0;
  let lineNumber = 0;

  for (const line of text.split(/\r\n|\r|\n/)) {
    lineNumber += 1;
    const comment = /^\s*[;#]/.test(line) ? 0 : inlineComment(line);
    const value = (comment < 0 ? line : line.slice(0, comment)).trim();
    if (value === "") {
      // A comment leaves a value open without adding to it; an empty line may be part of it.
      if (comment < 0) option?.push("");
      continue;
    }
    const indent = line.search(/\S/);
    if (option !== null && indent > optionIndent) {
      option.push(value);
      continue;
    }
    optionIndent = indent;
    const header = /^\[(.+)\]/.exec(value)?.[1];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
      option = null;
      continue;
    }
    if (section === null) {
      const where = `file: ${repr(file)}, line: ${lineNumber}`;
      return { sections: new Map(), error: `File contains no section headers.\n${where}\n${repr(`${line}\n`)}` };
    }
    const pair = /^(.*?)\s*[=:]\s*(.*)$/.exec(value);
    const key = pair?.[1]?.trim().toLowerCase() ?? "";
    if (key === "") {
      bad.push(`\t[line ${String(lineNumber).padStart(2)}]: ${repr(`${line}\n`)}`);
      continue;
    }
    option = [pair?.[2] ?? ""];
    section.set(key, option);
  }

  const joined = new Map(
    [...sections].map(([name, options]) => [
      name,
      new Map([...options].map(([key, lines]) => [key, lines.join("\n").trimEnd()])),
    ]),
  );
  const error = bad.length === 0 ? null : `Source contains parsing errors: ${repr(file)}\n${bad.join("\n")}`;
  return { sections: joined, error };
}

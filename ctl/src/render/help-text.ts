// Help text on a narrow terminal: paragraphs flow, and what a line explains stands below it where there is no room beside. Pure.
import { breakInto } from "./layout.js";

/** Two columns: what it is, and what it means. */
const EXPLAINED = /^(( +)(\S.*) {2,})(\S.*)$/;
/** Cells that a meaning needs beside what it explains; with less it stands below. */
const BESIDE = 30;
const BELOW = 6;

/** The text with no line longer than `columns`, but for words that are. */
export function fitHelp(text: string, columns: number): string {
  const lines = text.split("\n");
  const fitted: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    let line = lines[at] ?? "";
    if (line.length <= columns) {
      fitted.push(line);
      continue;
    }
    const [, before = "", indent = "", what, meaning] = EXPLAINED.exec(line) ?? [];
    if (meaning !== undefined && columns - before.length >= BESIDE) {
      const [first = "", ...more] = breakInto(meaning, columns - before.length);
      fitted.push(`${before}${first}`, ...more.map((part) => `${" ".repeat(before.length)}${part}`));
      continue;
    }
    if (what !== undefined && meaning !== undefined) {
      fitted.push(...indented(what, indent.length, columns), ...indented(meaning, indent.length + BELOW, columns));
      continue;
    }
    // A paragraph that was broken for a wider screen.
    while (/^\S/.test(line) && /^\S/.test(lines[at + 1] ?? "")) {
      at += 1;
      line += ` ${lines[at]}`;
    }
    const blanks = /^ */.exec(line)?.[0].length ?? 0;
    fitted.push(...indented(line.trimStart(), blanks, columns));
  }
  return fitted.join("\n");
}

function indented(text: string, blanks: number, columns: number): readonly string[] {
  return breakInto(text, Math.max(10, columns - blanks)).map((line) => `${" ".repeat(blanks)}${line}`);
}

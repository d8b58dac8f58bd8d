// Text in columns: how wide it is on a terminal, filling it up, and breaking it into lines. Pure.
import stringWidth from "string-width";

/** Text that is one cell a character, which most is. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Cells that text takes on a terminal. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** Text with spaces after it, `width` cells in all; what is longer stays. */
export function padTo(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** Text of at most `width` cells, of longer text the beginning with `…` for the rest. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cut = "";
  let cells = 0;
  for (const character of text) {
    cells += widthOf(character);
    if (cells > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Lines of at most `width` cells, broken between words; a word that is longer is broken within. At least one line. */
export function breakInto(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
    while (widthOf(line) > width) {
      const head = headOf(line, width);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}

/** As many characters as fit, at least one. */
function headOf(text: string, width: number): string {
  let head = "";
  let cells = 0;
  for (const character of text) {
    cells += widthOf(character);
    if (cells > width && head !== "") break;
    head += character;
  }
  return head;
}

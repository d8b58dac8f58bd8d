// Text that comes in pieces, as whole lines. Pure.

/** A longer line is told in parts. */
const LONGEST_CHARS = 64 * 1024;

export class LineSplitter {
  #rest = "";

  /** The lines that are complete now, without their ends. */
  feed(text: string): string[] {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > LONGEST_CHARS) lines.push(...this.flush());
    return lines;
  }

  /** What has no end yet, if there is any. */
  flush(): string[] {
    const rest = this.#rest;
    this.#rest = "";
    return rest === "" ? [] : [rest];
  }
}

/** The last `count` lines of a text that begins within a line unless `isWhole`. */
export function lastLines(text: string, count: number, isWhole: boolean): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  if (!isWhole) lines.shift();
  return count === 0 ? [] : lines.slice(-count);
}

// A line of words as shells read it: quotes, backslashes, blanks. Pure.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

export interface SplitLine {
  readonly words: readonly string[];
  /** What stands after the last blank, which is being typed; "" when a blank is last. */
  readonly typed: string;
  /** A quote or a backslash that has no end. */
  readonly isOpen: boolean;
}

/** Reads what was typed so far; never fails. */
export function splitTyped(line: string): SplitLine {
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quote === "" && /\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === quote) {
      quote = "";
    } else if (quote === "" && (char === "'" || char === '"')) {
      quote = char;
      word ??= "";
    } else if (char === "\\" && quote === "") {
      at += 1;
      // Only what a shell would take apart loses its backslash: selectors have use for others.
      const next = line.charAt(at);
      word = `${word ?? ""}${/[\s'"\\]/.test(next) ? next : char + next}`;
      if (at >= line.length) quote = "\\";
    } else {
      word = (word ?? "") + char;
    }
  }
  return { words, typed: word ?? "", isOpen: quote !== "" };
}

/** All words of a whole line. Throws `invalid-argument` for a quote without end. */
export function splitLine(line: string): readonly string[] {
  const { words, typed, isOpen } = splitTyped(line);
  if (isOpen) throw new FleetError("invalid-argument", "a quote or a backslash at the end has no end");
  return /\s$|^$/.test(line) && typed === "" ? words : [...words, typed];
}

// What a search looks for in lines of a log, and where it is in one of them. A pattern may take for ever: `api/line-search.ts` runs it where that costs nobody.
import type { Range } from "./highlight.js";

export interface Wanted {
  readonly text: string;
  /** A JavaScript regular expression; otherwise plain text. */
  readonly isPattern: boolean;
  readonly matchCase: boolean;
}

export const NOTHING_WANTED: Wanted = { text: "", isPattern: false, matchCase: false };

/** Hits of one line that are shown. */
const MOST_HITS = 200;

/** Where in a line it is, in order and without overlaps. */
export type LineMatch = (line: string) => readonly Range[];

/** Throws SyntaxError for what is no regular expression. Empty text is nowhere. */
export function lineMatch({ text, isPattern, matchCase }: Wanted): LineMatch {
  if (text === "") return () => [];
  const source = isPattern ? text : text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const expression = new RegExp(source, matchCase ? "g" : "gi");
  return (line) => {
    const hits: Range[] = [];
    for (const { 0: found, index } of line.matchAll(expression)) {
      // What matches nothing at all is no place that could be shown.
      if (found !== "") hits.push({ start: index, end: index + found.length });
      if (hits.length === MOST_HITS) break;
    }
    return hits;
  };
}

/** What is wrong with a pattern, in the browser's words; null when it can be used. */
export function patternProblem(wanted: Wanted): string | null {
  try {
    lineMatch(wanted);
    return null;
  } catch (thrown) {
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    return words.replace(/^Invalid regular expression: /, "").replace(/^\/[\s\S]*\/[a-z]*: /, "");
  }
}

// The pages that one can go to from everywhere: the one table behind the head, its menu, the keys and the palette.
import { links } from "./links.js";

export interface Place {
  readonly to: string;
  readonly word: string;
  /** What there is to see. */
  readonly meaning: string;
  /** Pressed after `g`. */
  readonly letter: string;
  /** 1 is always in the head, 2 except on a telephone, 3 only where there is room. */
  readonly rank: 1 | 2 | 3;
}

export const PLACES: readonly Place[] = [
  { to: links.home(), word: "Fleet", meaning: "what is wrong, and counts of everything", letter: "f", rank: 1 },
  { to: links.processes(), word: "Processes", meaning: "find processes and act on them", letter: "p", rank: 1 },
  { to: links.instances(), word: "Instances", meaning: "hosts, worst first", letter: "i", rank: 2 },
  {
    to: links.operations(),
    word: "Operations",
    meaning: "what was asked for and what became of it",
    letter: "o",
    rank: 3,
  },
];

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

const place = (rank: Place["rank"], letter: string, word: string, to: string, meaning: string): Place => ({
  ...{ to, word, meaning, letter, rank },
});

export const PLACES: readonly Place[] = [
  place(1, "f", "Fleet", links.home(), "what is wrong, and counts of everything"),
  place(1, "p", "Processes", links.processes(), "find processes and act on them"),
  place(2, "i", "Instances", links.instances(), "hosts, worst first"),
  place(3, "o", "Operations", links.operations(), "what was asked for and what became of it"),
  place(3, "e", "Events", links.events(), "history of everything, by time, cause and user"),
  place(3, "a", "Access", links.access(), "tokens and sessions, users and grants, the audit"),
  place(3, "c", "Controller", links.controller(), "alarms, its own health, versions and clocks of its agents"),
];

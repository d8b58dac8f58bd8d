// The pages that one can go to from everywhere: the one table behind the head, its menu, the keys and the palette.

import type { en } from "../i18n/en/index.js";
import { t } from "../i18n/i18n.js";
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

const place = (rank: Place["rank"], letter: string, name: keyof typeof en.shell.places, to: string): Place => ({
  get word() {
    return t(`shell:places.${name}.word`);
  },
  get meaning() {
    return t(`shell:places.${name}.meaning`);
  },
  ...{ to, letter, rank },
});

export const PLACES: readonly Place[] = [
  place(1, "f", "fleet", links.home()),
  place(1, "p", "processes", links.processes()),
  place(2, "i", "instances", links.instances()),
  place(3, "l", "logs", links.logs()),
  place(3, "o", "operations", links.operations()),
  place(3, "e", "events", links.events()),
  place(3, "a", "access", links.access()),
  place(3, "c", "controller", links.controller()),
];

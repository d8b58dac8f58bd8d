// How each process state and liveness looks: word, colour, glyph and meaning. The one table; every page draws from it.
import type { Liveness, ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { t } from "../i18n/i18n.js";

export type StateGlyph = "bang" | "retry" | "question" | "exit" | "down" | "up" | "square" | "play";

export interface StateLook {
  /** As people read it; the capital name stays supervisord's. */
  readonly word: string;
  /** Name of a palette of the component kit. */
  readonly colour: string;
  /** Shape that tells the state without colour. */
  readonly glyph: StateGlyph;
  readonly meaning: string;
}

/** Words are read when they are asked for, since the language may change. */
const stateLook = (state: ProcessState, colour: string, glyph: StateGlyph): StateLook => ({
  get word() {
    return t(`states:${state}.word`);
  },
  get meaning() {
    return t(`states:${state}.meaning`);
  },
  colour,
  glyph,
});

/** Worst first: the order of tiles, chips and rows. */
export const STATE_LOOKS: Readonly<Record<ProcessState, StateLook>> = {
  FATAL: stateLook("FATAL", "red", "bang"),
  BACKOFF: stateLook("BACKOFF", "orange", "retry"),
  UNKNOWN: stateLook("UNKNOWN", "grape", "question"),
  EXITED: stateLook("EXITED", "cyan", "exit"),
  STOPPING: stateLook("STOPPING", "yellow", "down"),
  STARTING: stateLook("STARTING", "blue", "up"),
  STOPPED: stateLook("STOPPED", "gray", "square"),
  RUNNING: stateLook("RUNNING", "green", "play"),
};

/** All states, worst first. */
export const STATES_WORST_FIRST = Object.keys(STATE_LOOKS) as readonly ProcessState[];

export interface LivenessLook {
  readonly word: string;
  readonly colour: string;
  readonly meaning: string;
}

const livenessLook = (liveness: Liveness, colour: string): LivenessLook => ({
  get word() {
    return t(`states:${liveness}.word`);
  },
  get meaning() {
    return t(`states:${liveness}.meaning`);
  },
  colour,
});

export const LIVENESS_LOOKS: Readonly<Record<Liveness, LivenessLook>> = {
  lost: livenessLook("lost", "red"),
  late: livenessLook("late", "orange"),
  live: livenessLook("live", "green"),
};

/** All livenesses, worst first. */
export const LIVENESS_WORST_FIRST = Object.keys(LIVENESS_LOOKS) as readonly Liveness[];

/** How many processes of `counts` are in `state`; states with none are left out of counts. */
export function countOf(counts: Readonly<Record<string, number>>, state: ProcessState): number {
  return counts[state] ?? 0;
}

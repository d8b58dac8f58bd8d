// How each process state and liveness looks: word, colour, glyph and meaning. The one table; every page draws from it.
import type { Liveness, ProcessState } from "@fleetvisor/proto/vocabulary/states";

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

/** Worst first: the order of tiles, chips and rows. */
export const STATE_LOOKS: Readonly<Record<ProcessState, StateLook>> = {
  FATAL: { word: "Fatal", colour: "red", glyph: "bang", meaning: "could not be started and was given up" },
  BACKOFF: {
    word: "Backoff",
    colour: "orange",
    glyph: "retry",
    meaning: "ended too soon after its start; tried again",
  },
  UNKNOWN: { word: "Unknown", colour: "grape", glyph: "question", meaning: "the supervisor lost track of it" },
  EXITED: { word: "Exited", colour: "cyan", glyph: "exit", meaning: "ended by itself" },
  STOPPING: { word: "Stopping", colour: "yellow", glyph: "down", meaning: "told to end and not ended yet" },
  STARTING: { word: "Starting", colour: "blue", glyph: "up", meaning: "started and not yet up for startsecs" },
  STOPPED: { word: "Stopped", colour: "gray", glyph: "square", meaning: "stopped on request, or never started" },
  RUNNING: { word: "Running", colour: "green", glyph: "play", meaning: "up" },
};

/** All states, worst first. */
export const STATES_WORST_FIRST = Object.keys(STATE_LOOKS) as readonly ProcessState[];

export interface LivenessLook {
  readonly word: string;
  readonly colour: string;
  readonly meaning: string;
}

export const LIVENESS_LOOKS: Readonly<Record<Liveness, LivenessLook>> = {
  lost: { word: "Lost", colour: "red", meaning: "given up; what is shown is old" },
  late: { word: "Late", colour: "orange", meaning: "overdue; what is shown may be old" },
  live: { word: "Live", colour: "green", meaning: "heard of lately" },
};

/** All livenesses, worst first. */
export const LIVENESS_WORST_FIRST = Object.keys(LIVENESS_LOOKS) as readonly Liveness[];

/** How many processes of `counts` are in `state`; states with none are left out of counts. */
export function countOf(counts: Readonly<Record<string, number>>, state: ProcessState): number {
  return counts[state] ?? 0;
}

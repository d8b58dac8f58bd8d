// The states of a process, a supervisor and an instance: names, numbers and the sets that rules are written in.

/** Process states with supervisord's numbers (supervisor 4.x states.py, ProcessStates). */
export const PROCESS_STATES = {
  STOPPED: 0,
  STARTING: 10,
  RUNNING: 20,
  BACKOFF: 30,
  STOPPING: 40,
  EXITED: 100,
  FATAL: 200,
  UNKNOWN: 1000,
} as const;

export type ProcessState = keyof typeof PROCESS_STATES;

/** Every process state, in the order of its number. */
export const PROCESS_STATE_NAMES = Object.keys(PROCESS_STATES) as readonly ProcessState[];

/** No child and nothing pending: what `removeProcessGroup` and a waiting stop ask for. */
export const STOPPED_STATES: ReadonlySet<ProcessState> = new Set(["STOPPED", "EXITED", "FATAL", "UNKNOWN"]);

/** Alive or trying to be: `startProcess` refuses these, `stopProcess` requires one. */
export const RUNNING_STATES: ReadonlySet<ProcessState> = new Set(["RUNNING", "BACKOFF", "STARTING"]);

/** A child exists that a signal can reach. */
export const SIGNALLABLE_STATES: ReadonlySet<ProcessState> = new Set(["RUNNING", "STARTING", "STOPPING"]);

/** What an operator wants to see first. Order: worst first. */
export const TROUBLED_STATES: readonly ProcessState[] = ["FATAL", "BACKOFF", "UNKNOWN"];

export function isProcessState(text: string): text is ProcessState {
  return Object.hasOwn(PROCESS_STATES, text);
}

/** Supervisor moods with supervisord's numbers (states.py, SupervisorStates). */
export const MOODS = { FATAL: 2, RUNNING: 1, RESTARTING: 0, SHUTDOWN: -1 } as const;

export type Mood = keyof typeof MOODS;

/** How sure the controller is of an instance: heard of lately, overdue, or given up. */
export const LIVENESS = ["live", "late", "lost"] as const;

export type Liveness = (typeof LIVENESS)[number];

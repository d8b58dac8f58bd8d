// What an operation can do, the states it is in and what becomes of its targets: one table each, from which every other list derives.
import type { AccessVerb } from "./access.js";
import { FAULTS } from "./faults.js";

export interface OperationVerb {
  /** Whether it is done to processes, or to instances as a whole. */
  readonly on: "process" | "instance";
  /** What the caller must be allowed on every target. */
  readonly access: AccessVerb;
  /** What the request must name besides targets. */
  readonly needs: "signal" | "groups" | null;
  /** Whether it may be asked to wait until the processes have been RUNNING for a while. */
  readonly canWaitRunning: boolean;
  /** The fault that means it was so already, as supervisorctl forgives it: no failure that stops what is to come. */
  readonly harmless: number | null;
}

/** Every verb. `update` may name groups too. */
export const OPERATION_VERBS = {
  start: { on: "process", access: "start", needs: null, canWaitRunning: true, harmless: FAULTS.ALREADY_STARTED },
  stop: { on: "process", access: "stop", needs: null, canWaitRunning: false, harmless: FAULTS.NOT_RUNNING },
  restart: { on: "process", access: "restart", needs: null, canWaitRunning: true, harmless: null },
  signal: { on: "process", access: "signal", needs: "signal", canWaitRunning: true, harmless: null },
  clear: { on: "process", access: "clear", needs: null, canWaitRunning: false, harmless: null },
  update: { on: "instance", access: "configure", needs: null, canWaitRunning: false, harmless: null },
  add: { on: "instance", access: "configure", needs: "groups", canWaitRunning: false, harmless: FAULTS.ALREADY_ADDED },
  remove: { on: "instance", access: "configure", needs: "groups", canWaitRunning: false, harmless: null },
  reload: { on: "instance", access: "configure", needs: null, canWaitRunning: false, harmless: null },
  shutdown: { on: "instance", access: "configure", needs: null, canWaitRunning: false, harmless: null },
} as const satisfies Readonly<Record<string, OperationVerb>>;

export type OperationVerbName = keyof typeof OPERATION_VERBS;

export const OPERATION_VERB_NAMES = Object.keys(OPERATION_VERBS) as readonly OperationVerbName[];

/** The row of a verb, with the type of every row. */
export function operationVerb(name: OperationVerbName): OperationVerb {
  return OPERATION_VERBS[name];
}

/** States of an operation. */
export const OPERATION_STATES = {
  running: "its batches are done one after the other",
  paused: "what is under way goes on, and no further batch begins",
  aborting: "what is under way is waited for, and nothing else will be done",
  succeeded: "every target did",
  failed: "some target did not, or was never reached because too many others failed",
  aborted: "somebody ended it before its last target",
} as const;

export type OperationState = keyof typeof OPERATION_STATES;

export const OPERATION_STATE_NAMES = Object.keys(OPERATION_STATES) as readonly OperationState[];

/** What can be asked of an operation that is not over. */
export const OPERATION_CONTROLS = ["pause", "resume", "abort"] as const;

export type OperationControl = (typeof OPERATION_CONTROLS)[number];

/** What becomes of a target. */
export const TARGET_RESULTS = {
  pending: { final: false, meaning: "its order has not left" },
  sent: { final: false, meaning: "its order left, and no answer came yet" },
  waiting: {
    final: false,
    meaning: "it was done, and is watched until it has been RUNNING long enough, is back, or is gone",
  },
  succeeded: { final: true, meaning: "done" },
  failed: { final: true, meaning: "not done, or not RUNNING long enough" },
  unknown: {
    final: true,
    meaning: "its order left, and whether it was done cannot be said; settled when the agent still knows",
  },
  skipped: { final: true, meaning: "never ordered: the operation ended before" },
} as const;

export type TargetResult = keyof typeof TARGET_RESULTS;

export const TARGET_RESULT_NAMES = Object.keys(TARGET_RESULTS) as readonly TargetResult[];

// Exit statuses of fleet mode: one table, from which the help, the choice of the worst and errors are derived.
// Direct mode has supervisorctl's own, beside its commands.
import type { ErrorKind } from "@fleetvisor/proto/vocabulary/errors";

/** Name to status and meaning, from best to worst: the last one that occurs wins. */
export const EXITS = {
  ok: { status: 0, meaning: "done" },
  "not-running": { status: 3, meaning: "status: something listed is not running, or its instance is lost" },
  failed: { status: 1, meaning: "a target failed, or any other error" },
  unknown: { status: 7, meaning: "the outcome is not known, or not in the time given" },
  "no-match": { status: 4, meaning: "nothing matches, or no such target" },
  usage: { status: 2, meaning: "the command line is wrong" },
  refused: { status: 6, meaning: "not logged in, or not allowed" },
  unreachable: { status: 5, meaning: "the controller (or, for a log, the instance) cannot be reached" },
  interrupted: {
    status: 130,
    meaning: "Ctrl-C before the end was known; what was ordered goes on. What only ends by Ctrl-C (-f, top) is done",
  },
} as const;

export type Exit = keyof typeof EXITS;

const ORDER = Object.keys(EXITS) as readonly Exit[];

/** The one that an operator must hear of when several occurred. */
export function worst(...exits: readonly Exit[]): Exit {
  return exits.reduce((sofar, exit) => (ORDER.indexOf(exit) > ORDER.indexOf(sofar) ? exit : sofar), "ok");
}

/** How each kind of error ends the command. */
const BY_KIND: Readonly<Record<ErrorKind, Exit>> = {
  "invalid-argument": "usage",
  unauthenticated: "refused",
  forbidden: "refused",
  "not-found": "no-match",
  conflict: "failed",
  "too-large": "failed",
  "rate-limited": "failed",
  unavailable: "unreachable",
  "deadline-exceeded": "unknown",
  "unknown-outcome": "unknown",
  internal: "failed",
};

export function exitOfKind(kind: ErrorKind): Exit {
  return BY_KIND[kind];
}

/** The name of a status; a strange one is a failure. */
export function exitOfStatus(status: number): Exit {
  return ORDER.find((exit) => EXITS[exit].status === status) ?? "failed";
}

/** The table as help text, by number. */
export function describeExits(): string {
  return Object.values(EXITS)
    .toSorted((a, b) => a.status - b.status)
    .map(({ status, meaning }) => `${String(status).padStart(5)}  ${meaning}`)
    .join("\n");
}

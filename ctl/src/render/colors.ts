// Colours by meaning: states, results, what is old. None where the output is no terminal or NO_COLOR is set. Pure.
import type { Liveness, ProcessState } from "@fleetvisor/proto/vocabulary/states";
import pc from "picocolors";

export type Colors = ReturnType<typeof pc.createColors>;

export function chooseColors(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): Colors {
  const { NO_COLOR: none, TERM: terminal } = env;
  return pc.createColors(isTerminal && (none === undefined || none === "") && terminal !== "dumb");
}

const OF_STATE: Readonly<Record<ProcessState, "green" | "yellow" | "red" | "dim">> = {
  STOPPED: "dim",
  STARTING: "yellow",
  RUNNING: "green",
  BACKOFF: "red",
  STOPPING: "yellow",
  EXITED: "dim",
  FATAL: "red",
  UNKNOWN: "red",
};

export function paintState(colors: Colors, state: ProcessState): (text: string) => string {
  return colors[OF_STATE[state]];
}

const OF_LIVENESS = { live: "green", late: "yellow", lost: "red" } as const;

export function paintLiveness(colors: Colors, liveness: Liveness): (text: string) => string {
  return colors[OF_LIVENESS[liveness]];
}

/** Text of others on one line of a terminal: control characters become a visible mark, so that none takes effect. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, (run) => (/^[\s]+$/.test(run) ? " " : "\u00b7"));
}

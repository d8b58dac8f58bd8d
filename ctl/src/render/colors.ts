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

/** Colours of a terminal, the only of its commands that lines of logs may give. */
const COLOURING = /(\u001b\[[\d;:]*m)/;
const STEERING = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

/** A line of a log: its own colours stay where there are any, and what else could steer the terminal becomes a visible mark. */
export function printableLine(line: string, colors: Colors): string {
  if (!STEERING.test(line)) return line;
  const parts = line.split(COLOURING);
  const keeps = colors.isColorSupported && parts.length > 1;
  const text = parts
    .map((part, at) =>
      at % 2 === 0 ? part.replace(new RegExp(`${STEERING.source}+`, "g"), "\u00b7") : keeps ? part : "",
    )
    .join("");
  return keeps ? `${text}\u001b[0m` : text;
}

/** Text of others on one line of a terminal: control characters become a visible mark, so that none takes effect. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, (run) => (/^[\s]+$/.test(run) ? " " : "\u00b7"));
}

// What is known of supervisors and their processes, and the facts an instance reports: plain values for every kind.
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";

/** How a life ended: by itself with a code, or by a signal and then without one. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
  readonly coreDumped: boolean;
  readonly expected: boolean;
}

/** A process as its supervisor shows it. Times are the host's wall clock in ms. */
export interface Process {
  readonly group: string;
  readonly name: string;
  readonly state: ProcessState;
  readonly pid: number | null;
  readonly sinceMs: number;
  readonly startedAtMs: number | null;
  readonly stoppedAtMs: number | null;
  readonly exit: ExitStatus | null;
  readonly spawnError: string | null;
  readonly description: string;
  readonly tries: number;
  readonly command: string;
  readonly priority: number;
  readonly hasStdoutLog: boolean;
  readonly hasStderrLog: boolean;
  readonly autostart: boolean;
  readonly autorestart: string;
  /** Place in its group's configuration. */
  readonly index: number;
}

export interface Supervisor {
  readonly identifier: string;
  readonly pid: number;
  readonly mood: string;
  readonly startedAtMs: number;
  readonly supervisorVersion: string;
  readonly configFile: string;
}

/** What is known of a life once it is over. Null where the system did not say. */
export interface EndOfLife {
  readonly pid: number;
  readonly exit: ExitStatus | null;
  readonly uptimeMs: number;
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
  /** Last lines of each channel, bytes as written. */
  readonly stdoutTail: Uint8Array;
  readonly stderrTail: Uint8Array;
  /** The system ended it for want of memory; false also where it does not tell. */
  readonly oomKilled: boolean;
}

export type Fact =
  | {
      readonly type: "state-change";
      readonly from: ProcessState;
      readonly process: Process;
      readonly end: EndOfLife | null;
      /** The order that asked for it. */
      readonly orderId: string | null;
    }
  | { readonly type: "process-added"; readonly process: Process }
  | { readonly type: "process-removed"; readonly group: string; readonly name: string }
  /** Reports `first..last` were dropped by the instance. */
  | { readonly type: "gap"; readonly first: number; readonly last: number }
  | { readonly type: "supervisor"; readonly supervisor: Supervisor }
  /** Of a kind that only a newer agent knows: it counts as received and says nothing. */
  | { readonly type: "unknown" };

/** A durable fact with its place in the instance's numbering. */
export interface Report {
  readonly seq: number;
  readonly atMs: number;
  readonly fact: Fact;
}

/** Everything as of `seq`. */
export interface Snapshot {
  readonly seq: number;
  readonly supervisor: Supervisor;
  readonly processes: readonly Process[];
}

/** Key of a process within its instance; names hold no colon, so it is unique. */
export function processKey(group: string, name: string): string {
  return `${group}:${name}`;
}

/** Highest seq a report speaks for: a gap covers what it says is missing. */
export function lastSeqOf(report: Report): number {
  return report.fact.type === "gap" ? Math.max(report.seq, report.fact.last) : report.seq;
}

// The supervisor's values as gRPC messages, and back where orders come in.
import type {
  ExitStatus,
  ProcessInfo,
  StateChange,
  SupervisorInfo,
  TargetResult,
} from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FAULTS, Fault } from "@fleetvisor/proto/vocabulary/faults";
import { signalName } from "../config/signals.js";
import type { EndOfLife } from "../run/lives.js";
import type { StateChange as Change, ManagedProcess } from "../run/managed-process.js";
import type { Supervisor } from "../run/supervisor.js";
import { describe } from "../xmlrpc/describe.js";

function encodeExit(end: EndOfLife): ExitStatus {
  const { code, signal, coreDumped } = end.status;
  return { code, signal: signal === null ? "" : signalName(signal), coreDumped, expected: end.expected };
}

export function encodeProcess(process: ManagedProcess): ProcessInfo {
  const { value, times, spec, lastEnd } = process;
  return {
    group: process.group,
    name: process.name,
    state: value.state,
    pid: value.pid,
    sinceMs: times.sinceMs,
    startedAtMs: times.startedMs,
    stoppedAtMs: times.stoppedMs,
    exit: lastEnd === null ? undefined : encodeExit(lastEnd),
    spawnError: value.spawnError ?? "",
    description: describe(process),
    tries: value.tries,
    command: spec.command,
    priority: spec.priority,
    hasStdoutLog: process.stdout.path !== null,
    hasStderrLog: process.stderr.path !== null,
    autostart: spec.autostart,
    autorestart: String(spec.rules.autorestart),
    index: process.index,
  };
}

/** A change of state. The process is shown as of that change even when a later one has happened meanwhile. */
export function encodeChange(change: Change): StateChange {
  const { event, end, orderId } = change;
  return {
    fromState: event.from,
    process: {
      ...encodeProcess(change.process),
      state: event.to,
      pid: event.to === "STOPPED" || event.to === "EXITED" ? 0 : event.pid,
      tries: event.tries,
      sinceMs: change.atMs,
    },
    end:
      end === null
        ? undefined
        : {
            pid: end.pid,
            exit: encodeExit(end),
            uptimeMs: end.uptimeMs,
            cpuMs: end.usage.cpuMs,
            peakMemoryBytes: end.usage.peakMemoryBytes,
            stdoutTail: end.stdoutTail,
            stderrTail: end.stderrTail,
            oomKilled: end.oomKilled,
          },
    orderId: orderId ?? "",
  };
}

export interface SupervisorFacts {
  readonly identifier: string;
  readonly startedAtMs: number;
  readonly supervisorVersion: string;
  readonly configFile: string;
}

export function encodeSupervisor(supervisor: Supervisor, facts: SupervisorFacts): SupervisorInfo {
  return { ...facts, pid: process.pid, mood: supervisor.mood };
}

/** The result of what was done to the daemon as a whole, with what there is to say of it. */
export function encodeDone(message: string): TargetResult {
  return { group: "", name: "", code: FAULTS.SUCCESS, message };
}

/** The result of one target: success, or the fault that refused it. */
export function encodeResult(group: string, name: string, failure: unknown): TargetResult {
  if (failure === null) return { group, name, code: FAULTS.SUCCESS, message: "OK" };
  if (failure instanceof Fault) return { group, name, code: failure.code, message: failure.message };
  return { group, name, code: FAULTS.FAILED, message: failure instanceof Error ? failure.message : String(failure) };
}

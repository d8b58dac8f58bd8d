// What may be asked of processes and when it counts as done: start, stop, signal, with supervisord's faults as refusals.
import { FAULTS, Fault } from "@fleetvisor/proto/vocabulary/faults";
import { formatNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { RUNNING_STATES, SIGNALLABLE_STATES, STOPPED_STATES } from "@fleetvisor/proto/vocabulary/states";
import { resolveCommand } from "./command.js";
import type { ManagedProcess } from "./managed-process.js";
import { SpawnError } from "./ports.js";
import type { Supervisor } from "./supervisor.js";

/** Between two lines that tell of a stop that takes its time (process.py, stop_report). */
const STILL_STOPPING_MS = 2000;

export interface ControlOptions {
  /** Answer when the process has reached its goal, not when it was told. */
  readonly wait: boolean;
  /** The order that asks, for the reports of what follows. */
  readonly orderId?: string | null;
}

/** What became of one process when several were asked; code 80 is success, else a fault number with its full text. */
export interface Outcome {
  readonly process: ManagedProcess;
  readonly code: number;
  readonly description: string;
}

/** The failure that is kept as a refusal; anything else is a defect and passes through. */
function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}

function checkCommand(process: ManagedProcess): void {
  try {
    resolveCommand(process.spec.command, process.spec.environment.PATH ?? globalThis.process.env.PATH);
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    throw new Fault(error.notFound ? "NO_FILE" : "NOT_EXECUTABLE", error.message);
  }
}

/**
 * Starts a process. `name` is what the caller called it, for the fault. Faults, in this order: NO_FILE, NOT_EXECUTABLE,
 * ALREADY_STARTED, FAILED (unknown state), SPAWN_ERROR; with `wait` also ABNORMAL_TERMINATION. The first failed attempt
 * ends the wait although retries go on (supervisor 4.x rpcinterface.py, startProcess).
 */
export async function startProcess(
  supervisor: Supervisor,
  process: ManagedProcess,
  name: string,
  options: ControlOptions,
): Promise<void> {
  const state = () => process.value.state;
  checkCommand(process);
  if (RUNNING_STATES.has(state())) throw new Fault("ALREADY_STARTED", name);
  if (state() === "UNKNOWN") throw new Fault("FAILED", `${name} is in an unknown process state`);
  process.start(options.orderId ?? null);
  if (process.value.spawnError !== null) throw new Fault("SPAWN_ERROR", name);
  // Not a turn is waited for what is known at once: `forEach` tells it by that.
  if (!options.wait || state() === "RUNNING") return;
  await supervisor.when(process, () => state() !== "STARTING");
  if (process.value.spawnError !== null) throw new Fault("SPAWN_ERROR", name);
  if (state() !== "RUNNING") throw new Fault("ABNORMAL_TERMINATION", name);
}

/** Stops a process. Faults: NOT_RUNNING, FAILED (rpcinterface.py, stopProcess). */
export async function stopProcess(
  supervisor: Supervisor,
  process: ManagedProcess,
  name: string,
  options: ControlOptions,
): Promise<void> {
  if (!RUNNING_STATES.has(process.value.state)) throw new Fault("NOT_RUNNING", name);
  process.stop(options.orderId ?? null);
  if (process.value.state === "UNKNOWN") throw new Fault("FAILED", `unknown problem killing ${name}`);
  if (options.wait) await stoppedWithReports(supervisor, process);
}

async function stoppedWithReports(supervisor: Supervisor, process: ManagedProcess): Promise<void> {
  const report = () => supervisor.log.info(`waiting for ${process.name} to stop`);
  if (process.value.state === "STOPPING") report();
  const reports = setInterval(report, STILL_STOPPING_MS);
  try {
    await supervisor.whenStopped(process);
  } finally {
    clearInterval(reports);
  }
}

/** Sends a signal. Faults: NOT_RUNNING, FAILED (rpcinterface.py, signalProcess). */
export function signalProcess(process: ManagedProcess, name: string, signal: number): void {
  if (!SIGNALLABLE_STATES.has(process.value.state)) throw new Fault("NOT_RUNNING", name);
  try {
    process.signal(signal);
  } catch (error) {
    throw new Fault("FAILED", error instanceof Error ? error.message : String(error));
  }
}

/** Stops what runs, waits, starts it again; what did not run is just started (as `supervisorctl restart` does). */
export async function restartProcess(
  supervisor: Supervisor,
  process: ManagedProcess,
  name: string,
  options: ControlOptions,
): Promise<void> {
  if (RUNNING_STATES.has(process.value.state)) await stopProcess(supervisor, process, name, { ...options, wait: true });
  else await supervisor.whenStopped(process);
  await startProcess(supervisor, process, name, options);
}

/** Empties the logs of both channels. Fault FAILED. */
export function clearLogs(process: ManagedProcess): void {
  for (const log of [process.stdout, process.stderr]) {
    try {
      log.sink?.clear();
    } catch {
      throw new Fault("FAILED", formatNamespec(process.group, process.name));
    }
  }
}

type Act = (process: ManagedProcess) => Promise<void> | void;

/**
 * Does one thing to several processes at once: all are told before any is waited for. Outcomes known at once come first,
 * in order of action, the others as they complete (rpcinterface.py, make_allfunc).
 */
export async function forEach(processes: readonly ManagedProcess[], act: Act): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  await Promise.all(
    processes.map(async (process) => {
      try {
        await act(process);
        outcomes.push({ process, code: FAULTS.SUCCESS, description: "OK" });
      } catch (error) {
        const fault = asFault(error);
        outcomes.push({ process, code: fault.code, description: fault.message });
      }
    }),
  );
  return outcomes;
}

/** Those that a start of many acts on, in the order given. */
export const startable = (processes: readonly ManagedProcess[]): ManagedProcess[] =>
  processes.filter((process) => !RUNNING_STATES.has(process.value.state));

/** Those that a stop of many acts on. */
export const stoppable = (processes: readonly ManagedProcess[]): ManagedProcess[] =>
  processes.filter((process) => RUNNING_STATES.has(process.value.state));

/** Those that a signal to many acts on. */
export const signallable = (processes: readonly ManagedProcess[]): ManagedProcess[] =>
  processes.filter((process) => SIGNALLABLE_STATES.has(process.value.state));

/** Whether a group may be removed. */
export const allStopped = (processes: readonly ManagedProcess[]): boolean =>
  processes.every((process) => STOPPED_STATES.has(process.value.state));

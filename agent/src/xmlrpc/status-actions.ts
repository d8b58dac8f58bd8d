// What a button of the status page does and the sentence it ends in (supervisor 4.x web.py, StatusView.make_callback).
import { Fault, type FaultName } from "@fleetvisor/proto/vocabulary/faults";
import { parseNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { dispatch } from "./dispatch.js";
import type { RpcContext } from "./rpc-context.js";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** `Sat Nov 21 04:20:40 2026`, local time, the day padded with a blank (Python's `time.ctime`). */
function formatCtime(wallMs: number): string {
  const at = new Date(wallMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${DAYS[at.getDay()]} ${MONTHS[at.getMonth()]} ${String(at.getDate()).padStart(2)} ${time} ${at.getFullYear()}`;
}

const START_FAILURES: Partial<Readonly<Record<FaultName, string>>> = {
  NO_FILE: "no such file",
  NOT_EXECUTABLE: "file not executable",
  ALREADY_STARTED: "already started",
  SPAWN_ERROR: "spawn error",
  ABNORMAL_TERMINATION: "abnormal termination",
};

/**
 * Performs an action; answers its message, or null for an action that does not exist. Waits until it is done, as a call
 * that waits does.
 */
export async function perform(context: RpcContext, action: string, name: string | null): Promise<string | null> {
  const now = () => formatCtime(context.supervisor.clock.wallMs());
  try {
    switch (action) {
      case "refresh":
        return `Page refreshed at ${now()}`;
      case "stopall":
        await dispatch(context, "supervisor.stopAllProcesses", []);
        return `All stopped at ${now()}`;
      case "restartall":
        await dispatch(context, "supervisor.stopAllProcesses", []);
        await dispatch(context, "supervisor.startAllProcesses", []);
        return `All restarted at ${now()}`;
    }
    if (name === null) return null;
    const { group, name: process } = parseNamespec(name);
    if (process === null || context.supervisor.process(group, process) === null) {
      return `No such process named ${name}`;
    }
    return await performOne(context, action, name);
  } catch (error) {
    return faultWords(error);
  }
}

async function performOne(context: RpcContext, action: string, name: string): Promise<string | null> {
  const call = (method: string): Promise<unknown> => dispatch(context, `supervisor.${method}`, [name]);
  switch (action) {
    case "start":
      return call("startProcess").then(
        () => `Process ${name} started`,
        (error) => `ERROR: Process ${name}: ${startFailure(error)}`,
      );
    case "stop":
      await call("stopProcess");
      return `Process ${name} stopped`;
    case "restart":
      // Whatever happens: what did not run is started, and what cannot be started is seen in the table.
      await call("stopProcess").catch(faultWords);
      await call("startProcess").catch(faultWords);
      return `Process ${name} restarted`;
    case "clearlog":
      await call("clearProcessLogs");
      return `Log for ${name} cleared`;
    default:
      return null;
  }
}

function startFailure(error: unknown): string {
  return (error instanceof Fault ? START_FAILURES[error.fault] : undefined) ?? faultWords(error);
}

/** Anything but a fault is a defect and passes through. */
export function faultWords(error: unknown): string {
  if (!(error instanceof Fault)) throw error;
  return `unexpected rpc fault [${error.code}] ${error.message}`;
}

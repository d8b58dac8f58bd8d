// The XML-RPC calls that are more than a line: whom a name means, what is asked of the supervisor, how the answer is shaped.
import { setImmediate as nextTurn } from "node:timers/promises";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Fault } from "@fleetvisor/proto/vocabulary/faults";
import { parseNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import type { XmlRpcAnswer, XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { ascending } from "../core/group.js";
import { addGroup, removeGroup, rereadConfig } from "../run/configuration.js";
import {
  forEach,
  type Outcome,
  signallable,
  signalProcess,
  startable,
  startProcess,
  stopProcess,
  stoppable,
} from "../run/control.js";
import type { ManagedProcess } from "../run/managed-process.js";
import { displayName, writtenInfo } from "./describe.js";
import { pythonText, signalOf, text } from "./parameters.js";
import type { RpcContext, Struct } from "./rpc-context.js";

const isThere =
  ({ caller }: RpcContext) =>
  ({ group, name }: ManagedProcess): boolean =>
    caller.covers(group, name);

/** Every process in the order of action. */
export const everyProcess = (context: RpcContext): readonly ManagedProcess[] =>
  context.supervisor.processes.filter(isThere(context));

/** The one process that a name means. Fault BAD_NAME, also for the name of a whole group. */
export function oneProcess(context: RpcContext, name: string): ManagedProcess {
  const spec = parseNamespec(name);
  const process = spec.name === null ? null : context.supervisor.process(spec.group, spec.name);
  if (process === null || !isThere(context)(process)) throw new Fault("BAD_NAME", name);
  return process;
}

/** The processes of a group in the order of action. `given` is what the caller called it, for the fault. */
export function groupProcesses(context: RpcContext, name: string, given = name): readonly ManagedProcess[] {
  const group = context.supervisor.group(name);
  const processes = group?.processes.filter(isThere(context)) ?? [];
  // A group may be empty, and is nevertheless there for who may see all of it.
  if (group === null || (processes.length === 0 && group.processes.length > 0)) throw new Fault("BAD_NAME", given);
  return ascending(processes);
}

/** What became of many, an entry each, in the order in which they were done. */
export const statusEntries = (outcomes: readonly Outcome[]): XmlRpcValue =>
  outcomes.map(({ process, code, description }) => ({
    name: process.name,
    group: process.group,
    status: code,
    description,
  }));

/** Starts those of many that do not run. */
export async function start(
  context: RpcContext,
  processes: readonly ManagedProcess[],
  wait: boolean,
): Promise<XmlRpcValue> {
  const { supervisor, caller } = context;
  const options = { wait, orderId: caller.orderId };
  return statusEntries(
    await forEach(startable(processes), (each) => startProcess(supervisor, each, displayName(each), options)),
  );
}

/** Stops those of many that run. */
export async function stop(
  context: RpcContext,
  processes: readonly ManagedProcess[],
  wait: boolean,
): Promise<XmlRpcValue> {
  const { supervisor, caller } = context;
  const options = { wait, orderId: caller.orderId };
  return statusEntries(
    await forEach(stoppable(processes), (each) => stopProcess(supervisor, each, displayName(each), options)),
  );
}

/** Signals those of many that can be. Fault INCORRECT_PARAMETERS. */
export async function signal(
  processes: readonly ManagedProcess[],
  value: XmlRpcValue | undefined,
): Promise<XmlRpcValue> {
  // A bad signal is told of each process; what cannot be a signal at all is the caller's slip.
  if (typeof value === "object") throw new Fault("INCORRECT_PARAMETERS");
  return statusEntries(
    await forEach(signallable(processes), (each) => signalProcess(each, displayName(each), signalOf(value))),
  );
}

/** Names of groups added, changed and removed, in a list of its own. Fault CANT_REREAD. */
export function reloadConfig(context: RpcContext): XmlRpcValue {
  const { added, changed, removed } = rereadConfig(context.supervisor, context);
  return [[[...added], [...changed], [...removed]]];
}

/** Faults ALREADY_ADDED, BAD_NAME. */
export function addProcessGroup(context: RpcContext, name: string): XmlRpcValue {
  addGroup(context.supervisor, context, name, context.caller.orderId);
  return true;
}

/** Faults BAD_NAME, STILL_RUNNING. */
export function removeProcessGroup(context: RpcContext, name: string): XmlRpcValue {
  removeGroup(context.supervisor, name);
  return true;
}

/** Faults INCORRECT_PARAMETERS, BAD_NAME, NOT_RUNNING, NO_FILE, and FAILED when the program does not read. */
export async function sendProcessStdin(
  context: RpcContext,
  given: XmlRpcValue | undefined,
  chars: XmlRpcValue | undefined,
): Promise<XmlRpcValue> {
  if (typeof chars !== "string") throw new Fault("INCORRECT_PARAMETERS", pythonText(chars));
  const name = text(given);
  const process = oneProcess(context, name);
  if (process.child === null || process.value.state === "STOPPING") throw new Fault("NOT_RUNNING", name);
  let refused = false;
  try {
    process.child.writeStdin(Buffer.from(chars), () => {
      refused = true;
    });
  } catch (error) {
    if (error instanceof FleetError && error.kind === "too-large")
      throw new Fault("FAILED", `${name}: ${error.message}`);
    throw new Fault("NO_FILE", name);
  }
  // The write is tried at once, but that the child has closed its end is only told in the next turn.
  await nextTurn();
  if (refused) throw new Fault("NO_FILE", name);
  return true;
}

/** Sorted by group, then process name, plain text order (rpcinterface.py, getAllProcessInfo). */
export function allProcessInfo(context: RpcContext): XmlRpcAnswer {
  const now = context.supervisor.clock.wallMs();
  const order = (a: ManagedProcess, b: ManagedProcess) => compare(a.group, b.group) || compare(a.name, b.name);
  return [...everyProcess(context)].sort(order).map((process) => writtenInfo(process, now));
}

/**
 * The configuration as last read. An AUTO log shows its path while the group that runs is the one that was read, and
 * `auto` after a reread (rpcinterface.py, getAllConfigInfo: adding a group writes the path into its configuration).
 */
export function allConfigInfo(context: RpcContext): XmlRpcValue {
  const specs = new Map(context.configured().map((spec) => [spec.name, spec]));
  const entries = context.configInfo().filter(({ group, name }) => context.caller.covers(String(group), String(name)));
  return entries.map((entry) => {
    const group = context.supervisor.group(String(entry.group));
    const shown: Struct = { ...entry, inuse: group !== null };
    if (group === null || group.spec !== specs.get(group.name)) return shown;
    const process = group.processes.find(({ name }) => name === entry.name);
    for (const channel of ["stdout", "stderr"] as const) {
      const path = process?.[channel].path ?? null;
      if (entry[`${channel}_logfile`] === "auto" && path !== null) shown[`${channel}_logfile`] = path;
    }
    return shown;
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The group that a name means as a whole; null when it means one process. */
export const wholeGroup = (name: string): string | null => {
  const spec = parseNamespec(name);
  return spec.name === null ? spec.group : null;
};

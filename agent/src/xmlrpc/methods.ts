// One function a `supervisor.*` call: checks its parameters, asks the supervisor, shapes the answer.
import { existsSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Fault } from "@fleetvisor/proto/vocabulary/faults";
import { parseNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { MOODS } from "@fleetvisor/proto/vocabulary/states";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { diffConfig } from "../core/config-diff.js";
import { ascending } from "../core/group.js";
import type { ChildLog } from "../run/child-log.js";
import {
  allStopped,
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
import type { GroupSpec } from "../run/spec.js";
import type { Supervisor } from "../run/supervisor.js";
import { displayName, processInfo } from "./describe.js";
import { readLog, tailLog } from "./log-reading.js";
import { groupName, pythonText, signalOf, text, truth } from "./parameters.js";

type Struct = { [key: string]: XmlRpcValue };

/** What the calls need of the daemon around the supervisor. */
export interface RpcContext {
  readonly supervisor: Supervisor;
  /** Groups of the configuration as last read. */
  configured(): readonly GroupSpec[];
  /** Entries of `getAllConfigInfo` without `inuse`, of the configuration as last read. */
  configInfo(): readonly Struct[];
  /** Reads the configuration again. Throws Fault CANT_REREAD and keeps the old one when it is bad. */
  reread(): void;
  /** Tells listeners of a remote communication event. */
  announce(type: string, data: string): void;
  /** The identifier of the configuration as last read. */
  identification(): string;
  /** The supervisord version whose behaviour is shown. */
  readonly version: string;
  readonly mainLog: ChildLog;
  /** Stops everything, then ends or begins anew. Returns at once. */
  shutdown(): void;
  restart(): void;
}

export interface Method {
  /** Result and parameter types as `system.methodSignature` tells them. */
  readonly signature: readonly string[];
  readonly help: string;
  /** Also while the daemon stops or begins anew, when every other method is refused. */
  readonly always?: boolean;
  /** How many parameters may be left out, from the end. */
  readonly optional?: number;
  readonly run: (context: RpcContext, params: readonly XmlRpcValue[]) => XmlRpcValue | Promise<XmlRpcValue>;
}

// ---- whom a name means ---------------------------------------------------------------------------------------

function oneProcess(context: RpcContext, name: string): ManagedProcess {
  const spec = parseNamespec(name);
  const process = spec.name === null ? null : context.supervisor.process(spec.group, spec.name);
  if (process === null) throw new Fault("BAD_NAME", name);
  return process;
}

/** The processes of a group in the order of action. `given` is what the caller called it, for the fault. */
function groupProcesses(context: RpcContext, name: string, given = name): readonly ManagedProcess[] {
  const group = context.supervisor.group(name);
  if (group === null) throw new Fault("BAD_NAME", given);
  return ascending(group.processes);
}

const statusEntries = (outcomes: readonly Outcome[]): XmlRpcValue =>
  outcomes.map(({ process, code, description }) => ({
    name: process.name,
    group: process.group,
    status: code,
    description,
  }));

// ---- calls that are more than a line ----------------------------------------------------------------------------

async function start(context: RpcContext, processes: readonly ManagedProcess[], wait: boolean): Promise<XmlRpcValue> {
  const { supervisor } = context;
  return statusEntries(
    await forEach(startable(processes), (each) => startProcess(supervisor, each, displayName(each), { wait })),
  );
}

async function stop(context: RpcContext, processes: readonly ManagedProcess[], wait: boolean): Promise<XmlRpcValue> {
  const { supervisor } = context;
  return statusEntries(
    await forEach(stoppable(processes), (each) => stopProcess(supervisor, each, displayName(each), { wait })),
  );
}

async function signal(processes: readonly ManagedProcess[], value: XmlRpcValue | undefined): Promise<XmlRpcValue> {
  // A bad signal is told of each process; what cannot be a signal at all is the caller's slip.
  if (typeof value === "object") throw new Fault("INCORRECT_PARAMETERS");
  return statusEntries(
    await forEach(signallable(processes), (each) => signalProcess(each, displayName(each), signalOf(value))),
  );
}

function reloadConfig(context: RpcContext): XmlRpcValue {
  context.reread();
  // Of a shared socket supervisord compares the address alone.
  const digest = (spec: GroupSpec) => ({
    name: spec.name,
    digest: JSON.stringify({ ...spec, socket: spec.socket?.url ?? null }),
  });
  const active = context.supervisor.groups.map((group) => digest(group.spec));
  const { added, changed, removed } = diffConfig(active, context.configured().map(digest));
  return [[[...added], [...changed], [...removed]]];
}

function addProcessGroup(context: RpcContext, name: string): XmlRpcValue {
  if (context.supervisor.group(name) !== null) throw new Fault("ALREADY_ADDED", name);
  const spec = context.configured().find((group) => group.name === name);
  if (spec === undefined) throw new Fault("BAD_NAME", name);
  context.supervisor.startAutomatic([context.supervisor.addGroup(spec)]);
  return true;
}

function removeProcessGroup(context: RpcContext, name: string): XmlRpcValue {
  const group = context.supervisor.group(name);
  if (group === null) throw new Fault("BAD_NAME", name);
  if (!allStopped(group.processes)) throw new Fault("STILL_RUNNING", name);
  context.supervisor.removeGroup(group);
  return true;
}

function clearLogs(process: ManagedProcess): void {
  for (const log of [process.stdout, process.stderr]) {
    try {
      log.sink?.clear();
    } catch {
      throw new Fault("FAILED", displayName(process));
    }
  }
}

async function sendProcessStdin(
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
  } catch {
    throw new Fault("NO_FILE", name);
  }
  // The write is tried at once, but that the child has closed its end is only told in the next turn.
  await nextTurn();
  if (refused) throw new Fault("NO_FILE", name);
  return true;
}

/** Sorted by group, then process name, plain text order (rpcinterface.py, getAllProcessInfo). */
function allProcessInfo(context: RpcContext): XmlRpcValue {
  const now = context.supervisor.clock.wallMs();
  const order = (a: ManagedProcess, b: ManagedProcess) => compare(a.group, b.group) || compare(a.name, b.name);
  return [...context.supervisor.processes].sort(order).map((process) => processInfo(process, now));
}

/**
 * The configuration as last read. An AUTO log shows its path while the group that runs is the one that was read, and
 * `auto` after a reread (rpcinterface.py, getAllConfigInfo: adding a group writes the path into its configuration).
 */
function allConfigInfo(context: RpcContext): XmlRpcValue {
  const specs = new Map(context.configured().map((spec) => [spec.name, spec]));
  return context.configInfo().map((entry) => {
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

// ---- the table ------------------------------------------------------------------------------------------------

const STRING = ["string"] as const;
const wholeGroup = (name: string): string | null => {
  const spec = parseNamespec(name);
  return spec.name === null ? spec.group : null;
};

/** Every call but its aliases; what each does is supervisord's (supervisor 4.x rpcinterface.py). */
const CALLS: Readonly<Record<string, Method>> = {
  getAPIVersion: { signature: STRING, help: "The version of this interface.", run: () => "3.0" },
  getSupervisorVersion: {
    signature: STRING,
    help: "The supervisord version whose behaviour this daemon shows.",
    run: (context) => context.version,
  },
  getIdentification: {
    signature: STRING,
    help: "The configured identifier.",
    run: (context) => context.identification(),
  },
  getState: {
    signature: ["struct"],
    help: "The state of the daemon: statecode and statename.",
    run: ({ supervisor }) => ({ statecode: MOODS[supervisor.mood], statename: supervisor.mood }),
  },
  getPID: { signature: ["int"], help: "The process id of the daemon.", run: () => process.pid },
  readLog: {
    signature: ["string", "int", "int"],
    help: "A piece of the main log: offset, length.",
    run: ({ mainLog }, [offset, length]) => readLog(mainLog.path, offset, length),
  },
  clearLog: {
    signature: ["boolean"],
    help: "Empties the main log.",
    run: ({ mainLog, supervisor }) => {
      if (mainLog.path === null || !existsSync(mainLog.path)) throw new Fault("NO_FILE");
      supervisor.log.info("reopening log file");
      mainLog.sink?.clear();
      return true;
    },
  },
  shutdown: {
    signature: ["boolean"],
    help: "Stops every process, then the daemon.",
    run: (context) => {
      context.shutdown();
      return true;
    },
  },
  restart: {
    signature: ["boolean"],
    help: "Stops every process, reads the configuration and begins anew.",
    run: (context) => {
      context.restart();
      return true;
    },
  },
  reloadConfig: {
    signature: ["array"],
    help: "Reads the configuration and tells which groups are added, changed and removed; changes nothing.",
    run: reloadConfig,
  },
  addProcessGroup: {
    signature: ["boolean", "string"],
    help: "Takes a configured group in and starts its autostart programs.",
    run: (context, [name]) => addProcessGroup(context, pythonText(name)),
  },
  removeProcessGroup: {
    signature: ["boolean", "string"],
    help: "Lets a stopped group go.",
    run: (context, [name]) => removeProcessGroup(context, groupName(name)),
  },
  startProcess: {
    signature: ["boolean", "string", "boolean"],
    help: "Starts a process, or with group:* a group; by default answers when it runs.",
    optional: 1,
    run: async (context, [given, wait]) => {
      const name = text(given);
      const group = wholeGroup(name);
      if (group !== null) return start(context, groupProcesses(context, group, name), truth(wait));
      await startProcess(context.supervisor, oneProcess(context, name), name, { wait: truth(wait) });
      return true;
    },
  },
  startProcessGroup: {
    signature: ["array", "string", "boolean"],
    help: "Starts the processes of a group.",
    optional: 1,
    run: (context, [name, wait]) => start(context, groupProcesses(context, groupName(name)), truth(wait)),
  },
  startAllProcesses: {
    signature: ["array", "boolean"],
    help: "Starts every process.",
    optional: 1,
    run: (context, [wait]) => start(context, context.supervisor.processes, truth(wait)),
  },
  stopProcess: {
    signature: ["boolean", "string", "boolean"],
    help: "Stops a process, or with group:* a group; by default answers when it has stopped.",
    optional: 1,
    run: async (context, [given, wait]) => {
      const name = text(given);
      const group = wholeGroup(name);
      if (group !== null) return stop(context, groupProcesses(context, group, name), truth(wait));
      await stopProcess(context.supervisor, oneProcess(context, name), name, { wait: truth(wait) });
      return true;
    },
  },
  stopProcessGroup: {
    signature: ["array", "string", "boolean"],
    help: "Stops the processes of a group.",
    optional: 1,
    run: (context, [name, wait]) => stop(context, groupProcesses(context, groupName(name)), truth(wait)),
  },
  stopAllProcesses: {
    signature: ["array", "boolean"],
    help: "Stops every process.",
    optional: 1,
    run: (context, [wait]) => stop(context, context.supervisor.processes, truth(wait)),
  },
  signalProcess: {
    signature: ["boolean", "string", "string"],
    help: "Sends a signal, by name or number, to a process or with group:* to a group.",
    run: (context, [given, sig]) => {
      const name = text(given);
      const group = wholeGroup(name);
      if (group !== null) return signal(groupProcesses(context, group, name), sig);
      const process = oneProcess(context, name);
      signalProcess(process, name, signalOf(sig));
      return true;
    },
  },
  signalProcessGroup: {
    signature: ["array", "string", "string"],
    help: "Sends a signal to the processes of a group.",
    run: (context, [name, sig]) => signal(groupProcesses(context, groupName(name)), sig),
  },
  signalAllProcesses: {
    signature: ["array", "string"],
    help: "Sends a signal to every process.",
    run: (context, [sig]) => signal(context.supervisor.processes, sig),
  },
  getProcessInfo: {
    signature: ["struct", "string"],
    help: "What is known of a process.",
    run: (context, [name]) => processInfo(oneProcess(context, text(name)), context.supervisor.clock.wallMs()),
  },
  getAllProcessInfo: { signature: ["array"], help: "What is known of every process.", run: allProcessInfo },
  getAllConfigInfo: {
    signature: ["array"],
    help: "The configuration as last read, an entry for each process.",
    run: allConfigInfo,
  },
  readProcessStdoutLog: {
    signature: ["string", "string", "int", "int"],
    help: "A piece of a process's standard output log: name, offset, length.",
    run: (context, [name, offset, length]) => readLog(oneProcess(context, text(name)).stdout.path, offset, length),
  },
  readProcessStderrLog: {
    signature: ["string", "string", "int", "int"],
    help: "A piece of a process's standard error log: name, offset, length.",
    run: (context, [name, offset, length]) => readLog(oneProcess(context, text(name)).stderr.path, offset, length),
  },
  tailProcessStdoutLog: {
    signature: ["array", "string", "int", "int"],
    help: "The end of a process's standard output log: text, size, whether more was written than asked for.",
    run: (context, [name, offset, length]) => tailLog(oneProcess(context, text(name)).stdout.path, offset, length),
  },
  tailProcessStderrLog: {
    signature: ["array", "string", "int", "int"],
    help: "The end of a process's standard error log: text, size, whether more was written than asked for.",
    run: (context, [name, offset, length]) => tailLog(oneProcess(context, text(name)).stderr.path, offset, length),
  },
  clearProcessLogs: {
    signature: ["boolean", "string"],
    help: "Empties the logs of a process.",
    run: (context, [name]) => {
      clearLogs(oneProcess(context, text(name)));
      return true;
    },
  },
  clearAllProcessLogs: {
    signature: ["array"],
    help: "Empties the logs of every process.",
    run: async ({ supervisor }) => statusEntries(await forEach(supervisor.processes, clearLogs)),
  },
  sendRemoteCommEvent: {
    signature: ["boolean", "string", "string"],
    help: "Tells event listeners something: a REMOTE_COMMUNICATION event with a type and data.",
    always: true,
    run: (context, [type, data]) => {
      context.announce(pythonText(type), pythonText(data));
      return true;
    },
  },
  sendProcessStdin: {
    signature: ["boolean", "string", "string"],
    help: "Writes text to the standard input of a process.",
    run: (context, [name, chars]) => sendProcessStdin(context, name, chars),
  },
};

const ALIASES = {
  getVersion: "getAPIVersion",
  readMainLog: "readLog",
  readProcessLog: "readProcessStdoutLog",
  tailProcessLog: "tailProcessStdoutLog",
  clearProcessLog: "clearProcessLogs",
} as const;

/** Every call under its full name. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  [
    ...Object.entries(CALLS),
    ...Object.entries(ALIASES).map(([alias, name]) => [alias, CALLS[name]] as [string, Method]),
  ].map(([name, method]) => [`supervisor.${name}`, method]),
);

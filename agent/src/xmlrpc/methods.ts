// One function a `supervisor.*` call: checks its parameters, asks the supervisor, shapes the answer.
import { existsSync } from "node:fs";
import { Fault } from "@fleetvisor/proto/vocabulary/faults";
import { MOODS } from "@fleetvisor/proto/vocabulary/states";
import type { XmlRpcAnswer, XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { clearLogs, forEach, signalProcess, startProcess, stopProcess } from "../run/control.js";
import {
  addProcessGroup,
  allConfigInfo,
  allProcessInfo,
  everyProcess,
  groupProcesses,
  oneProcess,
  reloadConfig,
  removeProcessGroup,
  sendProcessStdin,
  signal,
  start,
  statusEntries,
  stop,
  wholeGroup,
} from "./calls.js";
import { processInfo } from "./describe.js";
import { readLog, tailLog } from "./log-reading.js";
import { groupName, pythonText, signalOf, text, truth } from "./parameters.js";
import type { RpcContext } from "./rpc-context.js";

export interface Method {
  /** Result and parameter types as `system.methodSignature` tells them. */
  readonly signature: readonly string[];
  readonly help: string;
  /** Also while the daemon stops or begins anew, when every other method is refused. */
  readonly always?: boolean;
  /** How many parameters may be left out, from the end. */
  readonly optional?: number;
  readonly run: (context: RpcContext, params: readonly XmlRpcValue[]) => XmlRpcAnswer | Promise<XmlRpcAnswer>;
}

const STRING = ["string"] as const;
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
    run: ({ mainLog }, [offset, length]) => readLog(mainLog, offset, length),
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
      context.shutdown(context.caller.orderId);
      return true;
    },
  },
  restart: {
    signature: ["boolean"],
    help: "Stops every process, reads the configuration and begins anew.",
    run: (context) => {
      context.restart(context.caller.orderId);
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
      const options = { wait: truth(wait), orderId: context.caller.orderId };
      await startProcess(context.supervisor, oneProcess(context, name), name, options);
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
    run: (context, [wait]) => start(context, everyProcess(context), truth(wait)),
  },
  stopProcess: {
    signature: ["boolean", "string", "boolean"],
    help: "Stops a process, or with group:* a group; by default answers when it has stopped.",
    optional: 1,
    run: async (context, [given, wait]) => {
      const name = text(given);
      const group = wholeGroup(name);
      if (group !== null) return stop(context, groupProcesses(context, group, name), truth(wait));
      const options = { wait: truth(wait), orderId: context.caller.orderId };
      await stopProcess(context.supervisor, oneProcess(context, name), name, options);
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
    run: (context, [wait]) => stop(context, everyProcess(context), truth(wait)),
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
    run: (context, [sig]) => signal(everyProcess(context), sig),
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
    run: (context, [name, offset, length]) => readLog(oneProcess(context, text(name)).stdout, offset, length),
  },
  readProcessStderrLog: {
    signature: ["string", "string", "int", "int"],
    help: "A piece of a process's standard error log: name, offset, length.",
    run: (context, [name, offset, length]) => readLog(oneProcess(context, text(name)).stderr, offset, length),
  },
  tailProcessStdoutLog: {
    signature: ["array", "string", "int", "int"],
    help: "The end of a process's standard output log: text, size, whether more was written than asked for.",
    run: (context, [name, offset, length]) => tailLog(oneProcess(context, text(name)).stdout, offset, length),
  },
  tailProcessStderrLog: {
    signature: ["array", "string", "int", "int"],
    help: "The end of a process's standard error log: text, size, whether more was written than asked for.",
    run: (context, [name, offset, length]) => tailLog(oneProcess(context, text(name)).stderr, offset, length),
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
    run: async (context) => statusEntries(await forEach(everyProcess(context), clearLogs)),
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

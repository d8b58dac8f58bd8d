// What each XML-RPC method asks of who calls it through the controller: one table. A method that is not in it is refused.
import type { AccessVerb } from "@fleetvisor/proto/vocabulary/access";
import type { Verb } from "../core/operation.js";

/** What a call is done to, and with that what its caller must be allowed the verb on. */
type Reaches =
  /** Nothing in particular: for who sees any part of the instance. */
  | "part"
  /** Every process, an entry each in the answer: entries that the caller may not see are left out. */
  | "rows"
  /** The process that the first parameter names. */
  | "process"
  /** That, or every process of a group, with `group:*`. */
  | "process-or-group"
  /** Every process of the group that the first parameter names, as far as the caller sees it. */
  | "group"
  /** Every process, as far as the caller sees it. */
  | "every"
  /** The instance as a whole, whatever processes it has. */
  | "instance";

export interface MethodRule {
  readonly verb: AccessVerb;
  readonly on: Reaches;
  /** What its doing is kept as, so that history knows who asked; absent where no process changes. */
  readonly operation?: Verb;
  /** Answered when programs have done what they were told, which may take long. */
  readonly waits?: true;
}

const LOOK: MethodRule = { verb: "read", on: "part" };
const ROWS: MethodRule = { verb: "read", on: "rows" };
const LOG: MethodRule = { verb: "logs", on: "process" };
const MAIN_LOG: MethodRule = { verb: "logs", on: "instance" };
const CLEAR: MethodRule = { verb: "clear", on: "process", operation: "clear" };
const CONFIGURE: MethodRule = { verb: "configure", on: "instance" };

/** Every method, aliases too. */
export const METHOD_RULES: ReadonlyMap<string, MethodRule> = new Map<string, MethodRule>([
  ["supervisor.getAPIVersion", LOOK],
  ["supervisor.getVersion", LOOK],
  ["supervisor.getSupervisorVersion", LOOK],
  ["supervisor.getIdentification", LOOK],
  ["supervisor.getState", LOOK],
  ["supervisor.getPID", LOOK],
  ["supervisor.getProcessInfo", { verb: "read", on: "process" }],
  ["supervisor.getAllProcessInfo", ROWS],
  ["supervisor.getAllConfigInfo", ROWS],
  ["supervisor.startProcess", { verb: "start", on: "process-or-group", operation: "start", waits: true }],
  ["supervisor.startProcessGroup", { verb: "start", on: "group", operation: "start", waits: true }],
  ["supervisor.startAllProcesses", { verb: "start", on: "every", operation: "start", waits: true }],
  ["supervisor.stopProcess", { verb: "stop", on: "process-or-group", operation: "stop", waits: true }],
  ["supervisor.stopProcessGroup", { verb: "stop", on: "group", operation: "stop", waits: true }],
  ["supervisor.stopAllProcesses", { verb: "stop", on: "every", operation: "stop", waits: true }],
  ["supervisor.signalProcess", { verb: "signal", on: "process-or-group", operation: "signal" }],
  ["supervisor.signalProcessGroup", { verb: "signal", on: "group", operation: "signal" }],
  ["supervisor.signalAllProcesses", { verb: "signal", on: "every", operation: "signal" }],
  ["supervisor.sendProcessStdin", { verb: "stdin", on: "process" }],
  ["supervisor.readProcessStdoutLog", LOG],
  ["supervisor.readProcessLog", LOG],
  ["supervisor.readProcessStderrLog", LOG],
  ["supervisor.tailProcessStdoutLog", LOG],
  ["supervisor.tailProcessLog", LOG],
  ["supervisor.tailProcessStderrLog", LOG],
  ["supervisor.clearProcessLogs", CLEAR],
  ["supervisor.clearProcessLog", CLEAR],
  ["supervisor.clearAllProcessLogs", { verb: "clear", on: "every", operation: "clear" }],
  ["supervisor.readLog", MAIN_LOG],
  ["supervisor.readMainLog", MAIN_LOG],
  // Nobody's process alone: it is what says who did what on the host.
  ["supervisor.clearLog", CONFIGURE],
  ["supervisor.reloadConfig", CONFIGURE],
  ["supervisor.addProcessGroup", { ...CONFIGURE, operation: "add" }],
  ["supervisor.removeProcessGroup", { ...CONFIGURE, operation: "remove" }],
  ["supervisor.restart", { ...CONFIGURE, operation: "reload" }],
  ["supervisor.shutdown", { ...CONFIGURE, operation: "shutdown" }],
  // Every event listener of the host hears it.
  ["supervisor.sendRemoteCommEvent", CONFIGURE],
  ["system.listMethods", LOOK],
  ["system.methodHelp", LOOK],
  ["system.methodSignature", LOOK],
]);

/** Several calls in one; each is judged by itself. */
export const MULTICALL = "system.multicall";

/** Whether a call changes anything: then it is in the audit. */
export function changes({ verb }: MethodRule): boolean {
  return verb !== "read" && verb !== "logs";
}

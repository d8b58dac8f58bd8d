// Whether somebody may make an XML-RPC call to an instance, and on which of its processes it is then done. Pure.
import { type AccessVerb, phraseOf } from "@fleetvisor/proto/vocabulary/access";
import { type FaultName, faultText } from "@fleetvisor/proto/vocabulary/faults";
import { formatTarget, parseNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import type { XmlRpcCall, XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { METHOD_RULES, type MethodRule } from "./methods.js";

/** Names that a refusal spells out. */
const NAMED = 3;
/** Processes that a call for a part of an instance can name. */
const MOST_NAMED = 10_000;

export interface ProcessName {
  readonly group: string;
  readonly name: string;
}

/** What the caller may see and do of one instance. */
export interface Sight {
  readonly user: string;
  readonly instance: string;
  /** Whether the verb may be done to all there is of it and will be. */
  mayAll(verb: AccessVerb): boolean;
  /** Whether there is such a process or not. */
  may(verb: AccessVerb, process: ProcessName): boolean;
  /** Those that are known to be there and that the caller sees. */
  processes(): readonly ProcessName[];
}

export type Decision =
  | {
      readonly type: "pass";
      readonly rule: MethodRule;
      /** The only processes there are for the call; null for all. With none a name answers as one that nobody has. */
      readonly scope: readonly ProcessName[] | null;
      /** Those of them that the call speaks of, as far as they are known. */
      readonly targets: readonly ProcessName[];
      /** What it is about, for the audit. */
      readonly subject: string;
    }
  /** A fault of the call itself, such as of a method that there is not. */
  | { readonly type: "fault"; readonly fault: FaultName; readonly text: string }
  /** The caller may not. */
  | { readonly type: "refuse"; readonly text: string; readonly subject: string };

export function decide({ method, params }: XmlRpcCall, sight: Sight): Decision {
  const rule = METHOD_RULES.get(method);
  if (rule === undefined) return { type: "fault", fault: "UNKNOWN_METHOD", text: faultText("UNKNOWN_METHOD") };
  const subject = subjectOf(rule, params, sight);
  const whole = sight.mayAll(rule.verb);
  const named = processesOf(rule, params, sight);
  if (whole || rule.on === "part" || rule.on === "rows") {
    return { type: "pass", rule, scope: null, targets: named, subject };
  }
  if (rule.on === "instance")
    return refusal(`${sight.user} may not ${phraseOf(rule.verb)} ${sight.instance} as a whole`, subject);
  const seen = named.filter((process) => sight.may("read", process));
  const beyond = seen.filter((process) => !sight.may(rule.verb, process));
  if (beyond.length > 0)
    return refusal(`${sight.user} may not ${phraseOf(rule.verb)} ${spelled(beyond, sight)}`, subject);
  if (seen.length > MOST_NAMED) {
    return refusal(`more than ${MOST_NAMED} processes of ${sight.instance} cannot be named in one call`, subject);
  }
  return { type: "pass", rule, scope: seen, targets: seen, subject };
}

/** What the call's name, or its being for all, means. One process by name may be unknown; of groups what is known is meant. */
function processesOf({ on }: MethodRule, [name]: readonly XmlRpcValue[], sight: Sight): readonly ProcessName[] {
  switch (on) {
    case "part":
    case "rows":
    case "instance":
      return [];
    case "every":
      return sight.processes();
    case "group":
      return membersOf(name, sight);
    case "process":
    case "process-or-group": {
      if (typeof name !== "string") return [];
      const spec = parseNamespec(name);
      if (spec.name !== null) return [{ group: spec.group, name: spec.name }];
      return on === "process" ? [] : membersOf(spec.group, sight);
    }
  }
}

function membersOf(group: XmlRpcValue | undefined, sight: Sight): readonly ProcessName[] {
  return sight.processes().filter((process) => process.group === group);
}

function subjectOf({ on }: MethodRule, [name]: readonly XmlRpcValue[], { instance }: Sight): string {
  if (on === "part" || on === "rows" || on === "every" || typeof name !== "string") return instance;
  if (on === "instance") return `${instance} ${name}`;
  const spec = on === "group" ? { group: name, name: null } : parseNamespec(name);
  return formatTarget(instance, spec.group, spec.name ?? "*");
}

function spelled(processes: readonly ProcessName[], { instance }: Sight): string {
  const names = processes.slice(0, NAMED).map(({ group, name }) => formatTarget(instance, group, name));
  const more = processes.length > NAMED ? ` and ${processes.length - NAMED} more` : "";
  return names.join(", ") + more;
}

/** The fault of which supervisorctl shows the words wherever it shows any. */
function refusal(reason: string, subject: string): Decision {
  return { type: "refuse", text: faultText("FAILED", reason), subject };
}

// A call as the steps in which it is sent to the agent: one, or for a multicall as few as there can be. Pure.
import { faultText } from "@fleetvisor/proto/vocabulary/faults";
import type { XmlRpcCall, XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { type Decision, decide, type ProcessName, type Sight } from "./decide.js";
import { changes, MULTICALL } from "./methods.js";

/** Calls in one multicall. */
const MOST_CALLS = 1_000;

type Passed = Extract<Decision, { readonly type: "pass" }>;

/** A call that is sent. */
export interface PlannedCall extends XmlRpcCall {
  readonly decision: Passed;
  /** Of its result in the answer of a multicall. */
  readonly place: number;
}

/** Calls that are sent together: any number that only look, or one that changes something. */
export interface Step {
  readonly calls: readonly [PlannedCall, ...PlannedCall[]];
  readonly scope: readonly ProcessName[] | null;
}

/** A call that is not sent: its fault, and what it was about when the caller may not make it. */
export interface Refused {
  readonly place: number;
  readonly method: string;
  readonly decision: Exclude<Decision, Passed>;
}

export interface Plan {
  /** Whether the answer is an array of results, one a call. */
  readonly isMulticall: boolean;
  readonly count: number;
  readonly refused: readonly Refused[];
  /** In order: none is sent before the one before is answered. */
  readonly steps: readonly Step[];
}

export function planCall(call: XmlRpcCall, sight: Sight): Plan {
  if (call.method !== MULTICALL) {
    const decision = decide(call, sight);
    if (decision.type !== "pass") return single([], [{ place: 0, method: call.method, decision }]);
    return single([{ calls: [{ ...call, decision, place: 0 }], scope: decision.scope }], []);
  }
  const [calls] = call.params;
  // No calls, whatever they are none of.
  if (call.params.length === 1 && calls === "") return { isMulticall: true, count: 0, refused: [], steps: [] };
  if (call.params.length !== 1 || !Array.isArray(calls)) return faulty(wrong());
  if (calls.length > MOST_CALLS) {
    const text = faultText("FAILED", `more than ${MOST_CALLS} calls in one ${MULTICALL}`);
    return faulty({ type: "fault", fault: "FAILED", text });
  }
  const refused: Refused[] = [];
  const passed: PlannedCall[] = [];
  calls.forEach((value, place) => {
    const read = readCall(value);
    const decision = "type" in read ? read : decide(read, sight);
    if ("type" in read || decision.type !== "pass") {
      const method = "type" in read ? "" : read.method;
      if (decision.type !== "pass") refused.push({ place, method, decision });
    } else {
      passed.push({ ...read, decision, place });
    }
  });
  return { isMulticall: true, count: calls.length, refused, steps: stepsOf(passed) };
}

/** Calls that only look share a step as long as the same processes are there for them. */
function stepsOf(calls: readonly PlannedCall[]): Step[] {
  const steps: { calls: [PlannedCall, ...PlannedCall[]]; scope: Step["scope"]; key: string | null }[] = [];
  for (const call of calls) {
    const { scope, rule } = call.decision;
    const key = changes(rule) ? null : JSON.stringify(scope);
    const last = steps.at(-1);
    if (last !== undefined && key !== null && last.key === key) last.calls.push(call);
    else steps.push({ calls: [call], scope, key });
  }
  return steps;
}

function single(steps: readonly Step[], refused: readonly Refused[]): Plan {
  return { isMulticall: false, count: 1, refused, steps };
}

type FaultOf = Extract<Decision, { readonly type: "fault" }>;

function faulty(decision: FaultOf): Plan {
  return single([], [{ place: 0, method: MULTICALL, decision }]);
}

function wrong(extra?: string): FaultOf {
  return { type: "fault", fault: "INCORRECT_PARAMETERS", text: faultText("INCORRECT_PARAMETERS", extra) };
}

/** One call of many as supervisord reads it (supervisor 4.x xmlrpc.py, multicall). */
function readCall(value: XmlRpcValue): XmlRpcCall | FaultOf {
  const { methodName, params } =
    typeof value === "object" && !Array.isArray(value) ? value : { methodName: undefined, params: undefined };
  if (typeof methodName !== "string") return wrong("No methodName");
  if (methodName === MULTICALL) return wrong(`Recursive ${MULTICALL} forbidden`);
  const listed = listedParams(params);
  return listed === null ? wrong() : { method: methodName, params: listed };
}

/** None when left out, and whatever Python can take one by one; null for what it cannot. */
function listedParams(params: XmlRpcValue | undefined): XmlRpcValue[] | null {
  if (params === undefined) return [];
  if (Array.isArray(params)) return params;
  if (typeof params === "string") return [...params];
  return typeof params === "object" ? Object.keys(params) : null;
}

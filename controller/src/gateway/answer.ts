// The answer to a caller put together from those of the agent: results in the places of their calls, without rows that are not the caller's. Pure.
import { FAULTS, type FaultName, faultText } from "@fleetvisor/proto/vocabulary/faults";
import {
  decodeResponse,
  encodeFault,
  encodeResult,
  type XmlRpcResponse,
  type XmlRpcValue,
} from "@fleetvisor/proto/xmlrpc/codec";
import type { Sight } from "./decide.js";
import { MULTICALL } from "./methods.js";
import type { PlannedCall, Step } from "./plan.js";

/** What is sent of a step: calls of a multicall go as one, so that their faults stay values. */
export function requestOf({ calls }: Step, isMulticall: boolean): { method: string; params: XmlRpcValue[] } {
  if (!isMulticall) return calls[0];
  return { method: MULTICALL, params: [calls.map(({ method, params }) => ({ methodName: method, params }))] };
}

/** The result of each call of a step, a fault as its struct. Throws XmlRpcSyntaxError for an answer that is none. */
export function resultsOf({ calls }: Step, isMulticall: boolean, xml: string): XmlRpcResponse[] {
  const answer = decodeResponse(xml);
  if (!isMulticall || !answer.ok) return calls.map(() => answer);
  const values = Array.isArray(answer.value) ? answer.value : [];
  return calls.map((_, index) => readResult(values[index]));
}

function readResult(value: XmlRpcValue | undefined): XmlRpcResponse {
  if (value === undefined) return failure("the agent left the result out");
  if (typeof value !== "object" || Array.isArray(value) || !("faultCode" in value)) return { ok: true, value };
  return { ok: false, code: Number(value.faultCode), text: String(value.faultString) };
}

/** The result as the caller may know it. */
export function visibleResult(call: PlannedCall, result: XmlRpcResponse, sight: Sight): XmlRpcResponse {
  if (!result.ok || !filters(call, sight)) return result;
  const rows = Array.isArray(result.value) ? result.value : [];
  const value = rows.filter(
    (row) =>
      typeof row === "object" &&
      !Array.isArray(row) &&
      sight.may("read", { group: String(row.group), name: String(row.name) }),
  );
  return { ok: true, value };
}

/** Whether something may have to be left out of the call's result. */
export function filters({ decision }: PlannedCall, sight: Sight): boolean {
  return decision.rule.on === "rows" && !sight.mayAll("read");
}

export function failure(reason: string, name: FaultName = "FAILED"): XmlRpcResponse {
  return { ok: false, code: FAULTS[name], text: faultText(name, reason) };
}

/** The methodResponse of one call, or of a multicall with a result in each place. */
export function encodeAnswer(results: readonly XmlRpcResponse[], isMulticall: boolean): string {
  if (isMulticall) {
    return encodeResult(
      results.map((result) => (result.ok ? result.value : { faultCode: result.code, faultString: result.text })),
    );
  }
  const [result = failure("no answer")] = results;
  return result.ok ? encodeResult(result.value) : encodeFault(result.code, result.text);
}

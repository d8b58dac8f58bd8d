// From a call's name and parameters to its answer or fault: look-up, state check, `system.*` and multicall.
import { FAULTS, Fault } from "@fleetvisor/proto/vocabulary/faults";
import type { XmlRpcAnswer, XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { METHODS, type Method } from "./methods.js";
import type { RpcContext } from "./rpc-context.js";

const SYSTEM_SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  "system.listMethods": ["array"],
  "system.methodHelp": ["string", "string"],
  "system.methodSignature": ["array", "string"],
  "system.multicall": ["array", "array"],
};

const SYSTEM_HELP: Readonly<Record<string, string>> = {
  "system.listMethods": "The names of all methods.",
  "system.methodHelp": "What a method does.",
  "system.methodSignature": "Result and parameter types of a method.",
  "system.multicall": "Several calls in one, each after the other; an array of their results or fault structs.",
};

const METHOD_NAMES = [...METHODS.keys(), ...Object.keys(SYSTEM_SIGNATURES)].sort();

/** Performs a call. Throws Fault for every refusal; anything else thrown is a defect (HTTP 500). */
export async function dispatch(
  context: RpcContext,
  name: string,
  params: readonly XmlRpcValue[],
): Promise<XmlRpcAnswer> {
  const method = METHODS.get(name);
  if (method !== undefined) {
    checkCount(params, method.signature.length - 1, method.optional ?? 0);
    if (context.supervisor.mood !== "RUNNING" && !method.always) throw new Fault("SHUTDOWN_STATE");
    return method.run(context, params);
  }
  const signature = Object.hasOwn(SYSTEM_SIGNATURES, name) ? SYSTEM_SIGNATURES[name] : undefined;
  if (signature === undefined) throw new Fault("UNKNOWN_METHOD");
  checkCount(params, signature.length - 1, 0);
  switch (name) {
    case "system.listMethods":
      return [...METHOD_NAMES];
    case "system.methodHelp":
      return describeMethod(params[0], (method) => method.help, SYSTEM_HELP);
    case "system.methodSignature":
      return [...describeMethod<readonly string[]>(params[0], (method) => method.signature, SYSTEM_SIGNATURES)];
    default:
      return multicall(context, params[0]);
  }
}

function checkCount(params: readonly XmlRpcValue[], most: number, optional: number): void {
  if (params.length > most || params.length < most - optional) throw new Fault("INCORRECT_PARAMETERS");
}

function describeMethod<T>(
  name: XmlRpcValue | undefined,
  of: (method: Method) => T,
  system: Readonly<Record<string, T>>,
): T {
  const key = typeof name === "string" ? name : "";
  const method = METHODS.get(key);
  const answer = method === undefined ? (Object.hasOwn(system, key) ? system[key] : undefined) : of(method);
  if (answer === undefined) throw new Fault("SIGNATURE_UNSUPPORTED");
  return answer;
}

/** Bare results, not wrapped in arrays, each call after the one before (supervisor 4.x xmlrpc.py, multicall). */
async function multicall(context: RpcContext, calls: XmlRpcValue | undefined): Promise<XmlRpcAnswer> {
  // No calls, whatever they are none of.
  if (calls === "") return [];
  if (!Array.isArray(calls)) throw new Fault("INCORRECT_PARAMETERS");
  const results: XmlRpcAnswer[] = [];
  for (const call of calls) {
    try {
      const { methodName, params } =
        typeof call === "object" && !Array.isArray(call) ? call : { methodName: undefined, params: undefined };
      if (typeof methodName !== "string") throw new Fault("INCORRECT_PARAMETERS", "No methodName");
      if (methodName === "system.multicall") {
        throw new Fault("INCORRECT_PARAMETERS", "Recursive system.multicall forbidden");
      }
      results.push(await dispatch(context, methodName, listed(params)));
    } catch (error) {
      results.push(
        error instanceof Fault
          ? { faultCode: error.code, faultString: error.message }
          : { faultCode: FAULTS.FAILED, faultString: `FAILED: ${error}` },
      );
    }
  }
  return results;
}

/** Parameters of one call out of many: none when left out, and whatever Python can take one by one. */
function listed(params: XmlRpcValue | undefined): readonly XmlRpcValue[] {
  if (params === undefined) return [];
  if (Array.isArray(params)) return params;
  if (typeof params === "string") return [...params];
  if (typeof params === "object") return Object.keys(params);
  throw new Fault("INCORRECT_PARAMETERS");
}

// One XML-RPC call from its XML to the XML of its answer, whatever carries the two.
import { Fault } from "@fleetvisor/proto/vocabulary/faults";
import { decodeCall, encodeFault, encodeResult } from "@fleetvisor/proto/xmlrpc/codec";
import { dispatch } from "./dispatch.js";
import type { RpcContext } from "./rpc-context.js";

/**
 * The methodResponse to a methodCall; of a call that waits, when it is done. Rejects with XmlRpcSyntaxError for what is no call, and
 * with anything else for a defect.
 */
export async function answerCall(context: RpcContext, request: string): Promise<string> {
  const { log } = context.supervisor;
  const { method, params } = decodeCall(request);
  log.trace(`XML-RPC method called: ${method}()`);
  try {
    const value = await dispatch(context, method, params);
    log.trace(`XML-RPC method ${method}() returned successfully`);
    return encodeResult(value);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log.trace(`XML-RPC method ${method}() returned fault: [${error.code}] ${error.message}`);
    return encodeFault(error.code, error.message);
  }
}

// Has an operation done by the controller and waits for its end; a connection that breaks meanwhile does not end the waiting.
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Operation, OperationRequest } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ApiClient } from "./client.js";

/** How long the controller keeps the first answer back: most operations are over by then, at the cost of one request. */
const FIRST_WAIT_MS = 1_000;
const ASK_EVERY_MS = 400;
/** An operation of many targets is long to tell, so it is asked for less often. */
const ASK_EVERY_PER_TARGET_MS = 1;
/** Beyond the operation's own limit, by which the controller has given every target a result. */
const GRACE_MS = 15_000;

export interface Following {
  readonly timeoutMs: number;
  /** Called with each news of it. */
  readonly onProgress: (operation: Operation) => Promise<void>;
  /** Called when the connection breaks, once a break. */
  readonly onBroken: (error: FleetError) => Promise<void>;
  /** Ends the waiting, not the operation. */
  readonly signal: AbortSignal;
}

/** The operation when it ended, when `signal` was aborted or when its time was long over: then some targets are not done. */
export async function runOperation(
  client: ApiClient,
  request: OperationRequest,
  { timeoutMs, onProgress, onBroken, signal }: Following,
): Promise<Operation> {
  const deadlineMs = performance.now() + timeoutMs + GRACE_MS;
  const waitMs = FIRST_WAIT_MS;
  let operation = await client.post<Operation>(API_PATHS.operations, { ...request, timeoutMs, waitMs }, waitMs, signal);
  let isBroken = false;
  while (operation.state === "running" && !signal.aborted && performance.now() < deadlineMs) {
    await onProgress(operation);
    await sleep(ASK_EVERY_MS + operation.targets.length * ASK_EVERY_PER_TARGET_MS, null, { signal }).catch(() => null);
    if (signal.aborted) break;
    try {
      operation = await client.get<Operation>(apiPath("operation", { id: operation.id }), {}, signal);
      isBroken = false;
    } catch (thrown) {
      if (signal.aborted) break;
      const error = FleetError.from(thrown);
      if (error.kind !== "unavailable") throw error;
      if (!isBroken) await onBroken(error);
      isBroken = true;
    }
  }
  return operation;
}

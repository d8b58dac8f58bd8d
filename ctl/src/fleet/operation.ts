// Has an operation done by the controller and waits for its end; a connection that breaks meanwhile does not end the waiting.
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Operation, OperationRequest } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ApiClient } from "./client.js";

/** How long the controller may keep an answer back while nothing is over: short where somebody watches the progress. */
const WATCHED_WAIT_MS = 700;
const UNWATCHED_WAIT_MS = 20_000;
/** Between attempts while the connection is broken. */
const RETRY_MS = 1_000;
/** Beyond the operation's own limit, by which the controller has given every target a result. */
const GRACE_MS = 15_000;

export interface Following {
  readonly timeoutMs: number;
  readonly isWatched: boolean;
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
  { timeoutMs, isWatched, onProgress, onBroken, signal }: Following,
): Promise<Operation> {
  const deadlineMs = performance.now() + timeoutMs + GRACE_MS;
  const waitMs = Math.min(isWatched ? WATCHED_WAIT_MS : UNWATCHED_WAIT_MS, timeoutMs);
  let operation = await client.post<Operation>(API_PATHS.operations, { ...request, timeoutMs, waitMs }, signal);
  let isBroken = false;
  while (operation.state === "running" && !signal.aborted && performance.now() < deadlineMs) {
    await onProgress(operation);
    try {
      operation = await client.get<Operation>(apiPath("operation", { id: operation.id }), { waitMs }, signal);
      isBroken = false;
    } catch (thrown) {
      if (signal.aborted) break;
      const error = FleetError.from(thrown);
      if (error.kind !== "unavailable") throw error;
      if (!isBroken) await onBroken(error);
      isBroken = true;
      await sleep(RETRY_MS, null, { signal }).catch(() => null);
    }
  }
  return operation;
}

// Has an operation done by the controller and waits for its end; a connection that breaks meanwhile does not end the waiting.
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Operation, OperationRequest, OperationTargetList } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ApiClient } from "./client.js";

/** How long the controller may keep an answer back while nothing is over: short where somebody watches the progress. */
const WATCHED_WAIT_MS = 700;
const UNWATCHED_WAIT_MS = 5_000;
/** Between attempts while the connection is broken. */
const RETRY_MS = 1_000;
/** Beyond the time that a batch may take: by then the controller has given each of its targets a result. */
const GRACE_MS = 15_000;
/** For the last look after an interruption. */
const IMPATIENT_MS = 3_000;
/** Targets of a page. */
const PAGE_TARGETS = 1_000;

export interface Following {
  readonly isWatched: boolean;
  /** Called with each news of it; its targets are missing while it runs when they are many. */
  readonly onProgress: (operation: Operation) => Promise<void>;
  /** Called when the connection breaks, once a break. */
  readonly onBroken: (error: FleetError) => Promise<void>;
  /** Ends the waiting, not the operation. */
  readonly signal: AbortSignal;
}

/** Begins an operation; then as `followOperation`. */
export async function runOperation(
  client: ApiClient,
  request: OperationRequest,
  following: Following,
): Promise<Operation> {
  const waitMs = Math.min(following.isWatched ? WATCHED_WAIT_MS : UNWATCHED_WAIT_MS, request.timeoutMs ?? 60_000);
  const begun = await client.post<Operation>(API_PATHS.operations, { ...request, waitMs }, following.signal);
  return followOperation(client, begun, following);
}

/** Whether it is over, by the word of any controller. */
export function isOver({ finishedAtMs }: Operation): boolean {
  return finishedAtMs !== null;
}

/**
 * The operation, with its targets, when it ended, when `signal` was aborted or when nothing was heard of it for longer than a batch of it
 * may take: then some targets are not done.
 */
export async function followOperation(client: ApiClient, begun: Operation, following: Following): Promise<Operation> {
  const { isWatched, onProgress, onBroken, signal } = following;
  const path = apiPath("operation", { id: begun.id });
  const { timeoutMs = 60_000, pauseMs = 0, waitRunningMs = 0 } = begun.plan ?? {};
  const silenceMs = timeoutMs + pauseMs + waitRunningMs + GRACE_MS;
  const waitMs = Math.min(isWatched ? WATCHED_WAIT_MS : UNWATCHED_WAIT_MS, timeoutMs);
  const isLarge = begun.moreTargets !== undefined;
  let operation = begun;
  let heardMs = performance.now();
  let isBroken = false;
  while (!isOver(operation) && !signal.aborted && performance.now() < heardMs + silenceMs) {
    await onProgress(isLarge ? { ...operation, targets: [] } : operation);
    try {
      operation = await client.get<Operation>(path, { waitMs }, signal);
      heardMs = performance.now();
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
  // The first of its targets are told where nobody answers. Who has interrupted it does not wait long.
  const patience = signal.aborted ? AbortSignal.timeout(IMPATIENT_MS) : undefined;
  return withTargets(client, operation, patience).catch(() => operation);
}

/** The operation with all of its targets: those that it is not told with are asked for, page after page. */
export async function withTargets(client: ApiClient, operation: Operation, signal?: AbortSignal): Promise<Operation> {
  const { moreTargets, ...whole } = operation;
  const path = apiPath("operationTargets", { id: operation.id });
  const targets = [...operation.targets];
  for (let cursor = moreTargets ?? null; cursor !== null; ) {
    const page = await client.get<OperationTargetList>(path, { limit: PAGE_TARGETS, cursor }, signal);
    targets.push(...page.items);
    cursor = page.nextCursor;
  }
  return { ...whole, targets };
}

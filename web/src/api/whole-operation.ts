// One operation with all of its targets: those that it is not told with come in pages.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { Operation, OperationTargetList } from "@fleetvisor/proto/api/v1";
import { call } from "./client.js";

const PAGE_TARGETS = 1_000;

/** Asks until it has them all. Throws FleetError like `call`. */
export async function askOperation(id: string, signal: AbortSignal): Promise<Operation> {
  const { moreTargets, ...operation } = await call<Operation>(apiPath("operation", { id }), { signal });
  const targets = [...operation.targets];
  for (let cursor = moreTargets ?? null; cursor !== null; ) {
    const query = { limit: PAGE_TARGETS, cursor };
    const page = await call<OperationTargetList>(apiPath("operationTargets", { id }), { query, signal });
    targets.push(...page.items);
    cursor = page.nextCursor;
  }
  return { ...operation, targets };
}

// What an operation touches in few words: how many targets, where, in which batches. For who is asked before it begins. Pure.
import type { OperationTarget } from "./operation.js";

/** Instances told by name. */
const MOST_NAMED = 8;

export interface OperationImpact {
  readonly targets: number;
  readonly instances: number;
  /** Most targets first, then by name. */
  readonly most: readonly { readonly instance: string; readonly targets: number }[];
  readonly batches: number;
  /** Of every batch but perhaps the last. */
  readonly batchSize: number;
}

export function impactOf(targets: readonly Pick<OperationTarget, "instance" | "batch">[]): OperationImpact {
  const perInstance = new Map<string, number>();
  const perBatch = new Map<number, number>();
  for (const { instance, batch } of targets) {
    perInstance.set(instance, (perInstance.get(instance) ?? 0) + 1);
    perBatch.set(batch, (perBatch.get(batch) ?? 0) + 1);
  }
  const most = [...perInstance]
    .map(([instance, count]) => ({ instance, targets: count }))
    .sort((a, b) => b.targets - a.targets || (a.instance < b.instance ? -1 : 1))
    .slice(0, MOST_NAMED);
  let batchSize = 0;
  for (const size of perBatch.values()) batchSize = Math.max(batchSize, size);
  return { targets: targets.length, instances: perInstance.size, most, batches: perBatch.size, batchSize };
}

// Pages of an operation's targets: their order never changes, so that a place in it is the cursor. Pure.
import type { OperationTarget, TargetResult } from "./operation.js";

export interface TargetPageRequest {
  /** Only targets that became one of these; none for any. */
  readonly results: readonly TargetResult[];
  /** Place of the first target that is looked at, from 0. */
  readonly from: number;
  readonly limit: number;
}

export interface TargetPage {
  readonly targets: readonly OperationTarget[];
  /** Where the next page begins; null when nothing follows. */
  readonly next: number | null;
}

/** At most `limit` of the targets that are asked for, and where the next of those lies. */
export function targetPage(
  targets: readonly OperationTarget[],
  { results, from, limit }: TargetPageRequest,
): TargetPage {
  const found: OperationTarget[] = [];
  for (let place = from; place < targets.length; place += 1) {
    const target = targets[place];
    if (target === undefined || (results.length > 0 && !results.includes(target.result))) continue;
    if (found.length === limit) return { targets: found, next: place };
    found.push(target);
  }
  return { targets: found, next: null };
}

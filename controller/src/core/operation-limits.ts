// How much may be under way at a time: each operation is held in memory with all of its targets until it is over. Pure.
import type { Operation } from "./operation.js";

export interface OperationLimits {
  /** Operations of one user, and of all. */
  readonly ofUser: number;
  readonly inAll: number;
  /** Targets of one user's operations, and of all. A first operation may have any number. */
  readonly targetsOfUser: number;
  readonly targetsInAll: number;
}

export const OPERATION_LIMITS: OperationLimits = {
  ofUser: 1_000,
  inAll: 4_000,
  targetsOfUser: 1_000_000,
  targetsInAll: 2_000_000,
};

/** Why one more may not begin beside those that are under way; null when it may. */
export function excess(
  next: Operation,
  underWay: Iterable<Operation>,
  { ofUser, inAll, targetsOfUser, targetsInAll }: OperationLimits,
): string | null {
  const own = { operations: 0, targets: 0 };
  const all = { operations: 0, targets: 0 };
  for (const { user, targets } of underWay) {
    for (const sum of user === next.user ? [own, all] : [all]) {
      sum.operations += 1;
      sum.targets += targets.length;
    }
  }
  const isTooMuch = (sum: typeof own, operations: number, targets: number) =>
    sum.operations >= operations || (sum.operations > 0 && sum.targets + next.targets.length > targets);
  const words = (sum: typeof own) => `${sum.operations} with ${sum.targets} targets`;
  if (!isTooMuch(own, ofUser, targetsOfUser) && !isTooMuch(all, inAll, targetsInAll)) return null;
  return `too many operations are under way (${words(all)}, of ${next.user} ${words(own)}): wait for some, or abort them`;
}

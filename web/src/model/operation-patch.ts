// What live changes do to operations fetched earlier: whole small ones are replaced, of large ones the targets that changed.
import type { Operation, OperationList, OperationProgress } from "@fleetvisor/proto/api/v1";
import { isShown, type OperationFilter } from "./operation-filter.js";

/** Operations of a frame's time: an id is in one of both, as the controller tells small ones whole and large ones in parts. */
export interface OperationChanges {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly progress: ReadonlyMap<string, OperationProgress>;
}

/** Two parts of one operation as one: the later head, each target as it was told of last. */
export function joinProgress(earlier: OperationProgress | undefined, later: OperationProgress): OperationProgress {
  if (earlier === undefined) return later;
  const changed = new Map([...earlier.changed, ...later.changed].map((target) => [target.target, target]));
  const tooMany = earlier.tooMany === true || later.tooMany === true;
  return { ...later, changed: [...changed.values()], ...(tooMany ? { tooMany } : {}) };
}

/** The operation after a part of it changed; targets keep their places. Where too many changed, they are still to be asked for. */
export function patchOperation(old: Operation, { changed, tooMany: _, ...head }: OperationProgress): Operation {
  const byTarget = new Map(changed.map((target) => [target.target, target]));
  return { ...old, ...head, targets: old.targets.map((target) => byTarget.get(target.target) ?? target) };
}

/** The list, newest first, after the changes; new ones at its head. Its operations have no targets. */
export function patchOperationList(list: OperationList, changes: OperationChanges): OperationList {
  const heads = headsOf(changes);
  if (heads.size === 0) return list;
  const items = list.items.map((old) => {
    const next = heads.get(old.id);
    heads.delete(old.id);
    return next ?? old;
  });
  return { ...list, items: [...[...heads.values()].sort(newestFirst), ...items] };
}

/**
 * Pages of a list, newest first, after the changes: operations are replaced where they stand, taken out when they are no longer asked
 * for, and put in where they belong when they are now. The same pages when nothing in them changed.
 */
export function patchOperationPages(
  pages: readonly OperationList[],
  changes: OperationChanges,
  filter: OperationFilter,
): readonly OperationList[] {
  const heads = headsOf(changes);
  if (heads.size === 0) return pages;
  const patched = pages.map((page) => ({
    ...page,
    items: page.items.flatMap((old) => {
      const next = heads.get(old.id) ?? old;
      heads.delete(old.id);
      return next === old || isShown(filter, next) ? [next] : [];
    }),
  }));
  for (const operation of [...heads.values()].filter((each) => isShown(filter, each)).sort(newestFirst)) {
    const at = patched.findIndex(
      ({ items, nextCursor }) => nextCursor == null || items.some((other) => newestFirst(operation, other) < 0),
    );
    const page = patched[at];
    // Older than all that is loaded: it comes with its own page.
    if (page === undefined) continue;
    patched[at] = { ...page, items: [...page.items, operation].sort(newestFirst) };
  }
  return patched;
}

const newestFirst = (a: Operation, b: Operation) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1);

function headsOf({ operations, progress }: OperationChanges): Map<string, Operation> {
  const heads = new Map<string, Operation>();
  for (const [id, operation] of operations) heads.set(id, { ...operation, targets: [] });
  for (const [id, { changed: _, tooMany: __, ...head }] of progress) heads.set(id, { ...head, targets: [] });
  return heads;
}

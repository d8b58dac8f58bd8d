// What live changes do to operations fetched earlier: whole small ones are replaced, of large ones the targets that changed.
import type { Operation, OperationList, OperationProgress } from "@fleetvisor/proto/api/v1";

/** Operations of a frame's time: an id is in one of both, as the controller tells small ones whole and large ones in parts. */
export interface OperationChanges {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly progress: ReadonlyMap<string, OperationProgress>;
}

/** Two parts of one operation as one: the later head, each target as it was told of last. */
export function joinProgress(earlier: OperationProgress | undefined, later: OperationProgress): OperationProgress {
  if (earlier === undefined) return later;
  const changed = new Map([...earlier.changed, ...later.changed].map((target) => [target.target, target]));
  return { ...later, changed: [...changed.values()] };
}

/** The operation after a part of it changed; targets keep their places. */
export function patchOperation(old: Operation, { changed, ...head }: OperationProgress): Operation {
  const byTarget = new Map(changed.map((target) => [target.target, target]));
  return { ...old, ...head, targets: old.targets.map((target) => byTarget.get(target.target) ?? target) };
}

/** The list, newest first, after the changes; new ones at its head. Its operations have no targets. */
export function patchOperationList(list: OperationList, changes: OperationChanges): OperationList {
  const heads = new Map<string, Operation>();
  for (const [id, operation] of changes.operations) heads.set(id, { ...operation, targets: [] });
  for (const [id, { changed: _, ...head }] of changes.progress) heads.set(id, { ...head, targets: [] });
  if (heads.size === 0) return list;
  const items = list.items.map((old) => {
    const next = heads.get(old.id);
    heads.delete(old.id);
    return next ?? old;
  });
  return { items: [...[...heads.values()].sort((a, b) => b.createdAtMs - a.createdAtMs), ...items] };
}

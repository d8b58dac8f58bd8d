// Which rows of a table are picked: some by themselves, or all that match, loaded or not. Pure.

export interface Picked {
  /** All that match are, those that are not loaded too; then `targets` counts nothing. */
  readonly all: boolean;
  readonly targets: ReadonlySet<string>;
}

export const NOTHING_PICKED: Picked = { all: false, targets: new Set() };

export const ALL_PICKED: Picked = { all: true, targets: new Set() };

export function isPicked({ all, targets }: Picked, target: string): boolean {
  return all || targets.has(target);
}

/** After a row was ticked or not. Without one row, all that match are no longer meant: the other loaded ones are. */
export function togglePicked(picked: Picked, target: string, loaded: readonly string[]): Picked {
  const targets = new Set(picked.all ? loaded : picked.targets);
  if (!targets.delete(target)) targets.add(target);
  return { all: false, targets };
}

/** How many of the loaded rows are picked, for the box above them. */
export function pickedShare(picked: Picked, loaded: readonly string[]): "none" | "some" | "all" {
  const count = picked.all ? loaded.length : loaded.filter((target) => picked.targets.has(target)).length;
  return count === 0 ? "none" : count === loaded.length ? "all" : "some";
}

/** After the box above them was ticked: all loaded rows, or none when all were. */
export function toggleLoaded(picked: Picked, loaded: readonly string[]): Picked {
  return pickedShare(picked, loaded) === "all" ? NOTHING_PICKED : { all: false, targets: new Set(loaded) };
}

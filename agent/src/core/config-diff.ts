// What a reread of the configuration adds, changes and removes, by the names of groups.

export interface ConfigDiff {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** A group reduced to what is compared: its name and a text that is equal exactly when nothing relevant differs. */
export interface GroupDigest {
  readonly name: string;
  readonly digest: string;
}

/**
 * Compares what is active with what was read. `added` and `changed` come in the order of the new configuration,
 * `removed` in the order of activation (supervisor 4.x supervisord.py, diff_to_active).
 */
export function diffConfig(active: readonly GroupDigest[], read: readonly GroupDigest[]): ConfigDiff {
  const before = new Map(active.map((group) => [group.name, group.digest]));
  const after = new Set(read.map((group) => group.name));
  return {
    added: read.filter((group) => !before.has(group.name)).map((group) => group.name),
    changed: read
      .filter((group) => before.has(group.name) && before.get(group.name) !== group.digest)
      .map((group) => group.name),
    removed: active.filter((group) => !after.has(group.name)).map((group) => group.name),
  };
}

// Rows that keep their places while somebody is about to click one: new ones go to the end, gone ones leave, none moves.

/** `rows` in the order of `before` (keys of what is shown); those that are not in it follow in their own order. */
export function keepOrder<T>(before: readonly string[], rows: readonly T[], keyOf: (row: T) => string): readonly T[] {
  const left = new Map(rows.map((row) => [keyOf(row), row]));
  const kept: T[] = [];
  for (const key of before) {
    const row = left.get(key);
    if (row === undefined) continue;
    kept.push(row);
    left.delete(key);
  }
  return [...kept, ...left.values()];
}

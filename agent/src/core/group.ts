// In which order groups and processes are started and stopped.

interface Prioritised {
  readonly priority: number;
}

/** Ascending priority; ties keep their order (supervisor 4.x: `startAllProcesses`, `stopAllProcesses`, boot). */
export function ascending<T extends Prioritised>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => a.priority - b.priority);
}

/** The order of shutdown and restart: highest priority value first, ties reversed (supervisord.py, `stop_groups.pop()`). */
export function descending<T extends Prioritised>(items: Iterable<T>): T[] {
  return ascending(items).reverse();
}

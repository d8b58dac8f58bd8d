// Live changes of the last half minute, laid over answers that were asked for before they came: an answer may be older
// than a change that overtook it on the other connection.
import type { Instance, Process } from "@fleetvisor/proto/api/v1";
import { renewProcess } from "../model/live-patch.js";

const KEEP_MS = 30_000;

interface Entry<T> {
  readonly value: T | null;
  readonly atMs: number;
}

/** Remembers the latest change of each name. Times are of one monotonic clock, milliseconds. */
export class RecentChanges {
  readonly #processes = new Map<string, Entry<Process>>();
  readonly #instances = new Map<string, Entry<Instance>>();

  noteProcess(target: string, value: Process | null, atMs: number): void {
    note(this.#processes, target, { value, atMs });
  }

  noteInstance(name: string, value: Instance | null, atMs: number): void {
    note(this.#instances, name, { value, atMs });
  }

  /** The processes of an answer that was asked for at `askedAtMs`, each as of the later of answer and change. */
  renewProcesses(items: readonly Process[], askedAtMs: number): Process[] {
    return renew(this.#processes, items, (process) => process.target, askedAtMs, renewProcess);
  }

  renewInstances(items: readonly Instance[], askedAtMs: number): Instance[] {
    const join = (answered: Instance, change: Instance) => ({ ...answered, ...change });
    return renew(this.#instances, items, (instance) => instance.name, askedAtMs, join);
  }
}

/** Newest entries last in the map, so that the old ones are the first to be looked at. */
function note<T>(map: Map<string, Entry<T>>, name: string, entry: Entry<T>): void {
  map.delete(name);
  map.set(name, entry);
  for (const [old, { atMs }] of map) {
    if (entry.atMs - atMs <= KEEP_MS) break;
    map.delete(old);
  }
}

function renew<T>(
  map: Map<string, Entry<T>>,
  items: readonly T[],
  nameOf: (item: T) => string,
  askedAtMs: number,
  join: (answered: T, change: T) => T,
): T[] {
  const renewed: T[] = [];
  for (const item of items) {
    const entry = map.get(nameOf(item));
    if (entry === undefined || entry.atMs < askedAtMs) renewed.push(item);
    else if (entry.value !== null) renewed.push(join(item, entry.value));
  }
  return renewed;
}

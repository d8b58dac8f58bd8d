// What a burst of live changes does to answers fetched earlier: pure patches for lists, single rows and history.
import type {
  FleetSummary,
  HistoryEvent,
  HistoryPage,
  Instance,
  InstanceList,
  Process,
  ProcessList,
} from "@fleetvisor/proto/api/v1";
import type { OperationChanges } from "./operation-patch.js";

/** Changes by name; null means that the thing is gone. The latest change of each wins. */
export interface Batch extends OperationChanges {
  readonly processes: ReadonlyMap<string, Process | null>;
  readonly instances: ReadonlyMap<string, Instance | null>;
  /** In the order of their coming. */
  readonly history: readonly HistoryEvent[];
}

export interface PatchedPages {
  readonly pages: readonly ProcessList[];
  /** Whether a changed process is not among the rows: it may belong there now. */
  readonly strangers: boolean;
  /** Whether rows were taken out. */
  readonly gone: boolean;
}

/** A row after a live change, which says neither what may be done to it nor what it uses: figures hold as long as its pid does. */
export function renewProcess(old: Process, next: Process): Process {
  if (old.pid === next.pid) return { ...old, ...next };
  return old.may === undefined ? next : { may: old.may, ...next };
}

/** Rows replaced in place, so that nothing jumps; gone ones are taken out. The same pages when nothing in them changed. */
export function patchProcessPages(pages: readonly ProcessList[], batch: Batch): PatchedPages {
  const left = new Map(batch.processes);
  let changed = false;
  let removed = 0;
  const patched = pages.map((page) => {
    let touched = 0;
    let gone = 0;
    const items: Process[] = [];
    for (const row of page.items) {
      const process = left.get(row.target);
      left.delete(row.target);
      const liveness = batch.instances.get(row.instance)?.liveness;
      if (process === null) gone++;
      else if (process !== undefined) {
        touched++;
        items.push(renewProcess(row, process));
      } else if (liveness !== undefined && liveness !== row.liveness) {
        touched++;
        items.push({ ...row, liveness });
      } else items.push(row);
    }
    if (touched + gone === 0) return page;
    changed = true;
    removed += gone;
    return { ...page, items };
  });
  const strangers = [...left.values()].some((process) => process !== null);
  // Each page tells of the whole list.
  const counted = patched.map((page) => ({ ...page, total: Math.max(0, page.total - removed) }));
  return { pages: removed > 0 ? counted : changed ? patched : pages, strangers, gone: removed > 0 };
}

/** The instances after the batch, new ones at the end. */
export function patchInstances(list: InstanceList, batch: Batch): InstanceList {
  if (batch.instances.size === 0) return list;
  const left = new Map(batch.instances);
  const items: Instance[] = [];
  for (const row of list.items) {
    const instance = left.get(row.name);
    left.delete(row.name);
    if (instance !== null) items.push(instance === undefined ? row : { ...row, ...instance });
  }
  for (const instance of left.values()) if (instance !== null) items.push(instance);
  return { items };
}

/** The summary with the rows of its trouble list renewed; its counts are the controller's to say. */
export function patchTrouble(summary: FleetSummary, batch: Batch): FleetSummary {
  if (!summary.trouble.some((row) => batch.processes.has(row.target))) return summary;
  const trouble = summary.trouble
    .filter((row) => batch.processes.get(row.target) !== null)
    .map((row) => renewProcess(row, batch.processes.get(row.target) ?? row));
  return { ...summary, trouble };
}

/** Which events a list of history holds; null fields mean any. */
export interface HistoryFilter {
  readonly instance: string | null;
  readonly group: string | null;
  readonly name: string | null;
}

/** Rows that the newest page may grow to before it is fetched anew, so that a page open for days stays small. */
export const MOST_NEW_HISTORY = 1_000;

/** Pages of history, newest first, with the new events that the filter lets in; an id is never shown twice. */
export function prependHistory(
  pages: readonly HistoryPage[],
  events: readonly HistoryEvent[],
  filter: HistoryFilter,
): readonly HistoryPage[] {
  const [first, ...rest] = pages;
  if (first === undefined) return pages;
  const newest = first.items[0]?.id ?? 0;
  const fresh = events
    .filter((event) => event.id > newest && matchesHistory(event, filter))
    .sort((a, b) => b.id - a.id)
    .filter((event, index, all) => event.id !== all[index - 1]?.id);
  if (fresh.length === 0) return pages;
  return [{ ...first, items: [...fresh, ...first.items] }, ...rest];
}

function matchesHistory(event: HistoryEvent, filter: HistoryFilter): boolean {
  return (
    (filter.instance === null || event.instance === filter.instance) &&
    (filter.group === null || event.group === filter.group) &&
    (filter.name === null || event.name === filter.name)
  );
}

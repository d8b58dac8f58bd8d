// Rows of instances: worst first, with their counts as a bar, filtered by a piece of name, host or label.
import type { Instance } from "@fleetvisor/proto/api/v1";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { type InstanceFilter, links } from "./links.js";
import { countOf, LIVENESS_WORST_FIRST, STATES_WORST_FIRST } from "./states.js";

export interface InstanceRow {
  readonly instance: Instance;
  readonly href: string;
  readonly labels: readonly string[];
  /** States that occur, worst first. */
  readonly counts: readonly { readonly state: ProcessState; readonly count: number; readonly href: string }[];
  readonly stale: boolean;
}

/** The rows that a filter leaves, worst first: lost, late, then the worst states and most of them, then by name. */
export function buildInstanceRows(instances: readonly Instance[], filter: InstanceFilter): readonly InstanceRow[] {
  const wanted = filter.text.trim().toLowerCase();
  return instances
    .filter((instance) => filter.liveness === null || instance.liveness === filter.liveness)
    .filter((instance) => wanted === "" || searchText(instance).includes(wanted))
    .map((instance) => ({ instance, badness: badnessOf(instance) }))
    .sort((a, b) => compare(a.badness, b.badness) || a.instance.name.localeCompare(b.instance.name, "en"))
    .map(({ instance }) => ({
      instance,
      href: links.instance(instance.name),
      labels: labelWords(instance.labels),
      counts: STATES_WORST_FIRST.filter((state) => countOf(instance.counts, state) > 0).map((state) => ({
        state,
        count: countOf(instance.counts, state),
        href: links.instanceState(instance.name, state),
      })),
      stale: instance.liveness !== "live",
    }));
}

/** `role=web`, in the order of the keys. */
export function labelWords(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels)
    .sort(([a], [b]) => a.localeCompare(b, "en"))
    .map(([key, value]) => `${key}=${value}`);
}

function searchText(instance: Instance): string {
  return [instance.name, instance.hostName, ...labelWords(instance.labels)].join("\n").toLowerCase();
}

/** Larger is worse, compared from the left. */
function badnessOf(instance: Instance): readonly number[] {
  const liveness = LIVENESS_WORST_FIRST.length - LIVENESS_WORST_FIRST.indexOf(instance.liveness);
  return [liveness, ...(["FATAL", "UNKNOWN", "BACKOFF"] as const).map((state) => countOf(instance.counts, state))];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (b[i] ?? 0) - (a[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

// Rows of instances: worst first, with their counts as a bar, filtered.
import type { Instance } from "@fleetvisor/proto/api/v1";
import type { Liveness, ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { groupBy } from "../lib/group.js";
import { type InstanceFilter, instanceTest, labelTerm } from "./instance-filter.js";
import { links } from "./links.js";
import { byName } from "./names.js";
import type { StateChip } from "./processes.js";
import { countOf, LIVENESS_WORST_FIRST, STATES_WORST_FIRST } from "./states.js";
import { WORST_KINDS, type Worst, worstOf } from "./worst.js";

/** A label of an instance, and where the instances are that share it. */
export interface LabelTag {
  readonly word: string;
  readonly href: string;
}

export interface InstanceRow {
  readonly instance: Instance;
  readonly href: string;
  readonly labels: readonly LabelTag[];
  /** States that occur, worst first. */
  readonly counts: readonly { readonly state: ProcessState; readonly count: number; readonly href: string }[];
  readonly stale: boolean;
}

/** The rows that a filter leaves, worst first: lost, late, then the worst states and most of them, then by name. */
export function buildInstanceRows(instances: readonly Instance[], filter: InstanceFilter): readonly InstanceRow[] {
  return worstFirst(instances.filter(instanceTest(filter))).map(instanceRow);
}

export function worstFirst(instances: readonly Instance[]): readonly Instance[] {
  return instances
    .map((instance) => ({ instance, badness: badnessOf(instance) }))
    .sort((a, b) => compare(a.badness, b.badness) || byName(a.instance.name, b.instance.name))
    .map(({ instance }) => instance);
}

/** Names that were not known before, as people read them; none while nothing was known yet. */
export function arrivedSince(known: ReadonlySet<string> | null, instances: readonly Instance[]): readonly string[] {
  if (known === null) return [];
  return instances
    .map(({ name }) => name)
    .filter((name) => !known.has(name))
    .sort(byName);
}

export function instanceRow(instance: Instance): InstanceRow {
  return {
    instance,
    href: links.instance(instance.name),
    labels: labelTags(instance.labels),
    counts: countLinks(instance),
    stale: instance.liveness !== "live",
  };
}

function countLinks({ name, counts }: Instance): InstanceRow["counts"] {
  return STATES_WORST_FIRST.filter((state) => countOf(counts, state) > 0).map((state) => ({
    state,
    count: countOf(counts, state),
    href: links.instanceState(name, state),
  }));
}

export interface InstancePageView {
  readonly labels: readonly LabelTag[];
  readonly counts: InstanceRow["counts"];
  /** States that occur or are chosen. */
  readonly chips: readonly StateChip[];
  /** What is shown is of when it was last heard. */
  readonly stale: boolean;
}

/** What the page of an instance draws of it while only processes in `states` (none: any) are shown. */
export function buildInstancePage(instance: Instance, states: readonly ProcessState[]): InstancePageView {
  return {
    labels: labelTags(instance.labels),
    counts: countLinks(instance),
    chips: STATES_WORST_FIRST.map((state) => ({
      state,
      on: states.includes(state),
      count: countOf(instance.counts, state),
    })).filter(({ on, count }) => on || count > 0),
    stale: instance.liveness !== "live",
  };
}

interface Choice {
  /** How many of all instances. */
  readonly count: number;
  readonly on: boolean;
}

export interface InstanceChips {
  readonly livenesses: readonly (Choice & { readonly liveness: Liveness })[];
  /** Those that occur or are chosen. Silence has chips of its own, so it is among these only when a link chose it. */
  readonly worst: readonly (Choice & { readonly worst: Worst })[];
}

export function buildInstanceChips(instances: readonly Instance[], filter: InstanceFilter): InstanceChips {
  const kinds = groupBy(instances, worstOf);
  return {
    livenesses: LIVENESS_WORST_FIRST.map((liveness) => ({
      liveness,
      count: instances.filter((instance) => instance.liveness === liveness).length,
      on: filter.livenesses.includes(liveness),
    })),
    worst: WORST_KINDS.map((worst) => ({
      worst,
      count: kinds.get(worst)?.length ?? 0,
      on: filter.worst.includes(worst),
    })).filter(({ worst, count, on }) => on || (count > 0 && worst !== "lost" && worst !== "late")),
  };
}

/** `role=web`, in the order of the keys. */
export function labelTags(labels: Readonly<Record<string, string>>): readonly LabelTag[] {
  return Object.entries(labels)
    .sort(([a], [b]) => byName(a, b))
    .map(([key, value]) => ({ word: `${key}=${value}`, href: links.instances({ text: labelTerm(key, value) }) }));
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

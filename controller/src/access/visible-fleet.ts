// The part of the live fleet that a cover shows, as a fleet of its own: what is read from it cannot tell that there is more. Pure.
import type { Fleet, Instance, StateCounts } from "../core/fleet.js";
import { emptyFleet } from "../core/fleet.js";
import { type Process, processKey } from "../core/rows.js";
import type { Labels } from "../core/selection.js";
import type { Cover } from "./grants.js";

/** Instances are replaced when anything of them changes, so what was worked out for one holds as long as it is there. */
const shown = new WeakMap<Cover, WeakMap<Instance, Instance | null>>();

/** The labels of an instance; null when nobody has said them yet, or it is gone: history may still speak of it. */
export function labelsOf(instance: Instance | undefined): Labels | null {
  // An agent tells labels and version together; before it first came both are blank.
  return instance === undefined || instance.version === "" ? null : instance.labels;
}

/** The fleet itself when everything is covered. Else costs a look an instance, and more only where something changed. */
export function visibleFleet(fleet: Fleet, cover: Cover): Fleet {
  if (cover.everything) return fleet;
  const instances = new Map<string, Instance>();
  const troubled = new Map<string, ReadonlySet<string>>();
  const counts = { ...emptyFleet().counts };
  let processCount = 0;
  // Where instances are named the time taken does not depend on how many others there are.
  for (const name of cover.instances ?? fleet.instances.keys()) {
    const whole = fleet.instances.get(name);
    const instance = whole === undefined ? null : visiblePart(whole, cover);
    if (instance === null) continue;
    instances.set(name, instance);
    processCount += instance.processes.size;
    for (const [state, count] of Object.entries(instance.counts)) counts[state as keyof StateCounts] += count;
    const keys = [...(fleet.troubled.get(name) ?? [])].filter((key) => instance.processes.has(key));
    if (keys.length > 0) troubled.set(name, new Set(keys));
  }
  return { instances, counts, processCount, troubled };
}

/**
 * What is shown of an instance: its covered processes and counts of those. Null for one that is not covered itself and has no covered
 * process: that it could have one is no reason to tell that it is there.
 */
export function visiblePart(instance: Instance, cover: Cover): Instance | null {
  if (cover.everything) return instance;
  let known = shown.get(cover);
  if (known === undefined) {
    known = new WeakMap();
    shown.set(cover, known);
  }
  let part = known.get(instance);
  if (part === undefined) {
    part = partOf(instance, cover);
    known.set(instance, part);
  }
  return part;
}

function partOf(instance: Instance, cover: Cover): Instance | null {
  const within = cover.within(instance.name, labelsOf(instance));
  if (within === null) return null;
  if (within.everything) return instance;
  const processes = new Map<string, Process>();
  const counts = { ...emptyFleet().counts };
  const covered = [...instance.processes.values()].filter(({ group, name }) => within.covers(group, name));
  for (const process of placedAnew(covered)) {
    processes.set(processKey(process.group, process.name), process);
    counts[process.state] += 1;
  }
  return processes.size === 0 && !within.itself ? null : { ...instance, processes, counts };
}

/** Places within their groups counted over these alone: a place left out, in a cursor, would tell that something is there. */
function placedAnew(processes: readonly Process[]): Process[] {
  const next = new Map<string, number>();
  return [...processes]
    .sort((a, b) => a.index - b.index)
    .map((process) => {
      const index = next.get(process.group) ?? 0;
      next.set(process.group, index + 1);
      return index === process.index ? process : { ...process, index };
    });
}

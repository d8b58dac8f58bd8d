// What instances and processes use now, laid over what is told of them.
import type * as api from "@fleetvisor/proto/api/v1";
import type { Instance } from "../core/fleet.js";
import type { Located } from "../core/listing.js";
import type { ApiWorld } from "./context.js";
import type { Reach } from "./reach.js";
import { instanceView, locatedView } from "./views.js";

/** What a host uses tells of everything on it: it is for who may see the instance itself, and not only some of its processes. */
export function instanceNow(instance: Instance, reach: Reach, { fleet, metrics }: ApiWorld): api.Instance {
  const may = reach.verbsFor({ instance: instance.name, group: null, name: null });
  const view = { ...instanceView(instance, fleet), may };
  if (!seesHost(reach, instance.name)) return { ...view, ...NO_HOST };
  const { cpuPercent, memoryBytes, memoryTotalBytes, load } = metrics.host(instance.name);
  return { ...view, cpuPercent: percent(cpuPercent), memoryBytes, memoryTotalBytes, load };
}

const NO_HOST = { cpuPercent: null, memoryBytes: null, memoryTotalBytes: null, load: null };

export function processNow(located: Located, reach: Reach, { fleet, metrics }: ApiWorld): api.Process {
  const { instance, process } = located;
  const { cpuPercent, memoryBytes } = metrics.process(instance.name, process);
  const may = reach.verbsFor({ instance: instance.name, group: process.group, name: process.name });
  return { ...locatedView(located, fleet), cpuPercent: percent(cpuPercent), memoryBytes, may };
}

export function seesHost(reach: Reach, instance: string): boolean {
  return reach.sees({ instance, group: null, name: null });
}

/** To the hundredth. */
export function percent(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}

// The list of instances: a row each, with the reason of what is not live, in several orders. Pure.
import type { Instance } from "@fleetvisor/proto/api/v1";
import { LIVENESS } from "@fleetvisor/proto/vocabulary/states";
import { type Colors, paintLiveness } from "./colors.js";
import type { Head, Row } from "./table.js";
import { formatCpu, formatMemory } from "./usage.js";
import { formatCounts, formatMoment, formatSpan } from "./words.js";

export const INSTANCE_HEAD: Head = [
  "INSTANCE",
  "LIVENESS",
  { title: "HEARD", leaves: 2 },
  { title: "VERSION", leaves: 1 },
  { title: "HOST", isWide: true },
  { title: "PID", isWide: true },
  { title: "UP SINCE", isWide: true },
  { title: "CPU", isWide: true },
  { title: "MEMORY", isWide: true },
  { title: "CONFIG FILE", isWide: true },
  "PROCESSES",
  "LABELS",
];

/** Rows in the order given; `nowMs` is the controller's. */
export function instanceRows(instances: readonly Instance[], nowMs: number, colors: Colors): readonly Row[] {
  return instances.map((instance) => {
    const { name, liveness, livenessReason, lastHeardAtMs, version, counts, labels, mood } = instance;
    const isLive = liveness === "live";
    const paint = isLive ? (text: string) => text : colors.dim;
    const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    const processes = formatCounts(counts) || "none";
    const cells = [
      `${formatSpan(nowMs - lastHeardAtMs)} ago`,
      version,
      instance.hostName,
      String(instance.pid),
      instance.supervisorStartedAtMs === 0 ? "-" : formatMoment(instance.supervisorStartedAtMs),
      formatCpu(instance),
      formatMemory(instance),
      instance.configFile,
      mood === "RUNNING" || mood === "" ? processes : `${mood}; ${processes}`,
      [...(isLive || livenessReason === null ? [] : [`(${livenessReason})`]), ...shown].join(" "),
    ];
    return [
      { text: name, paint },
      { text: liveness, paint: paintLiveness(colors, liveness) },
      ...cells.map((text) => ({ text, paint })),
    ];
  });
}

type Order = (a: Instance, b: Instance) => number;

const worstFirst = [...LIVENESS].reverse();

/** What `--sort` takes; the controller's order is by name. */
const ORDERS = {
  name: () => 0,
  liveness: (a, b) => worstFirst.indexOf(a.liveness) - worstFirst.indexOf(b.liveness),
  heard: (a, b) => a.lastHeardAtMs - b.lastHeardAtMs,
  version: (a, b) => a.version.localeCompare(b.version, "en", { numeric: true }),
  processes: (a, b) => b.processCount - a.processCount,
} as const satisfies Readonly<Record<string, Order>>;

export type InstanceSort = keyof typeof ORDERS;

export const INSTANCE_SORTS = Object.keys(ORDERS) as readonly InstanceSort[];

/** Those that are equal stay in the order given. */
export function sortInstances(instances: readonly Instance[], sort: InstanceSort = "name"): readonly Instance[] {
  return instances.toSorted(ORDERS[sort]);
}

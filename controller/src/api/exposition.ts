// The fleet in Prometheus' text: each instance, and each process while there are not too many. Written some lines at a time, with
// others having their turn in between: a scrape of thousands of series must hold up nobody.
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Family, formatFamily, formatLabels, formatSeries } from "@fleetvisor/proto/prometheus/text";
import { LIVENESS } from "@fleetvisor/proto/vocabulary/states";
import type { Instance } from "../core/fleet.js";
import type { Process } from "../core/rows.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { Metrics } from "../run/metrics.js";

/** Lines written before others have their turn. */
const TURN_LINES = 200;

export interface Told {
  readonly fleet: LiveFleet;
  readonly metrics: Metrics;
}

interface Subject<T> {
  /** As text, for every series. */
  readonly labels: string;
  readonly of: T;
}

/** Series of one thing: labels besides its own, and a value. None where nothing is known. */
type Series = readonly (readonly [labels: string, value: number | null])[];

interface FamilyOf<T> extends Family {
  readonly series: (of: T, told: Told) => Series;
}

type InstanceFamily = FamilyOf<Instance>;
type ProcessFamily = FamilyOf<{ readonly instance: Instance; readonly process: Process }>;

const one = (value: number | null): Series => [["", value]];
const seconds = (ms: number) => ms / 1000;

const INSTANCE_FAMILIES: readonly InstanceFamily[] = [
  {
    name: "fleetvisor_instance_liveness",
    type: "gauge",
    help: "1 with what an instance is: live, late (overdue) or lost (given up).",
    series: ({ name }, { fleet }) => {
      const now = fleet.livenessOf(name);
      return LIVENESS.map((liveness) => [`liveness="${liveness}"`, Number(liveness === now)]);
    },
  },
  {
    name: "fleetvisor_instance_last_heard_timestamp_seconds",
    type: "gauge",
    help: "When anything came from the instance last, by the clock of the controller.",
    series: ({ name }, { fleet }) => one(seconds(fleet.contact(name)?.lastHeardAtMs ?? 0)),
  },
  {
    name: "fleetvisor_instance_processes",
    type: "gauge",
    help: "Processes of the instance by state; states with none are left out.",
    series: ({ counts }) =>
      Object.entries(counts).map(([state, count]) => [`state="${state}"`, count === 0 ? null : count]),
  },
  {
    name: "fleetvisor_instance_cpu_ratio",
    type: "gauge",
    help: "Share of all CPUs of the host that was busy at the last sample, 0 to 1.",
    series: ({ name }, { metrics }) => {
      const { cpuPercent } = metrics.host(name);
      return one(cpuPercent === null ? null : cpuPercent / 100);
    },
  },
  {
    name: "fleetvisor_instance_load1",
    type: "gauge",
    help: "Load average of the host over the last minute.",
    series: ({ name }, { metrics }) => one(metrics.host(name).load),
  },
  {
    name: "fleetvisor_instance_memory_used_bytes",
    type: "gauge",
    help: "Memory of the host that is in use.",
    series: ({ name }, { metrics }) => one(metrics.host(name).memoryBytes),
  },
  {
    name: "fleetvisor_instance_memory_total_bytes",
    type: "gauge",
    help: "Memory that the host has.",
    series: ({ name }, { metrics }) => one(metrics.host(name).memoryTotalBytes),
  },
  {
    name: "fleetvisor_instance_process_restarts_total",
    type: "counter",
    help: "Starts of processes of the instance that had been started before, seen by this controller.",
    series: ({ name }, { metrics }) => one(metrics.totals(name).restarts),
  },
  {
    name: "fleetvisor_instance_process_cpu_seconds_total",
    type: "counter",
    help: "CPU time of all processes of the instance, seen by this controller.",
    series: ({ name }, { metrics }) => one(seconds(metrics.totals(name).cpuMs)),
  },
];

const PROCESS_FAMILIES: readonly ProcessFamily[] = [
  {
    name: "fleetvisor_process_state",
    type: "gauge",
    help: "1 with the state that the process is in.",
    series: ({ process }) => [[`state="${process.state}"`, 1]],
  },
  {
    name: "fleetvisor_process_start_time_seconds",
    type: "gauge",
    help: "When a process that has a child was started, by the clock of its host.",
    series: ({ process: { pid, startedAtMs } }) =>
      one(pid === null || startedAtMs === null ? null : seconds(startedAtMs)),
  },
  {
    name: "fleetvisor_process_restarts_total",
    type: "counter",
    help: "Starts after the first, seen by this controller.",
    series: ({ instance, process }, { metrics }) => one(metrics.counters(instance.name, process).restarts),
  },
  {
    name: "fleetvisor_process_cpu_seconds_total",
    type: "counter",
    help: "CPU time of the process group over all its lives, seen by this controller.",
    series: ({ instance, process }, { metrics }) => one(seconds(metrics.counters(instance.name, process).cpuMs)),
  },
  {
    name: "fleetvisor_process_resident_memory_bytes",
    type: "gauge",
    help: "Resident memory of the process group at the last sample; pages that several share count for each.",
    series: ({ instance, process }, { metrics }) => one(metrics.process(instance.name, process).memoryBytes),
  },
];

const FOLDED: Family = {
  name: "fleetvisor_process_series_folded",
  type: "gauge",
  help: "1 when there are so many processes that they have no series of their own; see metrics_processes.",
};

/** The series of the fleet as it is; an instance that changes meanwhile may be seen at two moments. */
export async function fleetText(told: Told, mostProcesses: number): Promise<string> {
  const { fleet } = told.fleet;
  const instances = [...fleet.instances.values()].map((of) => ({ labels: formatLabels({ instance: of.name }), of }));
  const folded = fleet.processCount > mostProcesses;
  const parts = [formatFamily(FOLDED), formatSeries(FOLDED, "", Number(folded))];
  await write(parts, INSTANCE_FAMILIES, instances, told);
  if (folded) return parts.join("");
  const processes = instances.flatMap(({ of: instance }) =>
    [...instance.processes.values()].map((process) => ({
      labels: formatLabels({ instance: instance.name, group: process.group, name: process.name }),
      of: { instance, process },
    })),
  );
  await write(parts, PROCESS_FAMILIES, processes, told);
  return parts.join("");
}

async function write<T>(
  parts: string[],
  families: readonly FamilyOf<T>[],
  subjects: readonly Subject<T>[],
  told: Told,
): Promise<void> {
  let lines = 0;
  for (const family of families) {
    parts.push(formatFamily(family));
    for (const { labels, of } of subjects) {
      for (const [own, value] of family.series(of, told)) {
        if (value === null) continue;
        parts.push(formatSeries(family, own === "" ? labels : `${labels},${own}`, value));
        lines += 1;
      }
      if (lines < TURN_LINES) continue;
      lines = 0;
      await nextTurn();
    }
  }
}

// GET /metrics of the daemon: its processes and its host in Prometheus' text, looked at when it is asked for.
import { type Family, formatFamily, formatLabels, formatSeries } from "@fleetvisor/proto/prometheus/text";
import type { ManagedProcess } from "../run/managed-process.js";
import { type GroupUse, Sampler, type Use } from "../run/sampling.js";
import type { Supervisor } from "../run/supervisor.js";
import { VERSION } from "../version.js";

interface ProcessFamily extends Family {
  /** Labels besides group and name, and the value; null for none. */
  readonly series: (
    process: ManagedProcess,
    use: GroupUse | undefined,
  ) => readonly [labels: string, value: number] | null;
}

interface HostFamily extends Family {
  readonly value: (use: Use) => number | null;
}

// The names are those of the controller's /metrics, so that one dashboard shows either.
const PROCESS_FAMILIES: readonly ProcessFamily[] = [
  {
    name: "fleetvisor_process_state",
    type: "gauge",
    help: "1 with the state that the process is in.",
    series: ({ value }) => [`state="${value.state}"`, 1],
  },
  {
    name: "fleetvisor_process_start_time_seconds",
    type: "gauge",
    help: "When a process that has a child was started.",
    series: ({ value, times }) => (value.pid === 0 ? null : ["", times.startedMs / 1000]),
  },
  {
    name: "fleetvisor_process_restarts_total",
    type: "counter",
    help: "Starts after the first.",
    series: ({ starts }) => ["", Math.max(0, starts - 1)],
  },
  {
    name: "fleetvisor_process_cpu_seconds_total",
    type: "counter",
    help: "CPU time of the process group over all its lives.",
    series: ({ usedMs }, use) => ["", (usedMs + (use?.cpuMs ?? 0)) / 1000],
  },
  {
    name: "fleetvisor_process_resident_memory_bytes",
    type: "gauge",
    help: "Resident memory of the process group; pages that several share count for each.",
    series: (_, use) => (use === undefined ? null : ["", use.memoryBytes]),
  },
];

const HOST_FAMILIES: readonly HostFamily[] = [
  {
    name: "fleetvisor_host_cpu_busy_seconds_total",
    type: "counter",
    help: "Time that the CPUs of the host were busy.",
    value: ({ host }) => (host === null ? null : host.cpuBusyMs / 1000),
  },
  {
    name: "fleetvisor_host_cpu_seconds_total",
    type: "counter",
    help: "Time that the CPUs of the host had, busy or not.",
    value: ({ host }) => (host === null ? null : host.cpuTotalMs / 1000),
  },
  {
    name: "fleetvisor_host_load1",
    type: "gauge",
    help: "Load average of the host over the last minute.",
    value: ({ host }) => (host === null ? null : host.loadHundredths / 100),
  },
  {
    name: "fleetvisor_host_memory_total_bytes",
    type: "gauge",
    help: "Memory that the host has.",
    value: ({ host }) => host?.memoryTotalBytes ?? null,
  },
  {
    name: "fleetvisor_host_memory_available_bytes",
    type: "gauge",
    help: "Memory that programs could still get without swapping.",
    value: ({ host }) => host?.memoryAvailableBytes ?? null,
  },
];

const BUILD: Family = { name: "fleetvisor_agent_info", type: "gauge", help: "1 with the version of the agent." };

export async function metricsText(supervisor: Pick<Supervisor, "processes">): Promise<string> {
  const pids = supervisor.processes.map(({ value }) => value.pid).filter((pid) => pid !== 0);
  const use = await new Sampler().sample(new Set(pids));
  const processes = supervisor.processes.map((process) => ({
    process,
    labels: formatLabels({ group: process.group, name: process.name }),
  }));
  let text = formatFamily(BUILD) + formatSeries(BUILD, formatLabels({ version: VERSION }), 1);
  for (const family of HOST_FAMILIES) {
    const value = family.value(use);
    if (value !== null) text += formatFamily(family) + formatSeries(family, "", value);
  }
  for (const family of PROCESS_FAMILIES) {
    text += formatFamily(family);
    for (const { process, labels } of processes) {
      const series = family.series(process, use.groups.get(process.value.pid));
      if (series !== null)
        text += formatSeries(family, series[0] === "" ? labels : `${labels},${series[0]}`, series[1]);
    }
  }
  return text;
}

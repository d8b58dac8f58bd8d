// What a simulated host and its processes use: something that changes, so that nothing is spared by being the same.
import type { Samples } from "@fleetvisor/proto/gen/fleet/v1/fleet";

const GIB = 2 ** 30;

/** A sample of processes that have a child, as fvagent would send it. `salt` sets hosts apart. */
export function useOf(processes: readonly { readonly name: string; readonly pid: number }[], salt: number): Samples {
  const monotonicMs = Math.round(performance.now());
  return {
    monotonicMs,
    host: {
      cpuBusyMs: Math.round(monotonicMs * (1 + (salt % 3))),
      cpuTotalMs: monotonicMs * 4,
      loadHundredths: 100 + (salt % 50),
      memoryTotalBytes: 16 * GIB,
      memoryAvailableBytes: 8 * GIB + ((monotonicMs * 4096) % GIB),
    },
    processes: processes
      .filter(({ pid }) => pid !== 0)
      .map(({ name, pid }, index) => ({
        ...{ group: "sim", name, pid, startTicks: pid },
        cpuMs: Math.round(monotonicMs * ((index % 10) / 100)),
        memoryBytes: 20_000_000 + ((monotonicMs + index * 7_919) % 1_000_000),
      })),
  };
}

// CPU and memory of processes and instances in words, where the controller tells them. Pure.
import { formatBytes } from "./words.js";

/** What the API says of use; fields of a controller that does not say are absent. */
interface Usage {
  readonly cpuPercent?: number | null;
  readonly memoryBytes?: number | null;
}

/** `12.5%` of one processor; `-` when not known. */
export function formatCpu(what: object): string {
  const { cpuPercent }: Usage = what;
  return cpuPercent === undefined || cpuPercent === null ? "-" : `${cpuPercent.toFixed(1)}%`;
}

export function formatMemory(what: object): string {
  const { memoryBytes }: Usage = what;
  return memoryBytes === undefined || memoryBytes === null ? "-" : formatBytes(memoryBytes);
}

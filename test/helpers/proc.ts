// What /proc says of processes: whether one lives, who its children are, what it has cost.
import { readdirSync, readFileSync } from "node:fs";

/** The fields of /proc/PID/stat after the command name, state first (proc(5)); null when there is no such process. */
function statFields(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

/** True while the process runs; a zombie counts as ended. */
export function isAlive(pid: number): boolean {
  const state = statFields(pid)?.[0];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** Process ids of every process on the machine. */
export function allPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Living direct children. */
export function childrenOf(pid: number): number[] {
  return allPids().filter((candidate) => {
    const fields = statFields(candidate);
    return fields !== null && fields[0] !== "Z" && Number(fields[1]) === pid;
  });
}

/** The command line, words joined by spaces; empty when it is gone or a zombie. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
  } catch {
    return "";
  }
}

/** User plus system time of the process in ms, from clock ticks of 10 ms. */
export function cpuMs(pid: number): number {
  const fields = statFields(pid);
  if (fields === null) throw new Error(`process ${pid} is gone`);
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** A number of /proc/PID/status or smaps_rollup by its label: kB for memory, a count for the rest. */
export function statusNumber(pid: number, label: string, file: "status" | "smaps_rollup" = "status"): number {
  const line = new RegExp(`^${label}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/${file}`, "utf8"));
  if (line === null) throw new Error(`/proc/${pid}/${file} has no ${label}`);
  return Number(line[1]);
}

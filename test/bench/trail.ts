// The trail of the benchmark's children: when each started, by its own word, on the clock of process.hrtime.
import { existsSync, readFileSync } from "node:fs";
import { eventually } from "../helpers/eventually.js";

export interface Start {
  /** CLOCK_MONOTONIC, which process.hrtime.bigint() reads too. */
  readonly atNs: bigint;
  readonly pid: number;
  /** What the supervisor calls the process. */
  readonly name: string;
}

/** Every start so far, in the order of writing. */
export function readTrail(file: string): Start[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [atNs = "", pid, name = ""] = line.split(" ");
      return { atNs: BigInt(atNs), pid: Number(pid), name };
    });
}

/** Waits until the trail has at least `count` starts. */
export function trailOf(file: string, count: number): Promise<Start[]> {
  return eventually(
    () => {
      const starts = readTrail(file);
      return starts.length >= count && starts;
    },
    { what: `${count} starts in ${file}`, everyMs: 3, withinMs: 60_000 },
  );
}

// The trail of the benchmark's children: when each started, by its own word, on the clock of process.hrtime.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../helpers/eventually.js";
import { ROOT } from "../helpers/paths.js";

export interface Start {
  /** CLOCK_MONOTONIC, which process.hrtime.bigint() reads too. */
  readonly atNs: bigint;
  readonly pid: number;
}

/** Compiles the child program into `dir` and answers its path. Needs a C compiler. */
export function buildTrail(dir: string): string {
  const program = join(dir, "trail");
  try {
    execFileSync("cc", ["-O2", "-static", "-o", program, join(ROOT, "test/bench/trail.c")], { stdio: "inherit" });
  } catch (error) {
    throw new Error("the benchmark needs a C compiler (Debian: apt-get install gcc libc6-dev)", { cause: error });
  }
  return program;
}

/** Every start so far, in the order of writing. */
export function readTrail(file: string): Start[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [atNs, pid] = line.split(" ");
      return { atNs: BigInt(atNs ?? ""), pid: Number(pid) };
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

// Finds and ends the processes that a test run left behind, by the marker in their environment.
import { readdirSync, readFileSync } from "node:fs";

/** Name of the environment variable that every process of a test run carries; its value is unique to the run. */
export const MARKER = "FLEETVISOR_TEST_RUN";

function read(path) {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return ""; // ended meanwhile, or another user's
  }
}

/** Processes with the marker of this run: pid and command line. */
export function leftoversOf(run) {
  const wanted = `${MARKER}=${run}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/environ`).split("\0").includes(wanted))
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).split("\0").join(" ").trim() }))
    .filter(({ command }) => command !== "");
}

/** Ends them by pid, at once. */
export function endLeftovers(run) {
  for (const { pid } of leftoversOf(run)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // ended meanwhile
    }
  }
}

// How a life ended, in words: `exited with code 1 (unexpected)`, `killed by SIGKILL`. Pure.
import type { HistoryEvent, Process } from "@fleetvisor/proto/api/v1";

type Ended = Pick<Process, "exitCode" | "exitSignal" | "exitExpected"> & Partial<Pick<HistoryEvent, "coreDumped">>;

/** Null when no life has ended. */
export function describeEnd({ exitCode, exitSignal, exitExpected, coreDumped = false }: Ended): string | null {
  const core = coreDumped ? ", core dumped" : "";
  if (exitSignal !== null) return `${exitSignal === "SIGKILL" ? "killed" : "ended"} by ${exitSignal}${core}`;
  if (exitCode === null) return null;
  return `exited with code ${exitCode}${exitExpected === false ? " (unexpected)" : ""}${core}`;
}

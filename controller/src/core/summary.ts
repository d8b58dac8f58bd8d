// The fleet at a glance: counts, and what is wrong first. Costs what is troubled, not what there is.
import type { Liveness } from "@fleetvisor/proto/vocabulary/states";
import type { Fleet } from "./fleet.js";
import { type Located, severityOf } from "./listing.js";
import { compareNames } from "./names.js";

export type Verdict = "ok" | "degraded" | "failing" | "empty";

export interface Summary {
  readonly byLiveness: Readonly<Record<Liveness, number>>;
  readonly verdict: Verdict;
  /** Worst first, then the latest. */
  readonly trouble: readonly Located[];
  readonly troubleTotal: number;
}

const MOST_TROUBLE = 50;

export function summarize(fleet: Fleet, livenessOf: (instance: string) => Liveness): Summary {
  const byLiveness = { live: 0, late: 0, lost: 0 };
  for (const name of fleet.instances.keys()) byLiveness[livenessOf(name)] += 1;
  const trouble = troubled(fleet).sort(worstFirst);
  return {
    byLiveness,
    verdict: verdictOf(fleet, byLiveness),
    trouble: trouble.slice(0, MOST_TROUBLE),
    troubleTotal: trouble.length,
  };
}

function verdictOf(fleet: Fleet, byLiveness: Readonly<Record<Liveness, number>>): Verdict {
  const { FATAL, UNKNOWN, BACKOFF } = fleet.counts;
  if (fleet.instances.size === 0) return "empty";
  if (FATAL + UNKNOWN + byLiveness.lost > 0) return "failing";
  return BACKOFF + byLiveness.late > 0 ? "degraded" : "ok";
}

function troubled(fleet: Fleet): Located[] {
  const rows: Located[] = [];
  for (const [name, keys] of fleet.troubled) {
    const instance = fleet.instances.get(name);
    for (const key of keys) {
      const process = instance?.processes.get(key);
      if (instance !== undefined && process !== undefined) rows.push({ instance, process });
    }
  }
  return rows;
}

function worstFirst(a: Located, b: Located): number {
  return (
    severityOf(a.process.state) - severityOf(b.process.state) ||
    b.process.sinceMs - a.process.sinceMs ||
    compareNames(a.instance.name, b.instance.name) ||
    compareNames(a.process.name, b.process.name)
  );
}

// The fleet at a glance: the verdict in words, counts of states with their links, what is wrong, instances worst first.
import type { FleetSummary, Instance, Process } from "@fleetvisor/proto/api/v1";
import type { Liveness, ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { formatCount, plural } from "../lib/format.js";
import { buildInstanceRows, type InstanceRow } from "./instances.js";
import { links } from "./links.js";
import { reasonOf } from "./reason.js";
import { countOf, LIVENESS_WORST_FIRST, STATES_WORST_FIRST } from "./states.js";

export interface StateTile {
  readonly state: ProcessState;
  readonly count: number;
  readonly href: string;
}

export interface LivenessTile {
  readonly liveness: Liveness;
  readonly count: number;
  readonly href: string;
}

export interface TroubleRow {
  readonly process: Process;
  readonly href: string;
  readonly reason: string;
}

export interface HomeView {
  readonly tone: "good" | "warn" | "bad" | "empty";
  readonly headline: string;
  readonly detail: string;
  readonly states: readonly StateTile[];
  readonly livenesses: readonly LivenessTile[];
  /** Lost and late instances, worst first, and how many more there are. */
  readonly silent: readonly InstanceRow[];
  readonly moreSilent: number;
  readonly trouble: readonly TroubleRow[];
  /** Troubled processes that the list does not hold, and where they are. */
  readonly moreTrouble: { readonly count: number; readonly href: string } | null;
  readonly instances: readonly InstanceRow[];
  readonly moreInstances: number;
}

/** Instances that the home page lists; the rest is one link away. */
const MOST_INSTANCES = 24;

/** Instances not heard of that the home page lists as trouble. */
const MOST_SILENT = 8;

/** Troubled processes that the home page lists. */
const MOST_TROUBLE = 15;

/** Everything the home page draws. `instances` may come later than the summary: then the list is empty. */
export function buildHome(summary: FleetSummary, instances: readonly Instance[]): HomeView {
  const rows = buildInstanceRows(instances, { text: "", liveness: null });
  const silent = rows.filter((row) => row.stale);
  const trouble = summary.trouble.slice(0, MOST_TROUBLE);
  const hidden = summary.troubleTotal - trouble.length;
  return {
    ...verdictWords(summary),
    states: STATES_WORST_FIRST.map((state) => ({
      state,
      count: countOf(summary.counts, state),
      href: links.processes({ states: [state] }),
    })),
    livenesses: LIVENESS_WORST_FIRST.map((liveness) => ({
      liveness,
      count: summary.instances[liveness],
      href: links.instances({ liveness }),
    })),
    silent: silent.slice(0, MOST_SILENT),
    moreSilent: Math.max(0, silent.length - MOST_SILENT),
    trouble: trouble.map((process) => ({ process, href: links.process(process), reason: reasonOf(process) })),
    moreTrouble:
      hidden > 0 ? { count: hidden, href: links.processes({ states: ["FATAL", "BACKOFF", "UNKNOWN"] }) } : null,
    instances: rows.slice(0, MOST_INSTANCES),
    moreInstances: Math.max(0, rows.length - MOST_INSTANCES),
  };
}

function verdictWords(summary: FleetSummary): Pick<HomeView, "tone" | "headline" | "detail"> {
  const { counts, instances } = summary;
  if (summary.verdict === "empty") {
    return { tone: "empty", headline: "No hosts yet", detail: "Add the first one below." };
  }
  const wrong = [
    of(countOf(counts, "FATAL"), "process is fatal", "processes are fatal"),
    of(countOf(counts, "UNKNOWN"), "process is in an unknown state", "processes are in an unknown state"),
    of(instances.lost, "host is lost", "hosts are lost"),
    of(countOf(counts, "BACKOFF"), "process keeps failing to start", "processes keep failing to start"),
    of(instances.late, "host is late", "hosts are late"),
  ].filter((words) => words !== null);
  const running = `${formatCount(countOf(counts, "RUNNING"))} of ${plural(summary.processes, "process", "processes")} running on ${plural(instances.total, "host", "hosts")}`;
  if (wrong.length === 0) {
    return summary.verdict === "ok"
      ? { tone: "good", headline: "All is well", detail: running }
      : { tone: summary.verdict === "failing" ? "bad" : "warn", headline: "Something is wrong", detail: running };
  }
  const [first = "", ...rest] = wrong;
  return {
    tone: summary.verdict === "failing" ? "bad" : "warn",
    headline: [first, ...rest].join(", "),
    detail: running,
  };
}

function of(count: number, one: string, many: string): string | null {
  return count === 0 ? null : plural(count, one, many);
}

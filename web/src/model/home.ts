// The fleet at a glance: the verdict in words, counts of states, what is wrong, instances worst first. Each number has the address
// of exactly the rows behind it.
import type { FleetSummary, Instance, Process } from "@fleetvisor/proto/api/v1";
import { type Liveness, type ProcessState, TROUBLED_STATES } from "@fleetvisor/proto/vocabulary/states";
import { t } from "../i18n/i18n.js";
import { type InstanceRow, instanceRow, worstFirst } from "./instances.js";
import { links } from "./links.js";
import { reasonOf } from "./reason.js";
import type { RestlessRow } from "./restless.js";
import { processesSelector } from "./selector.js";
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

/** Words with a number in them, and the rows behind it; null where there is no number. */
export interface Counted {
  readonly words: string;
  readonly href: string | null;
}

/** A list that has more than is shown: all of it, one link away. */
interface Whole {
  readonly count: number;
  readonly href: string;
}

export interface HomeView {
  readonly tone: "good" | "warn" | "bad" | "empty";
  /** Parts of the headline, the worst first. */
  readonly headline: readonly Counted[];
  /** How many of how many run, and on how many hosts; null for a fleet without hosts. */
  readonly detail: Readonly<Record<"running" | "processes" | "hosts", Counted>> | null;
  readonly states: readonly StateTile[];
  readonly livenesses: readonly LivenessTile[];
  /** Lost and late instances, worst first. */
  readonly silent: readonly InstanceRow[];
  readonly allSilent: Whole | null;
  readonly trouble: readonly TroubleRow[];
  readonly allTrouble: Whole | null;
  /** Processes that restart again and again and are not among the troubled. */
  readonly restless: readonly RestlessRow[];
  readonly allRestless: Whole | null;
  readonly instances: readonly InstanceRow[];
  readonly allInstances: Whole | null;
}

/** Instances that the home page lists; the strip has them all. */
const MOST_INSTANCES = 12;

/** Instances not heard of that the home page lists as trouble. */
const MOST_SILENT = 8;

/** Troubled processes that the home page lists. */
const MOST_TROUBLE = 15;

/** Processes that restart again and again, as the home page lists them. */
const MOST_RESTLESS = 5;

/** Everything the home page draws. `instances` and `restless` may come later than the summary: then the list is empty. */
export function buildHome(
  summary: FleetSummary,
  instances: readonly Instance[],
  restless: readonly RestlessRow[] = [],
): HomeView {
  const sorted = worstFirst(instances);
  const silent = sorted.filter(({ liveness }) => liveness !== "live");
  const trouble = summary.trouble.slice(0, MOST_TROUBLE);
  const told = new Set(summary.trouble.map(({ target }) => target));
  const allRestless = restless.filter(
    ({ process: { instance, group, name } }) => !told.has(`${instance}/${group}:${name}`),
  );
  return {
    ...verdictWords(summary, allRestless),
    states: STATES_WORST_FIRST.map((state) => ({
      state,
      count: countOf(summary.counts, state),
      href: links.processes({ states: [state] }),
    })),
    livenesses: LIVENESS_WORST_FIRST.map((liveness) => ({
      liveness,
      count: summary.instances[liveness],
      href: links.instances({ livenesses: [liveness] }),
    })),
    silent: silent.slice(0, MOST_SILENT).map(instanceRow),
    allSilent: whole(silent.length, MOST_SILENT, links.instances({ livenesses: ["late", "lost"] })),
    trouble: trouble.map((process) => ({ process, href: links.process(process), reason: reasonOf(process) })),
    allTrouble: whole(summary.troubleTotal, trouble.length, links.processes({ states: TROUBLED_STATES })),
    restless: allRestless.slice(0, MOST_RESTLESS),
    allRestless: whole(allRestless.length, MOST_RESTLESS, hrefOf(allRestless)),
    instances: sorted.slice(0, MOST_INSTANCES).map(instanceRow),
    allInstances: whole(sorted.length, MOST_INSTANCES, links.instances()),
  };
}

function whole(count: number, shown: number, href: string): Whole | null {
  return count > shown ? { count, href } : null;
}

/** Exactly these. */
function hrefOf(restless: readonly RestlessRow[]): string {
  return links.processes({ selector: processesSelector(restless.map(({ process }) => process)) });
}

function verdictWords(
  summary: FleetSummary,
  restless: readonly RestlessRow[],
): Pick<HomeView, "tone" | "headline" | "detail"> {
  const { counts, instances, verdict } = summary;
  if (verdict === "empty") {
    return { tone: "empty", headline: [{ words: t("home:verdict.empty"), href: null }], detail: null };
  }
  const ofState = (state: "FATAL" | "UNKNOWN" | "BACKOFF") => {
    const count = countOf(counts, state);
    return { count, words: t(`home:verdict.${state}`, { count }), href: links.processes({ states: [state] }) };
  };
  const ofLiveness = (liveness: "lost" | "late") => {
    const count = instances[liveness];
    return {
      count,
      words: t(`home:verdict.${liveness}`, { count }),
      href: links.instances({ livenesses: [liveness] }),
    };
  };
  const ofRestless = {
    count: restless.length,
    words: t("home:verdict.restless", { count: restless.length }),
    href: hrefOf(restless),
  };
  const wrong = [
    ...[ofState("FATAL"), ofState("UNKNOWN"), ofLiveness("lost"), ofState("BACKOFF"), ofRestless, ofLiveness("late")],
  ]
    .filter(({ count }) => count > 0)
    .map(({ words, href }) => ({ words, href }));
  const calm = { words: t(verdict === "ok" ? "home:verdict.ok" : "home:verdict.wrong"), href: null };
  const running = countOf(counts, "RUNNING");
  return {
    tone: verdict === "failing" ? "bad" : wrong.length === 0 && verdict === "ok" ? "good" : "warn",
    headline: wrong.length === 0 ? [calm] : wrong,
    detail: {
      running: {
        words: t("home:verdict.running", { count: running }),
        href: links.processes({ states: ["RUNNING"] }),
      },
      processes: { words: t("home:verdict.ofProcesses", { count: summary.processes }), href: links.processes() },
      hosts: { words: t("home:verdict.onHosts", { count: instances.total }), href: links.instances() },
    },
  };
}

// The strip of the fleet's page: every instance as one cell that shows its worst, in a place that does not change, grouped by a label.
import type { Instance } from "@fleetvisor/proto/api/v1";
import type { Liveness, ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { t } from "../i18n/i18n.js";
import { formatCount } from "../lib/format.js";
import { groupBy } from "../lib/group.js";
import { type InstanceFilter, labelTerm } from "./instance-filter.js";
import { links } from "./links.js";
import { byName } from "./names.js";
import { countOf, LIVENESS_LOOKS, STATE_LOOKS, STATES_WORST_FIRST } from "./states.js";
import { isWrong, WORST_KINDS, type Worst, WRONG_KINDS, worstOf } from "./worst.js";

interface StateCount {
  readonly state: ProcessState;
  readonly count: number;
}

export interface StripCell {
  readonly name: string;
  readonly href: string;
  readonly worst: Worst;
  readonly liveness: Liveness;
  readonly lastHeardAtMs: number;
  /** How many of its processes are in which state, worst first. */
  readonly counts: readonly StateCount[];
}

export interface StripGroup {
  /** Value of the label; null for instances without it, and for all of them where nothing groups. */
  readonly value: string | null;
  readonly count: number;
  readonly href: string;
  /** Those that somebody should look at; null when there are none. */
  readonly wrong: { readonly count: number; readonly href: string } | null;
  readonly cells: readonly StripCell[];
}

export interface StripView {
  /** Labels to group by, in the order of their names. */
  readonly keys: readonly string[];
  /** The chosen one; null for none. */
  readonly by: string | null;
  readonly groups: readonly StripGroup[];
  /** How many instances count as what, worst first; kinds without any are left out. */
  readonly legend: readonly { readonly worst: Worst; readonly count: number; readonly href: string }[];
  /** How large a cell can be: with its name, a finger's width, or as small as its mark can still be told. */
  readonly room: "name" | "wide" | "narrow";
}

/** Instances up to which cells carry their names. */
const MOST_NAMED = 48;

/** Instances up to which cells are wide. */
const MOST_WIDE = 250;

/** A label of more values than this is offered only while several instances share each. */
const MOST_VALUES = 40;

/** `by` comes from the URL: a label that no instance has puts all of them into the group without it. */
export function buildStrip(instances: readonly Instance[], by: string | null): StripView {
  const sorted = instances.toSorted((a, b) => byName(a.name, b.name));
  const labelOf = ({ labels }: Instance) => (by !== null && Object.hasOwn(labels, by) ? (labels[by] ?? null) : null);
  const groups = [...groupBy(sorted, labelOf)].sort(([a], [b]) => byValue(a, b));
  const counts = groupBy(sorted, worstOf);
  return {
    keys: keysOf(instances, by),
    by,
    groups: groups.map(([value, own]) => groupOf(by, value, own)),
    legend: WORST_KINDS.map((worst) => ({
      worst,
      count: counts.get(worst)?.length ?? 0,
      href: links.instances({ worst: [worst] }),
    })).filter(({ count }) => count > 0),
    room: instances.length <= MOST_NAMED ? "name" : instances.length <= MOST_WIDE ? "wide" : "narrow",
  };
}

function groupOf(by: string | null, value: string | null, own: readonly Instance[]): StripGroup {
  const filter: Partial<InstanceFilter> = by === null ? {} : { text: labelTerm(by, value) };
  const cells = own.map(cellOf);
  const wrong = cells.filter(({ worst }) => isWrong(worst)).length;
  return {
    value,
    count: own.length,
    href: links.instances(filter),
    wrong: wrong === 0 ? null : { count: wrong, href: links.instances({ ...filter, worst: WRONG_KINDS }) },
    cells,
  };
}

function cellOf(instance: Instance): StripCell {
  const { name, liveness, lastHeardAtMs, counts } = instance;
  return {
    name,
    href: links.instance(name),
    worst: worstOf(instance),
    liveness,
    lastHeardAtMs,
    counts: STATES_WORST_FIRST.map((state) => ({ state, count: countOf(counts, state) })).filter(
      ({ count }) => count > 0,
    ),
  };
}

/** `1 Fatal, 12 Running`. Made when a cell is drawn: a thousand of them at every change would be felt. */
export function cellWords({ counts }: Pick<StripCell, "counts">): string {
  if (counts.length === 0) return t("home:strip.none");
  return counts.map(({ state, count }) => `${formatCount(count)} ${STATE_LOOKS[state].word}`).join(", ");
}

/** What a cell says to those who do not see it: `db-1: Lost, last known 1 Exited, 2 Running`. */
export function cellLabel({ name, liveness, counts }: Pick<StripCell, "name" | "liveness" | "counts">): string {
  const words = cellWords({ counts });
  return liveness === "live"
    ? t("home:strip.cell", { name, words })
    : t("home:strip.staleCell", { name, words, liveness: LIVENESS_LOOKS[liveness].word });
}

/** Whether two cells look and read the same, so that one need not be drawn for the other. */
export function sameCell(a: StripCell, b: StripCell): boolean {
  return (
    a.name === b.name &&
    a.worst === b.worst &&
    a.liveness === b.liveness &&
    a.counts.length === b.counts.length &&
    a.counts.every(({ state, count }, at) => state === b.counts[at]?.state && count === b.counts[at]?.count)
  );
}

/** Those without the label come last. */
function byValue(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return byName(a, b);
}

/** A label that tells nearly every instance apart groups nothing; the chosen one is always among them. */
function keysOf(instances: readonly Instance[], by: string | null): readonly string[] {
  const values = new Map<string, Set<string>>();
  for (const { labels } of instances) {
    for (const [key, value] of Object.entries(labels)) {
      const own = values.get(key) ?? new Set();
      values.set(key, own.add(value));
    }
  }
  if (by !== null && !values.has(by)) values.set(by, new Set());
  return [...values]
    .filter(([key, own]) => key === by || own.size <= MOST_VALUES || own.size <= instances.length / 4)
    .map(([key]) => key)
    .sort(byName);
}

export type Move = "left" | "right" | "up" | "down" | "first" | "last";

/** Where a cell is on the screen, px. */
export interface CellPlace {
  readonly left: number;
  readonly top: number;
}

/** The cell that a key leads to from cell `from`: sideways in the order of the cells, up and down to the nearest of the next row. */
export function moveTo(places: readonly CellPlace[], from: number, move: Move): number {
  const last = places.length - 1;
  if (move === "first") return 0;
  if (move === "last") return last;
  if (move === "left") return Math.max(0, from - 1);
  if (move === "right") return Math.min(last, from + 1);
  const here = places[from];
  if (here === undefined) return from;
  const beyond = ({ top }: CellPlace) => (move === "up" ? top < here.top : top > here.top);
  let best = from;
  let bestDistance = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
  places.forEach((place, at) => {
    if (!beyond(place)) return;
    const distance = [Math.abs(place.top - here.top), Math.abs(place.left - here.left)] as const;
    if (distance[0] < bestDistance[0] || (distance[0] === bestDistance[0] && distance[1] < bestDistance[1])) {
      best = at;
      bestDistance = distance;
    }
  });
  return best;
}

// The one thing that tells most about an instance: not heard of, else the worst state of its processes. Each such kind with its look.
import type { Instance } from "@fleetvisor/proto/api/v1";
import { type ProcessState, TROUBLED_STATES } from "@fleetvisor/proto/vocabulary/states";
import { t } from "../i18n/i18n.js";
import { countOf, LIVENESS_LOOKS, STATE_LOOKS, STATES_WORST_FIRST } from "./states.js";

/** `none`: heard of, and has no programs. */
export type Worst = "lost" | "late" | ProcessState | "none";

/** Worst first. */
export const WORST_KINDS: readonly Worst[] = ["lost", "late", ...STATES_WORST_FIRST, "none"];

/** What somebody should look at. */
export const WRONG_KINDS: readonly Worst[] = WORST_KINDS.filter(
  (kind) => kind === "lost" || kind === "late" || TROUBLED_STATES.some((state) => state === kind),
);

const WRONG: ReadonlySet<Worst> = new Set(WRONG_KINDS);

export function isWrong(kind: Worst): boolean {
  return WRONG.has(kind);
}

/** What an instance counts as. The states of one that is not heard of are old, so its silence comes first. */
export function worstOf({ liveness, counts }: Pick<Instance, "liveness" | "counts">): Worst {
  if (liveness !== "live") return liveness;
  return STATES_WORST_FIRST.find((state) => countOf(counts, state) > 0) ?? "none";
}

interface WorstLook {
  readonly word: string;
  readonly meaning: string;
  readonly colour: string;
}

export function worstLook(kind: Worst): WorstLook {
  if (kind === "none") return { word: t("home:strip.none"), meaning: t("home:strip.noneMeaning"), colour: "gray" };
  return kind === "lost" || kind === "late" ? LIVENESS_LOOKS[kind] : STATE_LOOKS[kind];
}

// The states of a process over a time, as a strip of columns: each shows the worst state in it, so that a short death stays visible.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { t } from "../i18n/i18n.js";
import { STATE_LOOKS, STATES_WORST_FIRST } from "./states.js";

/** A state over a time; null where it is not known. */
export interface Stretch {
  readonly state: ProcessState | null;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TimelineRequest {
  /** Newest first, as the API gives them, of one process. */
  readonly events: readonly HistoryEvent[];
  /** All events of the time are there; else before the oldest nothing is known. */
  readonly complete: boolean;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** The state that was told last. */
  readonly now: ProcessState;
  /** When its host was heard last: what came after is not known. */
  readonly heardAtMs: number;
  /** When its supervisor started: what nobody told of the time before is not known. */
  readonly startedAtMs: number;
}

/** The stretches in order, without holes, from `sinceMs` to `untilMs`. */
export function stretchesOf({
  events,
  complete,
  sinceMs,
  untilMs,
  now,
  heardAtMs,
  startedAtMs,
}: TimelineRequest): readonly Stretch[] {
  const told = events
    .filter(({ kind }) => kind !== "instance-up")
    .filter(({ atMs }) => atMs >= sinceMs && atMs <= untilMs)
    .reverse();
  const [first] = told;
  let state = first === undefined ? (complete ? now : null) : complete ? first.fromState : null;
  let fromMs = sinceMs;
  const stretches: Stretch[] = [];
  const toldFromMs = Math.min(startedAtMs, first?.atMs ?? untilMs);
  if (state !== null && toldFromMs > sinceMs && (first === undefined || first.atMs >= startedAtMs)) {
    stretches.push({ state: null, fromMs: sinceMs, toMs: toldFromMs });
    fromMs = toldFromMs;
  }
  for (const event of told) {
    const atMs = Math.max(event.atMs, fromMs);
    if (atMs > fromMs) stretches.push({ state, fromMs, toMs: atMs });
    state = event.kind === "process-state" ? event.toState : event.kind === "process-added" ? "STOPPED" : null;
    fromMs = atMs;
  }
  const knownMs = Math.max(fromMs, Math.min(untilMs, heardAtMs));
  if (knownMs > fromMs) stretches.push({ state, fromMs, toMs: knownMs });
  if (untilMs > knownMs) stretches.push({ state: null, fromMs: knownMs, toMs: untilMs });
  return stretches;
}

const badness = (state: ProcessState | null) =>
  state === null ? STATES_WORST_FIRST.length - 1.5 : STATES_WORST_FIRST.indexOf(state);

/** At most `columns` columns of equal width, neighbours of one state joined. */
export function stripOf(stretches: readonly Stretch[], columns: number): readonly Stretch[] {
  const sinceMs = stretches[0]?.fromMs ?? 0;
  const untilMs = stretches.at(-1)?.toMs ?? 0;
  const widthMs = (untilMs - sinceMs) / columns;
  if (!(widthMs > 0)) return [];
  const worst = new Array<ProcessState | null | undefined>(columns).fill(undefined);
  for (const { state, fromMs, toMs } of stretches) {
    const last = Math.min(columns - 1, Math.ceil((toMs - sinceMs) / widthMs) - 1);
    for (let at = Math.floor((fromMs - sinceMs) / widthMs); at <= last; at++) {
      const held = worst[at];
      if (held === undefined || badness(state) < badness(held)) worst[at] = state;
    }
  }
  const strip: Stretch[] = [];
  worst.forEach((state = null, at) => {
    const fromMs = sinceMs + at * widthMs;
    const before = strip.at(-1);
    if (before !== undefined && before.state === state) strip[strip.length - 1] = { ...before, toMs: fromMs + widthMs };
    else strip.push({ state, fromMs, toMs: fromMs + widthMs });
  });
  return strip;
}

export interface Share {
  readonly state: ProcessState | null;
  readonly word: string;
  readonly ms: number;
  /** Of the whole time, `99.8 %`. */
  readonly share: string;
}

/** How long each state lasted altogether, longest first; what is not known last. */
export function sharesOf(stretches: readonly Stretch[]): readonly Share[] {
  const total = stretches.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const byState = new Map<ProcessState | null, number>();
  for (const { state, fromMs, toMs } of stretches) byState.set(state, (byState.get(state) ?? 0) + toMs - fromMs);
  return [...byState]
    .sort(([a, aMs], [b, bMs]) => Number(a === null) - Number(b === null) || bMs - aMs)
    .map(([state, ms]) => ({
      state,
      word: state === null ? t("process:timeline.notKnown") : STATE_LOOKS[state].word,
      ms,
      share: percentOf(ms, total),
    }));
}

/** Never 100 % while something else happened, never 0 % for what did. */
function percentOf(ms: number, total: number): string {
  const percent = total === 0 ? 0 : (100 * ms) / total;
  if (ms === total) return "100 %";
  if (percent > 99.9) return ">99.9 %";
  return percent < 0.1 ? "<0.1 %" : `${percent.toFixed(1)} %`;
}

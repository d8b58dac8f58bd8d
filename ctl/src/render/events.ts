// History as rows: when, what, into which state, and what a person needs to see why. Pure.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { formatTarget } from "@fleetvisor/proto/vocabulary/namespec";
import { PROCESS_STATE_NAMES } from "@fleetvisor/proto/vocabulary/states";
import { type Colors, paintState } from "./colors.js";
import { describeEnd, describeFailure, lastWords } from "./ending.js";
import type { Cell, Head, Row } from "./table.js";
import { formatMoment, formatSpan } from "./words.js";

/** Any state may follow in a part that comes later. */
export const EVENT_HEAD: Head = [
  "TIME",
  "TARGET",
  { title: "EVENT", least: Math.max(...PROCESS_STATE_NAMES.map((state) => state.length)) },
  "DETAIL",
];

const WORDS: Readonly<Record<Exclude<HistoryEvent["kind"], "process-state">, { word: string; meaning: string }>> = {
  "process-added": { word: "added", meaning: "by the configuration" },
  "process-removed": { word: "removed", meaning: "by the configuration" },
  "instance-up": { word: "up", meaning: "heard from" },
  "instance-down": { word: "down", meaning: "no longer heard from" },
  gap: { word: "gap", meaning: "some reports were lost" },
};

/** Rows in the order given. */
export function eventRows(events: readonly HistoryEvent[], colors: Colors): readonly Row[] {
  return events.map((event) => [formatMoment(event.atMs), subjectOf(event), wordOf(event, colors), detailOf(event)]);
}

/** What the event is about: a process by its target, or the instance. */
export function subjectOf({ instance, group, name }: HistoryEvent): string {
  return group === null || name === null ? instance : formatTarget(instance, group, name);
}

function wordOf(event: HistoryEvent, colors: Colors): Cell {
  if (event.kind !== "process-state") {
    const isBad = event.kind === "instance-down" || event.kind === "gap";
    return { text: WORDS[event.kind].word, ...(isBad ? { paint: colors.red } : {}) };
  }
  const { toState } = event;
  return toState === null ? { text: "" } : { text: toState, paint: paintState(colors, toState) };
}

/** `exited with code 1 (unexpected), after 3m 07s, by alice; stderr: cannot bind`. */
export function detailOf(event: HistoryEvent): string {
  const { kind, pid, uptimeMs, user, detail, exitExpected } = event;
  const parts: (string | null)[] =
    kind === "process-state"
      ? [
          describeFailure(event) ?? (pid === null || pid === 0 ? null : `pid ${pid}`),
          describeEnd(event) === null || uptimeMs === null ? null : `after ${formatSpan(uptimeMs, true)}`,
          detail,
        ]
      : [detail ?? WORDS[kind].meaning];
  parts.push(user === null ? null : `by ${user}`);
  const told = parts.filter((part) => part !== null && part !== "").join(", ");
  const words = exitExpected === false ? lastWords(event) : null;
  return words === null ? told : `${told}; ${words}`;
}

// Operations as rows of a list, and one of them in words. Pure.
import type { Operation } from "@fleetvisor/proto/api/v1";
import { type Colors, printable } from "./colors.js";
import { progressCounts } from "./results.js";
import type { Head, Row } from "./table.js";
import { formatMoment, formatSpan, plural } from "./words.js";

export const OPERATION_HEAD: Head = [
  { title: "ID" },
  { title: "BEGUN", leaves: 2 },
  { title: "BY", leaves: 1 },
  { title: "STATE" },
  { title: "TARGETS" },
  { title: "WHAT" },
];

/** So much of an id tells operations apart. */
export const SHORT_ID = 8;

const PAINT: Readonly<Record<Operation["state"], "green" | "red" | "yellow" | "dim">> = {
  running: "yellow",
  paused: "yellow",
  aborting: "yellow",
  succeeded: "green",
  failed: "red",
  aborted: "dim",
};

/** `restart web-1/api:*`, `signal HUP all`, `add api on web-*`. */
function whatOf({ verb, signal, groups = [], selector }: Operation): string {
  const words = [verb, ...(signal === null ? [] : [signal]), ...(groups.length === 0 ? [] : [groups.join(","), "on"])];
  return printable([...words, selector].join(" "));
}

export function operationRow(operation: Operation, nowMs: number, colors: Colors): Row {
  const { id, createdAtMs, user, state } = operation;
  const { done, total, failed, unknown } = progressCounts(operation);
  const bad = [...(failed === 0 ? [] : [`${failed} failed`]), ...(unknown === 0 ? [] : [`${unknown} unknown`])];
  return [
    id.slice(0, SHORT_ID),
    `${formatSpan(nowMs - createdAtMs)} ago`,
    user,
    { text: state, paint: colors[PAINT[state]] },
    [done === total ? String(total) : `${done} of ${total}`, ...bad].join(", "),
    whatOf(operation),
  ];
}

/** What there is to know besides the targets, a line each. */
export function operationFacts(operation: Operation, nowMs: number): string {
  const { id, user, state, createdAtMs, finishedAtMs, plan, batch, batches, resumesAtMs, reason } = operation;
  const { done, total } = progressCounts(operation);
  const tookMs = (finishedAtMs ?? nowMs) - createdAtMs;
  const facts: readonly (readonly [string, string | null])[] = [
    ["operation", id],
    ["what", whatOf(operation)],
    ["by", user],
    ["begun", formatMoment(createdAtMs)],
    ["state", `${state}${reason == null ? "" : `: ${reason}`}`],
    [finishedAtMs === null ? "for" : "took", formatSpan(tookMs, true)],
    ["targets", `${done} of ${plural(total, "target", "targets")} done`],
    ["batches", batches === undefined || batches === 1 ? null : `${batch} of ${batches}${goingAbout(plan)}`],
    ["next batch", resumesAtMs == null ? null : `in ${formatSpan(resumesAtMs - nowMs)}`],
  ];
  const lines = facts.flatMap(([name, value]) => (value === null ? [] : [`${`${name}:`.padEnd(12)}${value}`]));
  return `${lines.join("\n")}\n\n`;
}

function goingAbout(plan: Operation["plan"]): string {
  if (plan == null) return "";
  const { batch, pauseMs, waitRunningMs, maxFailures } = plan;
  const words = [
    `${batch} at a time`,
    ...(pauseMs === 0 ? [] : [`${formatSpan(pauseMs)} between them`]),
    ...(waitRunningMs === 0 ? [] : [`each RUNNING for ${formatSpan(waitRunningMs)}`]),
    ...(maxFailures === null ? [] : [`at most ${plural(maxFailures, "failure", "failures")}`]),
  ];
  return ` (${words.join(", ")})`;
}

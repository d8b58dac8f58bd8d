// Rows of history: each event in words, with what a person needs to see why a life ended.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { t } from "../i18n/i18n.js";
import { formatBytes, formatUptime } from "../lib/format.js";
import { links } from "./links.js";
import { causeOf, describeEnd, saysLessThanTheEnd } from "./reason.js";

export interface HistoryRow {
  readonly id: number;
  readonly atMs: number;
  /** State entered, or null for what is no state change. */
  readonly state: ProcessState | null;
  /** What it is about: `web1/api:api`, or the instance. */
  readonly subject: string;
  readonly href: string;
  readonly words: string;
  /** How long the ended life lasted; empty when none ended. */
  readonly uptime: string;
  /** CPU time and peak memory of the ended life; empty when not known. */
  readonly resources: string;
  /** Who asked; empty when nobody did. */
  readonly who: string;
  /** Its operation; null when nobody asked. */
  readonly operationHref: string | null;
  readonly tails: readonly { readonly channel: "stdout" | "stderr"; readonly text: string }[];
  /** Whether this is an end that nobody wanted. */
  readonly bad: boolean;
}

/** Rows in the order given. */
export function buildHistory(events: readonly HistoryEvent[]): readonly HistoryRow[] {
  return events.map((event) => {
    const { instance, group, name } = event;
    const process = group !== null && name !== null ? { instance, group, name } : null;
    return {
      id: event.id,
      atMs: event.atMs,
      state: event.toState,
      subject: process === null ? instance : `${instance}/${group}:${name}`,
      href: process === null ? links.instance(instance) : links.process(process),
      words: wordsOf(event),
      uptime: event.uptimeMs === null ? "" : formatUptime(event.uptimeMs),
      resources: resourcesOf(event),
      who: event.user ?? "",
      operationHref: event.operationId === null ? null : links.operation(event.operationId),
      tails: tailsOf(event),
      bad: isBad(event),
    };
  });
}

/** The newest changes that say something by themselves: what is only on its way to somewhere is left out. */
export function buildLatest(events: readonly HistoryEvent[], most: number): readonly HistoryRow[] {
  const arrived = events.filter(({ toState }) => toState !== "STARTING" && toState !== "STOPPING");
  return buildHistory(arrived.slice(0, most));
}

function wordsOf(event: HistoryEvent): string {
  switch (event.kind) {
    case "process-state":
      return stateWords(event);
    case "process-added":
      return t("events:added");
    case "process-removed":
      return t("events:removed");
    case "instance-up":
      return event.detail ?? t("events:up");
    case "instance-down":
      return event.detail ?? t("events:down");
    case "gap":
      return event.detail ?? t("events:lost");
  }
}

function stateWords(event: HistoryEvent): string {
  const end = describeEnd(event);
  const cause = causeOf(event.spawnError, end);
  if (event.spawnError !== null && cause !== null) return cause;
  switch (event.toState) {
    case "STARTING":
    case "RUNNING":
    case "STOPPING":
      return event.pid === null || event.pid === 0 ? "" : t("events:pid", { pid: event.pid });
    case "FATAL":
      return end ?? t("events:gaveUp");
    case "BACKOFF":
      return end ?? t("events:tooSoon");
    case "STOPPED":
      return end ?? t("events:stopped");
    default:
      return end ?? "";
  }
}

function resourcesOf(event: HistoryEvent): string {
  const words: string[] = [];
  if (event.cpuMs !== null && event.cpuMs > 0) words.push(t("events:cpu", { span: formatUptime(event.cpuMs) }));
  if (event.peakMemoryBytes !== null && event.peakMemoryBytes > 0)
    words.push(t("events:peak", { size: formatBytes(event.peakMemoryBytes) }));
  return words.join(", ");
}

/** stderr first: that is where a program says why. */
function tailsOf(event: HistoryEvent): HistoryRow["tails"] {
  const tails = [
    { channel: "stderr" as const, text: event.stderrTail ?? "" },
    { channel: "stdout" as const, text: event.stdoutTail ?? "" },
  ];
  return tails.filter((tail) => tail.text.trim() !== "");
}

function isBad(event: HistoryEvent): boolean {
  if (event.kind === "instance-down" || event.kind === "gap") return true;
  if (event.kind !== "process-state") return false;
  if (event.toState === "FATAL" || event.toState === "BACKOFF" || event.toState === "UNKNOWN") return true;
  return event.toState === "EXITED" && event.exitExpected === false;
}

/**
 * The newest failed start or end of a life among events newest first, which is what a person who sees a red state asks for.
 * The step to FATAL repeats how the life before it ended and lacks its last words, so it does not count.
 */
export function lastEnd(events: readonly HistoryEvent[]): HistoryEvent | null {
  return (
    events.find(
      ({ kind, uptimeMs, spawnError }) =>
        kind === "process-state" && (uptimeMs !== null || (spawnError !== null && !saysLessThanTheEnd(spawnError))),
    ) ?? null
  );
}

const LATELY_MS = 3_600_000;

/** The end within the last hour that a process which is up got up from, by itself or helped; null where it was asked for or well. */
export function recoveredFrom(
  state: ProcessState,
  events: readonly HistoryEvent[],
  nowMs: number,
): HistoryEvent | null {
  if (state !== "RUNNING" && state !== "STARTING") return null;
  const end = lastEnd(events);
  return end !== null && isBad(end) && end.user === null && nowMs - end.atMs < LATELY_MS ? end : null;
}

/** The channel that holds the last words of an ended life: the other log only where this one has none. */
export function channelOfLastWords(end: HistoryEvent | null): "stdout" | "stderr" | null {
  return end === null ? null : (tailsOf(end)[0]?.channel ?? null);
}

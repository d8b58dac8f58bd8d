// What a report or a change of contact means for history: the events to be kept. Numbering and keeping them is the store's.
import type { HistoryCause, HistoryKind } from "@fleetvisor/proto/vocabulary/history";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import type { Admission, MissingReports } from "./intake.js";
import { type EndOfLife, type ExitStatus, lastSeqOf, type Report } from "./rows.js";

export type { HistoryCause };

/** Kinds of history events with the numbers they are stored under. */
export const EVENT_KINDS = {
  "process-state": 1,
  "process-added": 2,
  "process-removed": 3,
  "instance-up": 4,
  "instance-down": 5,
  gap: 6,
} as const satisfies Readonly<Record<HistoryKind, number>>;

/** Whether an event has the cause. */
export function hasCause(event: NewEvent, cause: HistoryCause): boolean {
  switch (cause) {
    case "order":
      return event.operationId !== null;
    case "signal":
      return event.exit?.signal != null;
    case "unexpected":
      return event.exit?.expected === false;
    case "spawn-error":
      return event.spawnError !== null;
    case "restart":
      return event.toState === "STARTING" && isOver(event.fromState) && event.operationId === null;
    case "out-of-memory":
      return event.end?.oomKilled === true;
  }
}

/** What a supervisor starts again by itself (process.py, Subprocess.transition). */
const isOver = (state: ProcessState | null) => state === "EXITED" || state === "BACKOFF";

export type EventKind = keyof typeof EVENT_KINDS;

/** A fact of history before it has a number. `seq` is null for what the controller itself found out. */
export interface NewEvent {
  readonly kind: EventKind;
  readonly seq: number | null;
  /** By the clock of the host it happened on. */
  readonly atMs: number;
  readonly instance: string;
  readonly group: string | null;
  readonly name: string | null;
  readonly fromState: ProcessState | null;
  readonly toState: ProcessState | null;
  readonly pid: number | null;
  readonly exit: ExitStatus | null;
  readonly spawnError: string | null;
  readonly end: EndOfLife | null;
  readonly operationId: string | null;
  readonly user: string | null;
  readonly detail: string | null;
}

/** A fact of history as it is kept. Ids rise in the order of commit. */
export interface HistoryEvent extends NewEvent {
  readonly id: number;
}

/** Who stands behind an order, or null when it is none of ours. */
export type Cause = (orderId: string) => { readonly operationId: string; readonly user: string | null } | null;

const BLANK = {
  seq: null,
  group: null,
  name: null,
  fromState: null,
  toState: null,
  pid: null,
  exit: null,
  spawnError: null,
  end: null,
  operationId: null,
  user: null,
  detail: null,
} as const;

/** The event of a report, or null for one that only matters live. */
export function eventOf(instance: string, report: Report, cause: Cause): NewEvent | null {
  const { fact } = report;
  switch (fact.type) {
    case "state-change": {
      const asked = fact.orderId === null ? null : cause(fact.orderId);
      const { process } = fact;
      // Every field by name, in one go: nearly all events are of this kind, and copies of a template cost thrice.
      return {
        kind: "process-state",
        seq: report.seq,
        atMs: report.atMs,
        instance,
        group: process.group,
        name: process.name,
        fromState: fact.from,
        toState: process.state,
        pid: fact.end?.pid ?? process.pid,
        exit: fact.end?.exit ?? null,
        spawnError: process.spawnError,
        end: fact.end,
        operationId: asked?.operationId ?? null,
        user: asked?.user ?? null,
        detail: null,
      };
    }
    case "process-added":
      return {
        ...blank(instance, report),
        kind: "process-added",
        group: fact.process.group,
        name: fact.process.name,
        toState: fact.process.state,
      };
    case "process-removed":
      return { ...blank(instance, report), kind: "process-removed", group: fact.group, name: fact.name };
    case "gap":
      return {
        ...blank(instance, report),
        kind: "gap",
        detail: gapDetail(fact.first, fact.last, "the agent's outbox was full"),
      };
    case "supervisor":
    case "unknown":
      return null;
  }
}

function blank(instance: string, { atMs, seq }: Report) {
  return { ...BLANK, instance, atMs, seq };
}

/** The events of a batch in the order of the reports' numbers, each hole told where it is. */
export function eventsOf(instance: string, { accepted, missing }: Admission, cause: Cause): NewEvent[] {
  const events: NewEvent[] = [];
  let holes = 0;
  for (const report of accepted) {
    for (let hole = missing[holes]; hole !== undefined && hole.last < lastSeqOf(report); hole = missing[++holes]) {
      events.push(missingEvent(instance, hole));
    }
    const event = eventOf(instance, report, cause);
    if (event !== null) events.push(event);
  }
  return events;
}

/** Says in history that reports never came, so that a hole is never mistaken for quiet. */
export function missingEvent(instance: string, missing: MissingReports): NewEvent {
  const detail = gapDetail(missing.first, missing.last, "they never reached this history");
  return { ...BLANK, instance, kind: "gap", atMs: missing.atMs, detail };
}

export function contactEvent(
  instance: string,
  kind: "instance-up" | "instance-down",
  atMs: number,
  detail: string | null,
): NewEvent {
  return { ...BLANK, instance, kind, atMs, detail };
}

/** What the store knows of an agent whose session begins. */
export interface KnownAgent {
  readonly name: string;
  /** Whether the last thing history says of the instance is that it came up. */
  readonly up: boolean;
  readonly bootId: string | null;
}

/** What the beginning of a session tells of its instance: nothing when history has this start of the agent up by this name. */
export function comingEvents(
  known: KnownAgent | null,
  { name, bootId, atMs }: { readonly name: string; readonly bootId: string; readonly atMs: number },
): NewEvent[] {
  if (known === null || !known.up) return [contactEvent(name, "instance-up", atMs, null)];
  if (known.name !== name) {
    const down = contactEvent(known.name, "instance-down", atMs, `the agent is called ${name} now`);
    return [down, contactEvent(name, "instance-up", atMs, null)];
  }
  if (known.bootId === bootId) return [];
  return [contactEvent(name, "instance-up", atMs, "the agent was started anew")];
}

function gapDetail(first: number, last: number, why: string): string {
  const count = last - first + 1;
  return `${count} ${count === 1 ? "report" : "reports"} missing (${first} to ${last}): ${why}`;
}

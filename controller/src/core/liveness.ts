// How sure we are of an instance: live, late or lost, with hysteresis. Pure; times are monotonic ms given by the caller.
//
//          3 heartbeats missed, or the stream broken for graceMs        not heard for lostMs
//   live ───────────────────────────────────────────────────────▶ late ─────────────────────▶ lost
//    ▲                                                              │                           │
//    └──── heard (at once; after a recent other fall: only when heard without a break for steadyMs) ◀┘
import type { Liveness } from "@fleetvisor/proto/vocabulary/states";

export interface LivenessTimes {
  /** Silence on an open stream before it counts as late: three heartbeats. */
  readonly lateMs: number;
  /** Time for a broken stream to come back before anybody is told. */
  readonly graceMs: number;
  /** Silence before it is given up. */
  readonly lostMs: number;
  /** A second fall within this time makes the next return wait for `steadyMs`. */
  readonly flapMs: number;
  readonly steadyMs: number;
  /** A deadline noticed this much too late means that we were stalled, not the instance: it is given `graceMs` more, */
  readonly stallMs: number;
  /** so often in one silence and no more, so that a controller that stalls all the time still finds out who is gone. */
  readonly pardons: number;
}

export function livenessTimes(heartbeatMs: number): LivenessTimes {
  return {
    lateMs: 3 * heartbeatMs,
    graceMs: 3_000,
    lostMs: 12 * heartbeatMs,
    flapMs: 60_000,
    steadyMs: 2 * heartbeatMs,
    stallMs: 1_000,
    pardons: 2,
  };
}

export interface Contact {
  readonly liveness: Liveness;
  /** Why it is not live, in words; null when live. */
  readonly reason: string | null;
  /** Last message, or the start of the controller for one that is only remembered. */
  readonly heardMs: number;
  /** When its stream broke; null while there is one. */
  readonly brokenMs: number | null;
  /** Why the stream broke. */
  readonly brokenReason: string;
  /** When it last left live, and the time before that; null for never. */
  readonly fellMs: number | null;
  readonly fellBeforeMs: number | null;
  /** Heard without a break since; null while silent. */
  readonly steadySinceMs: number | null;
  /** How often its silence was laid to a stall of ours since it was last heard. */
  readonly pardoned: number;
}

export type ContactInput =
  | { readonly type: "heard" }
  | { readonly type: "connected" }
  | { readonly type: "broken"; readonly reason: string }
  /** The timer asked for by `deadlineMs`, and for when it was set. */
  | { readonly type: "deadline"; readonly dueMs: number };

export interface ContactStep {
  readonly next: Contact;
  /** When to ask again with `deadline` if nothing else happens; null for never. An earlier ask does no harm. */
  readonly deadlineMs: number | null;
}

/** An instance that is only remembered: late, for the controller cannot know, and lost if it does not come in time. */
export function rememberedContact(nowMs: number): Contact {
  return {
    liveness: "late",
    reason: "not heard of since the controller started",
    heardMs: nowMs,
    brokenMs: nowMs,
    brokenReason: "not connected since the controller started",
    fellMs: null,
    fellBeforeMs: null,
    steadySinceMs: null,
    pardoned: 0,
  };
}

export function contactTransition(
  contact: Contact,
  input: ContactInput,
  nowMs: number,
  times: LivenessTimes,
): ContactStep {
  switch (input.type) {
    case "connected":
      return hear({ ...contact, brokenMs: null, brokenReason: "" }, nowMs, times);
    case "heard":
      return hear(contact, nowMs, times);
    case "broken":
      return judge({ ...contact, brokenMs: contact.brokenMs ?? nowMs, brokenReason: input.reason }, nowMs, times);
    case "deadline":
      // Messages may be waiting behind our own stall; give them the time to be read before anybody is called late.
      if (nowMs - input.dueMs > times.stallMs && contact.brokenMs === null && contact.pardoned < times.pardons) {
        return { next: { ...contact, pardoned: contact.pardoned + 1 }, deadlineMs: nowMs + times.graceMs };
      }
      return judge(contact, nowMs, times);
  }
}

function hear(contact: Contact, nowMs: number, times: LivenessTimes): ContactStep {
  const unbroken = contact.steadySinceMs !== null && nowMs - contact.heardMs <= times.lateMs;
  const steadySinceMs = unbroken ? contact.steadySinceMs : nowMs;
  const heard: Contact = { ...contact, heardMs: nowMs, steadySinceMs, pardoned: 0 };
  if (heard.liveness === "live") return { next: heard, deadlineMs: deadlineOf(heard, times) };
  const flapping =
    heard.fellMs !== null && heard.fellBeforeMs !== null && heard.fellMs - heard.fellBeforeMs < times.flapMs;
  if (flapping && nowMs - (steadySinceMs ?? nowMs) < times.steadyMs) {
    const next: Contact = { ...heard, liveness: "late", reason: "back, but the link was unsteady: watching it" };
    return { next, deadlineMs: deadlineOf(next, times) };
  }
  const next: Contact = { ...heard, liveness: "live", reason: null };
  return { next, deadlineMs: deadlineOf(next, times) };
}

function judge(contact: Contact, nowMs: number, times: LivenessTimes): ContactStep {
  const silentMs = nowMs - contact.heardMs;
  const { brokenMs } = contact;
  let next = contact;
  if (silentMs >= times.lostMs && contact.liveness !== "lost") {
    const why = brokenMs === null ? "its connection is open but silent" : contact.brokenReason;
    next = { ...fall(contact, nowMs), liveness: "lost", reason: `given up: ${why}`, steadySinceMs: null };
  } else if (contact.liveness === "live" && brokenMs !== null && nowMs - brokenMs >= times.graceMs) {
    next = { ...fall(contact, nowMs), liveness: "late", reason: contact.brokenReason, steadySinceMs: null };
  } else if (contact.liveness === "live" && silentMs >= times.lateMs) {
    const reason = "its connection is open but silent";
    next = { ...fall(contact, nowMs), liveness: "late", reason, steadySinceMs: null };
  }
  return { next, deadlineMs: deadlineOf(next, times) };
}

function fall(contact: Contact, nowMs: number): Contact {
  if (contact.liveness !== "live") return contact;
  return { ...contact, fellMs: nowMs, fellBeforeMs: contact.fellMs };
}

function deadlineOf(contact: Contact, times: LivenessTimes): number | null {
  if (contact.liveness === "lost") return null;
  if (contact.liveness === "late") return contact.heardMs + times.lostMs;
  const silent = contact.heardMs + times.lateMs;
  return contact.brokenMs === null ? silent : Math.min(silent, contact.brokenMs + times.graceMs);
}

// The status listing: a row a process, what its description says, how the listing ends. Pure.
import type { Instance, Process } from "@fleetvisor/proto/api/v1";
import { STOPPED_STATES } from "@fleetvisor/proto/vocabulary/states";
import type { Exit } from "../exit.js";
import { type Colors, paintState } from "./colors.js";
import { describeEnd, describeFailure } from "./ending.js";
import type { Row } from "./table.js";
import { formatCounts, formatSpan, formatUptime, plural } from "./words.js";

export const STATUS_HEAD = ["TARGET", "STATE", "DESCRIPTION"] as const;

/** What a listing needs to know of an instance. */
export type Contact = Pick<Instance, "liveness" | "livenessReason" | "lastHeardAtMs" | "clockSkewMs">;

export type Contacts = ReadonlyMap<string, Contact>;

/** Rows in the order given; those of an instance that is not live are greyed and say how old they are. */
export function statusRows(
  processes: readonly Process[],
  contacts: Contacts,
  nowMs: number,
  colors: Colors,
): readonly Row[] {
  return processes.map((process) => {
    const contact = contacts.get(process.instance);
    const text = describe(process, contact, nowMs);
    if (process.liveness === "live") {
      return [process.target, { text: process.state, paint: paintState(colors, process.state) }, text];
    }
    const paint = colors.dim;
    return [
      process.target,
      process.state,
      `${text === "" ? "" : `${text}; `}${staleness(process, contact, nowMs)}`,
    ].map((cell) => ({ text: cell, paint }));
  });
}

/** `lost, last heard 3m 07s ago`. Why is told once an instance, by `staleInstances`. */
function staleness(process: Process, contact: Contact | undefined, nowMs: number): string {
  if (contact === undefined) return process.liveness;
  return `${process.liveness}, last heard ${formatSpan(nowMs - contact.lastHeardAtMs)} ago`;
}

/** A line an instance that is not live and has a process in the listing: `web-1 is lost: no heartbeat`. */
export function staleInstances(processes: readonly Process[], contacts: Contacts): readonly string[] {
  const names = new Set(processes.filter(({ liveness }) => liveness !== "live").map(({ instance }) => instance));
  return [...names].flatMap((name) => {
    const contact = contacts.get(name);
    const reason = contact?.livenessReason;
    return contact === undefined || reason === null ? [] : [`${name} is ${contact.liveness}: ${reason}`];
  });
}

/** As supervisorctl describes it, with the reason of an end where supervisorctl has none. `nowMs` is the controller's. */
export function describe(process: Process, contact: Contact | undefined, nowMs: number): string {
  const { state, description, startedAtMs, tries } = process;
  switch (state) {
    case "RUNNING": {
      if (startedAtMs === null) return description;
      // Of what is not heard any more, the age as of the last word is all that is known.
      const asOfMs = process.liveness === "live" || contact === undefined ? nowMs : contact.lastHeardAtMs;
      return `${description}, uptime ${formatUptime(asOfMs + (contact?.clockSkewMs ?? 0) - startedAtMs)}`;
    }
    case "EXITED": {
      const end = describeEnd(process);
      return end === null ? description : `${description}, ${end}`;
    }
    case "BACKOFF":
    case "FATAL": {
      const why = describeFailure(process);
      if (why === null) return description;
      return tries > 0 ? `${why}, ${plural(tries, "attempt", "attempts")}` : why;
    }
    default:
      return description;
  }
}

/** `12 processes on 3 instances: 10 RUNNING, 2 FATAL`. */
export function statusSummary(processes: readonly Process[]): string {
  const counts: Record<string, number> = {};
  for (const { state } of processes) counts[state] = (counts[state] ?? 0) + 1;
  const instances = new Set(processes.map(({ instance }) => instance)).size;
  const where = plural(instances, "instance", "instances");
  return `${plural(processes.length, "process", "processes")} on ${where}: ${formatCounts(counts)}`;
}

/** supervisorctl's rule for its status 3, and what is lost cannot be said to run. */
export function statusExit(processes: readonly Process[]): Exit {
  const isDown = ({ state, liveness }: Process) => STOPPED_STATES.has(state) || liveness === "lost";
  return processes.some(isDown) ? "not-running" : "ok";
}

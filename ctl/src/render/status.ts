// The status listing: a row a process, what its description says, how the listing ends. Pure.
import type { Instance, Process } from "@fleetvisor/proto/api/v1";
import { PROCESS_STATE_NAMES, STOPPED_STATES } from "@fleetvisor/proto/vocabulary/states";
import type { Exit } from "../exit.js";
import { type Colors, paintState } from "./colors.js";
import { describeEnd, describeFailure } from "./ending.js";
import type { Head, Row } from "./table.js";
import { formatCpu, formatMemory } from "./usage.js";
import { formatCounts, formatMoment, formatSpan, formatUptime, plural } from "./words.js";

const STATUS_HEAD: Head = [
  "TARGET",
  { title: "STATE", least: Math.max(...PROCESS_STATE_NAMES.map((state) => state.length)) },
  { title: "SINCE", isWide: true },
  { title: "CPU", isWide: true },
  { title: "MEMORY", isWide: true },
  { title: "PRIORITY", isWide: true },
  { title: "AUTOSTART", isWide: true },
  "DESCRIPTION",
  { title: "COMMAND", isWide: true },
];

/** With the columns that an order by use is about. */
export function statusHead(sort: string | undefined): Head {
  if (sort !== "cpu" && sort !== "memory") return STATUS_HEAD;
  return STATUS_HEAD.map((column) =>
    typeof column !== "string" && /^(CPU|MEMORY)$/.test(column.title) ? { title: column.title } : column,
  );
}

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
    const more = [
      formatMoment(process.sinceMs),
      formatCpu(process),
      formatMemory(process),
      String(process.priority),
      process.autostart ? "yes" : "no",
    ];
    if (process.liveness === "live") {
      const state = { text: process.state, paint: paintState(colors, process.state) };
      return [process.target, state, ...more, text, process.command];
    }
    const stale = `${text === "" ? "" : `${text}; `}${staleness(process, contact, nowMs)}`;
    const cells = [process.target, process.state, ...more, stale, process.command];
    return cells.map((cell) => ({ text: cell, paint: colors.dim }));
  });
}

/** `lost, last heard 3m 07s ago`. Why is told once an instance, by the tally. */
function staleness(process: Process, contact: Contact | undefined, nowMs: number): string {
  if (contact === undefined) return process.liveness;
  return `${process.liveness}, last heard ${formatSpan(nowMs - contact.lastHeardAtMs)} ago`;
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

/** What a listing comes to, counted as it passes by. */
export class StatusTally {
  readonly #counts: Record<string, number> = {};
  readonly #instances = new Set<string>();
  readonly #stale = new Set<string>();
  #processes = 0;
  #isDown = false;

  add(processes: readonly Process[]): void {
    for (const { state, instance, liveness } of processes) {
      this.#processes += 1;
      this.#counts[state] = (this.#counts[state] ?? 0) + 1;
      this.#instances.add(instance);
      if (liveness !== "live") this.#stale.add(instance);
      this.#isDown ||= STOPPED_STATES.has(state) || liveness === "lost";
    }
  }

  get count(): number {
    return this.#processes;
  }

  /** `12 processes on 3 instances: 10 RUNNING, 2 FATAL`. */
  summary(): string {
    const where = plural(this.#instances.size, "instance", "instances");
    return `${plural(this.#processes, "process", "processes")} on ${where}: ${formatCounts(this.#counts)}`;
  }

  /** A line an instance that is not live: `web-1 is lost: no heartbeat`. */
  stale(contacts: Contacts): readonly string[] {
    return [...this.#stale].flatMap((name) => {
      const contact = contacts.get(name);
      const reason = contact?.livenessReason;
      return contact === undefined || reason === null ? [] : [`${name} is ${contact.liveness}: ${reason}`];
    });
  }

  /** supervisorctl's rule for its status 3, and what is lost cannot be said to run. */
  exit(): Exit {
    return this.#isDown ? "not-running" : "ok";
  }
}

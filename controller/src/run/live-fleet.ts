// Holds the live fleet: feeds the pure fleet and liveness machines, keeps their timers, tells subscribers what changed.
import type { Liveness } from "@fleetvisor/proto/vocabulary/states";
import type { Logger } from "pino";
import { emptyFleet, type Fleet, type FleetChange, type FleetInput, type Identity, reduce } from "../core/fleet.js";
import { contactEvent, type NewEvent } from "../core/history.js";
import {
  type Contact,
  type ContactInput,
  contactTransition,
  type LivenessTimes,
  rememberedContact,
} from "../core/liveness.js";
import type { Report, Snapshot } from "../core/rows.js";
import type { InstanceRecord } from "../store/records.js";

const JOINED = "joined, and not connected yet";
const WENT_DOWN = "its supervisor was shut down";

/** What is known of the contact with an instance; times are wall clock. */
export interface ContactView {
  readonly contact: Contact;
  readonly lastHeardAtMs: number;
  readonly sinceMs: number;
  readonly clockSkewMs: number;
  /** Something about it that people should know though it may be live; null for nothing. */
  readonly warning: Warning | null;
}

export interface Warning {
  readonly message: string;
  readonly sinceMs: number;
}

interface Entry {
  agentId: string;
  contact: Contact;
  lastHeardAtMs: number;
  sinceMs: number;
  clockSkewMs: number;
  warning: (Warning & { readonly timer: NodeJS.Timeout }) | null;
  /** Whether history's last word is that it came up. */
  up: boolean;
  timer: NodeJS.Timeout | null;
  dueMs: number;
}

export interface LiveFleetListeners {
  /** Something to show differs. */
  changes(changes: readonly FleetChange[]): void;
  /** Something to keep happened. */
  events(events: readonly NewEvent[]): void;
}

export interface ContactNote {
  readonly agentId: string;
  readonly heardAtMs: number;
}

export class LiveFleet {
  readonly #times: LivenessTimes;
  readonly #log: Logger;
  readonly #listeners: LiveFleetListeners[] = [];
  readonly #entries = new Map<string, Entry>();
  /** Agent id to the name it is shown under. */
  readonly #names = new Map<string, string>();
  #fleet: Fleet = emptyFleet();

  constructor(times: LivenessTimes, log: Logger) {
    this.#times = times;
    this.#log = log;
  }

  get fleet(): Fleet {
    return this.#fleet;
  }

  contact(instance: string): ContactView | null {
    return this.#entries.get(instance) ?? null;
  }

  /** The name that the agent's instance is shown under; null when it is not. */
  nameOf(agentId: string): string | null {
    return this.#names.get(agentId) ?? null;
  }

  /** Every instance with a warning. */
  warnings(): (Warning & { readonly instance: string })[] {
    return [...this.#entries].flatMap(([instance, { warning }]) =>
      warning === null ? [] : [{ instance, message: warning.message, sinceMs: warning.sinceMs }],
    );
  }

  livenessOf(instance: string): Liveness {
    return this.#entries.get(instance)?.contact.liveness ?? "lost";
  }

  subscribe(listeners: LiveFleetListeners): void {
    this.#listeners.push(listeners);
  }

  /** An instance the store remembers, before anything was heard. */
  remember(record: InstanceRecord): void {
    const { name, id, labels, hostName, version } = record;
    const entry = this.#entry(name, id);
    entry.up = record.up;
    entry.lastHeardAtMs = record.lastHeardAtMs ?? record.createdAtMs;
    entry.sinceMs = entry.lastHeardAtMs;
    this.#reduce({ type: "known", identity: { name, id, labels, hostName, version } });
    this.#arm(name, entry, entry.contact.heardMs + this.#times.lostMs);
  }

  /** A host joined under a name that was free. It is shown at once, so that it can be removed though it never came. */
  joined(name: string, id: string): void {
    const entry = this.#entry(name, id);
    entry.contact = { ...entry.contact, reason: JOINED, brokenReason: JOINED };
    this.#reduce({ type: "known", identity: { name, id, labels: {}, hostName: "", version: "" } });
    this.#arm(name, entry, entry.contact.heardMs + this.#times.lostMs);
  }

  /** A session of the instance begins; history has been told of it. */
  hello(identity: Identity, bootId: string): void {
    const oldName = this.#names.get(identity.id);
    if (oldName !== undefined && oldName !== identity.name) this.#forget(oldName);
    const entry = this.#entry(identity.name, identity.id);
    entry.up = true;
    this.#reduce({ type: "hello", identity, bootId });
    this.#contact(identity.name, { type: "connected" });
  }

  /** Anything came from the instance. */
  heard(instance: string): void {
    this.#contact(instance, { type: "heard" });
  }

  heartbeat(instance: string, hostAtMs: number): void {
    const entry = this.#entries.get(instance);
    if (entry !== undefined) entry.clockSkewMs = hostAtMs - Date.now();
  }

  /** The session is over. One that its supervisor announced by going down is not said to have failed. */
  broken(instance: string, reason: string): void {
    const wentDown = this.#fleet.instances.get(instance)?.supervisor?.mood === "SHUTDOWN";
    this.#contact(instance, { type: "broken", reason: wentDown ? WENT_DOWN : reason });
  }

  /** Warns people who look at the instance, until nobody has done so again for a time. */
  warn(instance: string, message: string, forMs: number): void {
    const entry = this.#entries.get(instance);
    if (entry === undefined) return;
    const before = entry.warning;
    if (before !== null) clearTimeout(before.timer);
    const timer = setTimeout(() => {
      entry.warning = null;
      this.#show([{ type: "instance", instance }]);
    }, forMs);
    entry.warning = { message, sinceMs: before?.sinceMs ?? Date.now(), timer };
    if (before?.message !== message) this.#show([{ type: "instance", instance }]);
  }

  snapshot(instance: string, snapshot: Snapshot): void {
    this.#reduce({ type: "snapshot", instance, snapshot });
  }

  /** True when the rows may be behind and a snapshot should be asked for. */
  reports(instance: string, reports: readonly Report[]): boolean {
    return this.#reduce({ type: "reports", instance, reports });
  }

  /** Shows the instance no longer; history, when it has it up, is told why it is not. */
  remove(instance: string, reason: string): void {
    if (this.#entries.get(instance)?.up === true) {
      this.#tell([contactEvent(instance, "instance-down", Date.now(), reason)]);
    }
    this.#forget(instance);
  }

  #forget(instance: string): void {
    const entry = this.#entries.get(instance);
    if (entry === undefined) return;
    endTimers(entry);
    this.#entries.delete(instance);
    this.#names.delete(entry.agentId);
    this.#reduce({ type: "removed", instance });
  }

  /** For the store: when each was last heard. */
  notes(): ContactNote[] {
    return [...this.#entries.values()].map(({ agentId, lastHeardAtMs }) => ({ agentId, heardAtMs: lastHeardAtMs }));
  }

  /** Stops every timer; nothing is told afterwards. */
  stop(): void {
    this.#listeners.length = 0;
    for (const entry of this.#entries.values()) endTimers(entry);
    this.#entries.clear();
    this.#names.clear();
  }

  #entry(name: string, agentId: string): Entry {
    let entry = this.#entries.get(name);
    if (entry === undefined || entry.agentId !== agentId) {
      if (entry !== undefined) {
        endTimers(entry);
        this.#names.delete(entry.agentId);
      }
      const wallMs = Date.now();
      const contact = rememberedContact(performance.now());
      entry = {
        agentId,
        contact,
        lastHeardAtMs: wallMs,
        sinceMs: wallMs,
        clockSkewMs: 0,
        warning: null,
        up: false,
        timer: null,
        dueMs: 0,
      };
      this.#entries.set(name, entry);
      this.#names.set(agentId, name);
    }
    return entry;
  }

  #contact(name: string, input: ContactInput): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    const before = entry.contact;
    const { next, deadlineMs } = contactTransition(before, input, performance.now(), this.#times);
    entry.contact = next;
    if (input.type === "heard" || input.type === "connected") entry.lastHeardAtMs = Date.now();
    if (deadlineMs !== null) this.#arm(name, entry, deadlineMs);
    if (next.liveness === before.liveness && next.reason === before.reason) return;
    if (next.liveness !== before.liveness) {
      entry.sinceMs = Date.now();
      this.#log.info({ instance: name, liveness: next.liveness, reason: next.reason }, "liveness changed");
    }
    if (next.liveness === "lost" && entry.up) {
      entry.up = false;
      const detail = `${next.reason}; last heard ${new Date(entry.lastHeardAtMs).toISOString()}`;
      this.#tell([contactEvent(name, "instance-down", Date.now(), detail)]);
    }
    this.#show([{ type: "instance", instance: name }]);
  }

  /** One timer an instance. A later deadline waits for the earlier timer, which then looks again: messages cost no timer. */
  #arm(name: string, entry: Entry, deadlineMs: number): void {
    if (entry.timer !== null) {
      if (entry.dueMs <= deadlineMs) return;
      clearTimeout(entry.timer);
    }
    entry.dueMs = deadlineMs;
    entry.timer = setTimeout(
      () => {
        entry.timer = null;
        this.#contact(name, { type: "deadline", dueMs: deadlineMs });
      },
      Math.max(0, deadlineMs - performance.now()),
    );
  }

  #reduce(input: FleetInput): boolean {
    const { next, changes, askSnapshot } = reduce(this.#fleet, input);
    this.#fleet = next;
    if (changes.length > 0) this.#show(changes);
    return askSnapshot;
  }

  #show(changes: readonly FleetChange[]): void {
    for (const listener of this.#listeners) listener.changes(changes);
  }

  #tell(events: readonly NewEvent[]): void {
    for (const listener of this.#listeners) listener.events(events);
  }
}

function endTimers({ timer, warning }: Entry): void {
  if (timer !== null) clearTimeout(timer);
  if (warning !== null) clearTimeout(warning.timer);
}

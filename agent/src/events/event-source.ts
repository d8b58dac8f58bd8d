// Turns what happens in the supervisor into events, and keeps the pools as groups come and go.
import type { Mood } from "@fleetvisor/proto/vocabulary/states";
import type { ManagedProcess } from "../run/managed-process.js";
import type { ManagedGroup, Supervisor, SupervisorEvent } from "../run/supervisor.js";
import {
  type Channel,
  communicationType,
  groupEvent,
  logType,
  processCommunicationEvent,
  processLogEvent,
  processStateEvent,
  remoteCommunicationEvent,
  tickEvent,
} from "./event.js";
import { EventBus } from "./event-bus.js";
import { EventPool } from "./event-pool.js";
import { Ticker } from "./ticker.js";

/** What supervisord lets pass before it stops the next group of an idle daemon, and about as long as its listeners have. */
const SETTLE_MS = 1000;

const CHANNELS: readonly Channel[] = ["stdout", "stderr"];

export class EventSource {
  readonly #supervisor: Supervisor;
  readonly #identifier: () => string;
  readonly #bus = new EventBus();
  readonly #pools = new Map<ManagedGroup, EventPool>();
  readonly #ticker: Ticker;
  #unsubscribe: () => void = () => {};
  #isStopping = false;

  /** `identifier` answers that of [supervisord] as it was last read. */
  constructor(supervisor: Supervisor, identifier: () => string) {
    this.#supervisor = supervisor;
    this.#identifier = identifier;
    this.#ticker = new Ticker(supervisor.clock, (type, whenSeconds) => this.#bus.emit(tickEvent(type, whenSeconds)));
  }

  /** From now on; before any group is added, or its pools and events are missed. */
  start(): void {
    this.#unsubscribe = this.#supervisor.subscribe((event) => this.#take(event));
  }

  stop(): void {
    this.#unsubscribe();
    this.#ticker.stop();
    for (const pool of this.#pools.values()) pool.close();
  }

  /** The supervisor is up: groups are there, programs are about to start. */
  announceRunning(): void {
    this.#bus.emit({ type: "SUPERVISOR_STATE_CHANGE_RUNNING", payload: "" });
  }

  /** Resolves when the listeners of a group have dealt with what they were told, or had a while to; null when there is nothing to wait for. */
  settled(group: ManagedGroup): Promise<void> | null {
    return this.#pools.get(group)?.settled(SETTLE_MS) ?? null;
  }

  /** `sendRemoteCommEvent` of the XML-RPC interface. */
  remote(type: string, data: string): void {
    if (this.#bus.wants("REMOTE_COMMUNICATION")) this.#bus.emit(remoteCommunicationEvent(type, data));
  }

  #take(event: SupervisorEvent): void {
    switch (event.type) {
      case "state":
        this.#bus.emit(processStateEvent(event.change.process, event.change.event));
        for (const pool of this.#pools.values()) pool.changed(event.change);
        break;
      case "group-added":
        this.#addGroup(event.group);
        break;
      case "group-removed":
        this.#removeGroup(event.group);
        break;
      case "mood":
        this.#announceMood(event.mood);
        break;
    }
  }

  #announceMood(mood: Mood): void {
    // A restart that becomes a shutdown is told once.
    const wasStopping = this.#isStopping;
    this.#isStopping = mood !== "RUNNING";
    if (this.#isStopping && !wasStopping) this.#bus.emit({ type: "SUPERVISOR_STATE_CHANGE_STOPPING", payload: "" });
  }

  /** A pool hears of the group that it is. */
  #addGroup(group: ManagedGroup): void {
    for (const process of group.processes) for (const channel of CHANNELS) this.#watch(process, channel);
    const { listener } = group.spec;
    if (listener !== null) {
      const world = { identifier: this.#identifier, log: this.#supervisor.log };
      const pool = new EventPool(group, listener, world);
      this.#pools.set(group, pool);
      this.#bus.add(pool);
      this.#ticker.want((type) => this.#bus.wants(type));
    }
    this.#bus.emit(groupEvent("ADDED", group.name));
  }

  #removeGroup(group: ManagedGroup): void {
    const pool = this.#pools.get(group);
    if (pool !== undefined) {
      this.#pools.delete(group);
      this.#bus.remove(pool);
      this.#ticker.want((type) => this.#bus.wants(type));
    }
    this.#bus.emit(groupEvent("REMOVED", group.name));
  }

  #watch(process: ManagedProcess, channel: Channel): void {
    const spec = channel === "stdout" ? process.spec.stdout : process.spec.stderr;
    const log = channel === "stdout" ? process.stdout : process.stderr;
    if (spec.eventsEnabled) {
      log.watch((chunk) => {
        if (!this.#bus.wants(logType(channel))) return;
        this.#bus.emit(processLogEvent(process, process.value.pid, channel, chunk));
      });
    }
    log.onCaptured((data) => {
      if (this.#bus.wants(communicationType(channel))) {
        this.#bus.emit(processCommunicationEvent(process, process.value.pid, channel, data));
      }
      this.#supervisor.log.debug(`'${process.name}' ${channel} emitted a comm event`);
    });
  }
}

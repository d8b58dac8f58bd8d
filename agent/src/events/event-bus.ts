// Carries events to the pools that want them. One numbering for the life of the daemon's process, also across a restart.
import type { EventType } from "@fleetvisor/proto/vocabulary/events";
import type { Event } from "./event.js";
import type { EventPool } from "./event-pool.js";

/** Numbers are given when a first pool takes the event: what nobody wants uses none (process.py, GlobalSerial). */
let nextSerial = 0;

export class EventBus {
  readonly #pools = new Set<EventPool>();
  /** Pools that want a type, as often as they want it; filled as types come up. */
  #takers = new Map<EventType, readonly EventPool[]>();

  add(pool: EventPool): void {
    this.#pools.add(pool);
    this.#takers = new Map();
  }

  remove(pool: EventPool): void {
    this.#pools.delete(pool);
    this.#takers = new Map();
    pool.close();
  }

  /** Whether anybody would hear an event of this type: what is not wanted need not be made. */
  wants(type: EventType): boolean {
    return this.#of(type).length > 0;
  }

  emit(event: Event): void {
    const takers = this.#of(event.type);
    if (takers.length === 0) return;
    const serial = nextSerial++;
    for (const pool of takers) pool.accept(event, serial);
  }

  #of(type: EventType): readonly EventPool[] {
    let takers = this.#takers.get(type);
    if (takers === undefined) {
      takers = [...this.#pools].flatMap((pool) => Array<EventPool>(pool.wants(type)).fill(pool));
      this.#takers.set(type, takers);
    }
    return takers;
  }
}

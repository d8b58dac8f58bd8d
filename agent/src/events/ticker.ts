// Tells which slices of time began, as supervisord does once a second (supervisor 4.2.5 supervisord.py, tick), without looking
// at the clock that often.
import type { Clock } from "../run/ports.js";
import { TICKS, type TickType } from "./event.js";

/** The shortest first: the order in which the ticks of one moment are told. */
const TYPES = Object.keys(TICKS) as readonly TickType[];

/** A clock that was set moves the slices under a timer that is under way; it is noticed after this long at the latest. */
const LOOK_MS = 60_000;

/** One timer for all periods, so that their order is kept; none while nobody wants a tick. */
export class Ticker {
  readonly #clock: Clock;
  readonly #emit: (type: TickType, whenSeconds: number) => void;
  /** When the slice of now began, of each type that is wanted. */
  readonly #slices = new Map<TickType, number>();
  #cancel: (() => void) | null = null;

  /** `emit` hears of each slice that is another than the last one seen, also after the clock was set back. */
  constructor(clock: Clock, emit: (type: TickType, whenSeconds: number) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  /** From now on only what `wants` answers true to is told. A slice that is under way when a type is first wanted is not. */
  want(wants: (type: TickType) => boolean): void {
    const nowMs = this.#clock.wallMs();
    for (const type of TYPES) {
      if (!wants(type)) this.#slices.delete(type);
      else if (!this.#slices.has(type)) this.#slices.set(type, sliceOf(type, nowMs));
    }
    this.#arm(nowMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#slices.clear();
  }

  #look(): void {
    const nowMs = this.#clock.wallMs();
    const begun = TYPES.filter((type) => this.#slices.has(type) && this.#slices.get(type) !== sliceOf(type, nowMs));
    for (const type of begun) this.#slices.set(type, sliceOf(type, nowMs));
    // Armed before anybody hears of it: whatever a listener's pool does, the next one comes.
    this.#arm(nowMs);
    for (const type of begun) this.#emit(type, sliceOf(type, nowMs));
  }

  #arm(nowMs: number): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#slices.size === 0) return;
    const waits = [...this.#slices.keys()].map((type) => (sliceOf(type, nowMs) + TICKS[type]) * 1000 - nowMs);
    this.#cancel = this.#clock.at(this.#clock.nowMs() + Math.min(LOOK_MS, ...waits), () => this.#look());
  }
}

/** Seconds since the epoch at which the slice of a moment began. */
function sliceOf(type: TickType, wallMs: number): number {
  return Math.floor(wallMs / 1000 / TICKS[type]) * TICKS[type];
}

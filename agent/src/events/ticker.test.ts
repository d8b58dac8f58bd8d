// When ticks are told, over hours that pass in no time and by clocks that are set.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../run/ports.js";
import type { TickType } from "./event.js";
import { Ticker } from "./ticker.js";

/** A monotonic clock that is moved on by hand, and a wall clock beside it that can be set. */
class SettableClock implements Clock {
  #now = 1_000_000;
  #offsetMs: number;
  #timers: { atMs: number; callback: () => void }[] = [];
  fired = 0;

  constructor(wallMs: number) {
    this.#offsetMs = wallMs - this.#now;
  }

  nowMs(): number {
    return this.#now;
  }

  wallMs(): number {
    return this.#now + this.#offsetMs;
  }

  at(atMs: number, callback: () => void): () => void {
    const timer = { atMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  set(wallMs: number): void {
    this.#offsetMs = wallMs - this.#now;
  }

  advance(ms: number): void {
    const endMs = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.atMs;
      this.fired += 1;
      next.callback();
    }
    this.#now = endMs;
  }
}

const HOUR = Date.UTC(2026, 10, 21, 10);

function world({ at, wants = ["TICK_5", "TICK_60", "TICK_3600"] }: { at: number; wants?: readonly TickType[] }) {
  const clock = new SettableClock(at);
  const told: string[] = [];
  const ticker = new Ticker(clock, (type, when) =>
    told.push(`${type} ${new Date(when * 1000).toISOString().slice(11, 19)}`),
  );
  ticker.want((type) => wants.includes(type));
  return { clock, ticker, told };
}

test("the ticks of one moment come shortest first, and none for the slice under way at the start", () => {
  const { clock, told } = world({ at: HOUR - 6_500 });
  clock.advance(7_000);
  assert.deepEqual(told, ["TICK_5 09:59:55", "TICK_5 10:00:00", "TICK_60 10:00:00", "TICK_3600 10:00:00"]);
});

test("a clock that is set back tells the slices that it is in again, one that jumps ahead makes up for none", () => {
  const { clock, told } = world({ at: HOUR + 1_000 });
  clock.set(HOUR - 1_799_000);
  clock.advance(4_000);
  assert.deepEqual(told.splice(0), ["TICK_5 09:30:05", "TICK_60 09:30:00", "TICK_3600 09:00:00"]);
  clock.set(HOUR + 7_201_000);
  clock.advance(5_000);
  assert.deepEqual(told, ["TICK_5 12:00:05", "TICK_60 12:00:00", "TICK_3600 12:00:00"]);
});

test("who wants the long ticks alone hears of a set clock within a minute", () => {
  const { clock, told } = world({ at: HOUR, wants: ["TICK_3600"] });
  clock.set(HOUR + 3_700_000);
  clock.advance(60_000);
  assert.deepEqual(told, ["TICK_3600 11:00:00"]);
});

test("what nobody wants costs no timer, and what is wanted no more is not told", () => {
  const { clock, ticker, told } = world({ at: HOUR, wants: ["TICK_5"] });
  ticker.want(() => false);
  clock.advance(3_600_000);
  assert.deepEqual(told, []);
  assert.equal(clock.fired, 0);
});

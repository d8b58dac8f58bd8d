// The samples of a connection: none but while it asks for them, none in the way, none of a child that is another by now.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Samples } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import type { ManagedProcess } from "../run/managed-process.js";
import type { Clock } from "../run/ports.js";
import { SampleStream, type SampleWorld } from "./samples.js";

const USE = { startTicks: 5, cpuMs: 70, memoryBytes: 4096 };

/** Time that passes when a test says so. */
class FakeClock implements Clock {
  #nowMs = 0;
  readonly waiting = new Map<() => void, number>();
  nowMs = () => this.#nowMs;
  wallMs = () => this.#nowMs;
  at(atMs: number, callback: () => void) {
    this.waiting.set(callback, atMs);
    return () => void this.waiting.delete(callback);
  }
  /** Lets time pass and what waits for promises go on. */
  async pass(ms: number): Promise<void> {
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs; ) {
      this.#nowMs += 100;
      for (const [callback, atMs] of [...this.waiting]) {
        if (atMs <= this.#nowMs && this.waiting.delete(callback)) callback();
      }
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  }
}

function world() {
  const clock = new FakeClock();
  const sent: Samples[] = [];
  const state = { behind: false, looks: 0, pid: 10, whileLooking: () => {} };
  const process = {
    group: "api",
    name: "api",
    get value() {
      return { pid: state.pid };
    },
  } as unknown as ManagedProcess;
  const asked: SampleWorld = {
    supervisor: { processes: [process], oom: null, clock },
    sampler: {
      async sample() {
        state.looks += 1;
        state.whileLooking();
        return { monotonicMs: 1_000, host: null, groups: new Map([[10, USE]]) };
      },
    },
    isBehind: () => state.behind,
    send: (samples) => void sent.push(samples),
  };
  return { state, sent, clock, stream: new SampleStream(asked) };
}

test("samples come at the period that is asked for, and none after the end", async () => {
  const { sent, stream, state, clock } = world();
  stream.start(15_000);
  await clock.pass(1_000);
  assert.deepEqual(sent, [
    { monotonicMs: 1_000, host: undefined, processes: [{ group: "api", name: "api", pid: 10, ...USE }] },
  ]);
  await clock.pass(60_000);
  assert.ok(sent.length >= 4 && sent.length <= 5, `${sent.length} in a minute`);
  stream.stop();
  const { looks } = state;
  await clock.pass(60_000);
  assert.equal(state.looks, looks);
});

test("who is never asked has no timer, nor who is not asked any more", () => {
  const { stream, clock } = world();
  stream.start(0);
  assert.equal(clock.waiting.size, 0);
  stream.start(60_000);
  assert.equal(clock.waiting.size, 1);
  stream.stop();
  assert.equal(clock.waiting.size, 0);
});

test("a stream that is behind is spared, before the look and after it", async () => {
  const { state, sent, stream, clock } = world();
  state.behind = true;
  stream.start(1_000);
  await clock.pass(3_000);
  assert.deepEqual([state.looks, sent.length], [0, 0]);
  state.behind = false;
  state.whileLooking = () => {
    state.behind = true;
  };
  await clock.pass(1_100);
  assert.deepEqual([state.looks, sent.length], [1, 0]);
  stream.stop();
});

test("a child that ended while it was looked at is left out", async () => {
  const { state, sent, stream, clock } = world();
  state.whileLooking = () => {
    state.pid = 11;
  };
  stream.start(1_000);
  await clock.pass(1_100);
  stream.stop();
  assert.deepEqual(sent[0]?.processes, []);
});

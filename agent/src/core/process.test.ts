// The rules of the process machine as stories: what is done to a process, and the trail of states that follows.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Effect, type Input, newProcess, type ProcessRules, transition } from "./process.js";

const DEFAULTS: ProcessRules = {
  autorestart: "unexpected",
  startMs: 1000,
  startRetries: 3,
  exitCodes: [0],
  stopSignal: 15,
  stopWaitMs: 10_000,
  stopAsGroup: false,
  killAsGroup: false,
};

/** One process with a clock of its own and a spawner that succeeds unless `cannotSpawn` says why not. */
function world(rules: Partial<ProcessRules> = {}) {
  let process = newProcess({ ...DEFAULTS, ...rules });
  let now = 0;
  let nextPid = 100;
  const states: string[] = [process.state];
  const signals: string[] = [];
  const waitsMs: number[] = [];
  let failedAt = 0;
  const w = {
    cannotSpawn: null as string | null,
    send(input: Input): void {
      const queue: Input[] = [input];
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const step = transition(process, next, now);
        process = step.next;
        for (const effect of step.effects) perform(effect, queue);
      }
    },
    start: () => w.send({ type: "start" }),
    stop: () => w.send({ type: "stop" }),
    retire: () => w.send({ type: "retire" }),
    exit: (code: number) =>
      w.send({
        type: "exited",
        status: { code, signal: null, coreDumped: false },
      }),
    killed: (signal: number) =>
      w.send({
        type: "exited",
        status: { code: -1, signal, coreDumped: false },
      }),
    /** Lets time pass, delivering each deadline when it is due. */
    advance(ms: number): void {
      const until = now + ms;
      while (process.deadlineMs !== null && process.deadlineMs <= until) {
        now = Math.max(now, process.deadlineMs);
        w.send({ type: "deadline" });
      }
      now = until;
    },
    trail: () => states.join(" "),
    signals: () => signals.join(" "),
    waitsMs: () => waitsMs,
    process: () => process,
  };
  function perform(effect: Effect, queue: Input[]): void {
    if (effect.type === "emit") {
      states.push(effect.event.to);
      if (effect.event.to === "BACKOFF") failedAt = now;
      if (effect.event.from === "BACKOFF" && effect.event.to === "STARTING") waitsMs.push(now - failedAt);
    } else if (effect.type === "signal") {
      signals.push(`${effect.signal}${effect.wholeGroup ? "g" : ""}@${now}`);
    } else if (effect.type === "spawn") {
      queue.push(
        w.cannotSpawn === null ? { type: "spawned", pid: nextPid++ } : { type: "spawn-failed", reason: w.cannotSpawn },
      );
    }
  }
  return w;
}

test("a program that stays up longer than startsecs is RUNNING", () => {
  const w = world();
  w.start();
  w.advance(999);
  assert.equal(w.trail(), "STOPPED STARTING");
  w.advance(2);
  assert.equal(w.trail(), "STOPPED STARTING RUNNING");
});

test("three quick exits with startretries=2 end in FATAL, each wait a second longer", () => {
  const w = world({ startRetries: 2 });
  w.start();
  w.exit(1);
  w.advance(1001);
  w.exit(1);
  w.advance(2001);
  w.exit(1);
  w.advance(1);
  assert.equal(w.trail(), "STOPPED STARTING BACKOFF STARTING BACKOFF STARTING BACKOFF FATAL");
  assert.deepEqual(w.waitsMs(), [1000, 2000]);
});

test("an exit before startsecs is a failed attempt even with an expected code", () => {
  const w = world();
  w.start();
  w.exit(0);
  assert.equal(w.trail(), "STOPPED STARTING BACKOFF");
  assert.equal(w.process().spawnError, "Exited too quickly (process log may have details)");
});

test("with startsecs=0 a quick exit passes through RUNNING to EXITED", () => {
  const w = world({ startMs: 0 });
  w.start();
  assert.equal(w.trail(), "STOPPED STARTING RUNNING", "whoever started it need not wait");
  w.exit(0);
  assert.equal(w.trail(), "STOPPED STARTING RUNNING EXITED");
});

test("lives shorter than a second follow each other once a second, the first restart and one after a long life come at once", () => {
  const w = world({ startMs: 0, autorestart: true });
  const startsMs: (number | null)[] = [];
  w.start();
  for (let n = 0; n < 4; n++) {
    w.exit(0);
    w.advance(n === 0 ? 0 : 1000);
    startsMs.push(w.process().startedMs);
  }
  assert.deepEqual(startsMs, [0, 1000, 2000, 3000]);
  w.advance(5000);
  w.exit(0);
  w.advance(0);
  assert.equal(w.process().state, "RUNNING");
});

test("autorestart=unexpected restarts after a code outside exitcodes, not after one inside", () => {
  const bad = world();
  bad.start();
  bad.advance(1001);
  bad.exit(2);
  bad.advance(0);
  assert.equal(bad.trail(), "STOPPED STARTING RUNNING EXITED STARTING");

  const good = world();
  good.start();
  good.advance(1001);
  good.exit(0);
  good.advance(5000);
  assert.equal(good.trail(), "STOPPED STARTING RUNNING EXITED");
});

test("a death by signal is unexpected even when 0 is the only exit code", () => {
  const w = world();
  w.start();
  w.advance(1001);
  w.killed(9);
  assert.equal(w.process().exit?.code, -1);
  w.advance(0);
  assert.equal(w.trail(), "STOPPED STARTING RUNNING EXITED STARTING");
});

test("autorestart=false leaves it EXITED, true restarts after any exit", () => {
  for (const [autorestart, trail] of [
    [false, "STOPPED STARTING RUNNING EXITED"],
    [true, "STOPPED STARTING RUNNING EXITED STARTING"],
  ] as const) {
    const w = world({ autorestart });
    w.start();
    w.advance(1001);
    w.exit(0);
    w.advance(0);
    assert.equal(w.trail(), trail);
  }
});

test("a stop signals once, then kills every stopwaitsecs until the child is gone", () => {
  const w = world({ stopWaitMs: 2000, stopAsGroup: true, killAsGroup: true });
  w.start();
  w.advance(1500);
  w.stop();
  w.advance(4500);
  w.killed(9);
  assert.equal(w.signals(), "15g@1500 9g@3500 9g@5500");
  assert.equal(w.trail(), "STOPPED STARTING RUNNING STOPPING STOPPED");
  w.advance(60_000);
  assert.equal(w.trail(), "STOPPED STARTING RUNNING STOPPING STOPPED");
});

test("with stopwaitsecs=0 SIGKILL follows at once, and again each second", () => {
  const w = world({ stopWaitMs: 0 });
  w.start();
  w.advance(1_001);
  w.stop();
  w.advance(2_500);
  assert.equal(w.signals(), "15@1001 9@1001 9@2001 9@3001");
  w.killed(9);
  assert.equal(w.trail(), "STOPPED STARTING RUNNING STOPPING STOPPED");
});

test("a start while it is being stopped changes nothing", () => {
  const w = world();
  w.start();
  w.stop();
  w.start();
  w.exit(0);
  assert.equal(w.trail(), "STOPPED STARTING STOPPING STOPPED");
});

test("a stop in BACKOFF is immediate, signals nobody and keeps the count of tries", () => {
  const w = world();
  w.start();
  w.exit(1);
  w.stop();
  assert.equal(w.trail(), "STOPPED STARTING BACKOFF STOPPED");
  assert.equal(w.signals(), "");
  assert.equal(w.process().tries, 1);
});

test("a spawn that fails backs off with the reason and retries", () => {
  const w = world({ startRetries: 1 });
  w.cannotSpawn = "can't find command 'nope'";
  w.start();
  assert.equal(w.process().spawnError, "can't find command 'nope'");
  w.advance(1001);
  assert.equal(w.trail(), "STOPPED STARTING BACKOFF STARTING BACKOFF FATAL");
});

test("a retired process starts nothing again: BACKOFF ends FATAL, a quick exit too, EXITED stays", () => {
  const waiting = world();
  waiting.start();
  waiting.exit(1);
  waiting.retire();
  waiting.advance(10_000);
  assert.equal(waiting.trail(), "STOPPED STARTING BACKOFF FATAL");

  const starting = world();
  starting.start();
  starting.retire();
  starting.exit(1);
  starting.advance(10_000);
  assert.equal(starting.trail(), "STOPPED STARTING BACKOFF FATAL");

  const exited = world();
  exited.start();
  exited.advance(1001);
  exited.exit(1);
  exited.retire();
  exited.advance(10_000);
  assert.equal(exited.trail(), "STOPPED STARTING RUNNING EXITED");
});

test("a signal that the kernel refuses makes the process UNKNOWN, and only an operator leaves that", () => {
  const w = world();
  w.start();
  w.advance(1001);
  w.stop();
  w.send({ type: "signal-failed", reason: "EPERM" });
  w.start();
  w.advance(60_000);
  assert.equal(w.trail(), "STOPPED STARTING RUNNING STOPPING UNKNOWN");
});

test("whatever happens in whatever order, there is never a second spawn while a child lives", () => {
  const inputs = fc.constantFrom<Input>(
    { type: "start" },
    { type: "stop" },
    { type: "retire" },
    { type: "deadline" },
    { type: "exited", status: { code: 1, signal: null, coreDumped: false } },
    { type: "signal-failed", reason: "EPERM" },
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(inputs, fc.integer({ min: 0, max: 3000 })), {
        maxLength: 60,
      }),
      (steps) => {
        let process = newProcess({
          ...DEFAULTS,
          autorestart: true,
          startRetries: 2,
        });
        let now = 0;
        let pid = 1;
        for (const [input, ms] of steps) {
          now += ms;
          if (input.type === "exited" && process.pid === 0) continue;
          const alive = process.pid !== 0 && input.type !== "exited";
          const step = transition(process, input, now);
          process = step.next;
          const spawns = step.effects.filter((effect) => effect.type === "spawn").length;
          assert.ok(spawns <= (alive ? 0 : 1), `${spawns} spawns on ${input.type}`);
          if (spawns === 1) process = transition(process, { type: "spawned", pid: pid++ }, now).next;
          if (["STOPPED", "BACKOFF", "EXITED", "FATAL"].includes(process.state)) assert.equal(process.pid, 0);
        }
      },
    ),
  );
});

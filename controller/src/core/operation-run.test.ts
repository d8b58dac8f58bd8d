// Operations as stories of what each instance said and showed, and rules that hold whatever happens.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AT_ONCE, anOperation } from "./operation.fixture.js";
import { isDone, type Operation, type OperationPlan, operationState, summarize } from "./operation.js";
import { nextDeadline, type OperationInput, type OrderEffect, type Run, runOf, step } from "./operation-run.js";
import type { OrderInput } from "./operation-target.js";
import type { Look, Row } from "./operation-watch.js";

/** A row as the order leaves, and the one of the child that it starts. */
const OLD: Row = { state: "RUNNING", pid: 1, sinceMs: 1 };
const NEW: Row = { state: "RUNNING", pid: 2, sinceMs: 2 };
const NOBODY: Look = { present: false, heardAtMs: 0, bootId: null, mood: null, process: () => undefined };
const SENT = { type: "sent", bootId: "b1", look: NOBODY } as const;

/** Plays an operation over `web1/a`, ... of one target a batch, unless the plan says otherwise. */
class World {
  run: Run;
  nowMs = 0;
  /** Nothing is heard although nobody knows that anything is wrong. */
  silent = false;
  readonly orders: OrderEffect[] = [];
  readonly asked: string[] = [];
  readonly looks = new Map<string, Look>();

  constructor(targets: readonly string[], plan: Partial<OperationPlan> = {}, change: Partial<Operation> = {}) {
    const whole = { ...AT_ONCE, ...plan };
    const size = whole.batch === null ? targets.length : Number(whole.batch);
    const planned = anOperation(targets, { plan: whole, deadlineAtMs: whole.timeoutMs, ...change });
    const batched = planned.targets.map((target, place) => ({ ...target, batch: Math.floor(place / size) }));
    this.run = runOf({ ...planned, targets: batched });
  }

  take(input: OperationInput): this {
    const { next, orders, asks } = step(this.run, input, this.nowMs);
    this.run = next;
    this.orders.push(...orders);
    this.asked.push(...asks);
    return this;
  }

  begin(): this {
    return this.take({ type: "begin" });
  }

  order(instance: string, input: OrderInput, batch = this.run.operation.batch): this {
    return this.take({ ...input, instance, batch });
  }

  /** The order leaves and is answered, with what the instance shows then. */
  answer(instance: string, code = 80, batch = this.run.operation.batch): this {
    this.order(instance, { ...SENT, look: this.looks.get(instance) ?? NOBODY }, batch);
    const names = this.run.operation.targets.flatMap(({ instance: on, name }) =>
      on === instance && name !== null ? [name] : [],
    );
    const answers = names.map((name) => ({ group: "g", name, code, message: code === 80 ? "OK" : "no" }));
    return this.order(instance, { type: "answered", answers }, batch);
  }

  /** What the instance shows from now on. */
  shows(instance: string, row: Row | undefined, more: Partial<Look> = {}): this {
    // Heard at any moment it is asked for, while it is there.
    const world = this;
    const whole = { present: true, bootId: "b1", mood: "RUNNING", process: () => row, ...more };
    const heardMs = this.nowMs;
    const look: Look = {
      ...whole,
      get heardAtMs() {
        return whole.present && !world.silent ? world.nowMs : heardMs;
      },
    };
    this.looks.set(instance, look);
    return this.take({ type: "looked", instance, look });
  }

  /** Time passes, with every deadline on the way. */
  wait(ms: number): this {
    const endMs = this.nowMs + ms;
    for (let due = nextDeadline(this.run); due !== null && due <= endMs; due = nextDeadline(this.run)) {
      this.nowMs = Math.max(this.nowMs, due);
      this.take({ type: "deadline", look: (instance) => this.looks.get(instance) ?? NOBODY });
    }
    this.nowMs = endMs;
    return this;
  }

  get ordered(): string {
    return this.orders.map(({ instance }) => instance).join(" ");
  }

  get results(): string {
    return this.run.operation.targets.map(({ instance, result }) => `${instance} ${result}`).join(", ");
  }

  get state() {
    return operationState(summarize(this.run.operation));
  }

  message(place: number): string {
    return this.run.operation.targets[place]?.message ?? "";
  }
}

const THREE = ["web1/a", "web2/a", "web3/a"];

test("one batch after the other, with the pause between them", () => {
  const w = new World(THREE, { batch: "1", pauseMs: 5_000 }).begin();
  assert.equal(w.ordered, "web1");
  w.answer("web1").wait(4_999);
  assert.equal(w.ordered, "web1");
  assert.equal(w.run.operation.holdUntilMs, 5_000);
  w.wait(1);
  assert.equal(w.ordered, "web1 web2");
  assert.equal(w.run.operation.deadlineAtMs, 65_000, "each batch has its own time");
  w.answer("web2").wait(5_000).answer("web3");
  assert.equal(w.state, "succeeded");
  assert.equal(w.run.operation.finishedAtMs, 10_000, "no pause after the last");
});

test("a batch without a pause follows at once, all orders of it together", () => {
  const w = new World([...THREE, "web4/a"], { batch: "2" }).begin();
  assert.equal(w.ordered, "web1 web2");
  w.answer("web2");
  assert.equal(w.ordered, "web1 web2");
  w.answer("web1");
  assert.equal(w.ordered, "web1 web2 web3 web4");
});

test("more failures than allowed: what is under way is waited for, the rest is never ordered", () => {
  const w = new World([...THREE, "web4/a"], { batch: "2", maxFailures: 0 }).begin();
  w.answer("web1", 50);
  assert.equal(w.results, "web1 failed, web2 pending, web3 skipped, web4 skipped");
  assert.equal(w.state, "running");
  w.answer("web2");
  assert.equal(w.results, "web1 failed, web2 succeeded, web3 skipped, web4 skipped");
  assert.equal(w.state, "failed");
  assert.match(w.message(2), /more targets failed/);
});

test("as many failures as allowed do not end it; what is unknown counts as one, what was so already does not", () => {
  const w = new World([...THREE, "web4/a"], { batch: "1", maxFailures: 1 }, { verb: "start" }).begin();
  w.answer("web1", 60).order("web2", SENT).order("web2", { type: "unknown", reason: "silence" });
  assert.equal(w.ordered, "web1 web2 web3");
  w.order("web3", { type: "not-sent", reason: "away" });
  assert.equal(w.results, "web1 failed, web2 unknown, web3 failed, web4 skipped");
});

test("paused: what is under way goes on, the next batch waits for the resume, and a pause between batches still holds", () => {
  const w = new World(THREE, { batch: "1", pauseMs: 1_000 }).begin().take({ type: "pause" });
  assert.equal(w.state, "paused");
  w.answer("web1").wait(60_000);
  assert.equal(w.ordered, "web1");
  w.take({ type: "resume" });
  assert.equal(w.ordered, "web1 web2");
  w.answer("web2").take({ type: "pause" }).wait(400).take({ type: "resume" }).wait(599);
  assert.equal(w.ordered, "web1 web2");
  w.wait(1);
  assert.equal(w.ordered, "web1 web2 web3");
});

test("paused in its last batch an operation still ends when that does", () => {
  const w = new World(["web1/a"]).begin().take({ type: "pause" }).answer("web1");
  assert.equal(w.state, "succeeded");
});

test("aborted in the middle of a batch: what left is waited for, what did not leave never does", () => {
  const w = new World([...THREE, "web4/a"], { batch: "2" }).begin().order("web1", SENT);
  w.take({ type: "abort", by: "bob" });
  assert.equal(w.results, "web1 sent, web2 skipped, web3 skipped, web4 skipped");
  assert.equal(w.state, "aborting");
  w.order("web2", SENT);
  assert.equal(w.results, "web1 sent, web2 skipped, web3 skipped, web4 skipped", "too late to leave");
  w.answer("web1");
  assert.equal(w.state, "aborted");
  assert.match(w.message(1), /bob aborted/);
  assert.equal(w.ordered, "web1 web2");
});

test("an operation that is over is neither paused nor aborted any more", () => {
  const w = new World(["web1/a"]).begin().answer("web1");
  const { operation } = w.run;
  w.take({ type: "pause" }).take({ type: "abort", by: "bob" });
  assert.deepEqual(w.run.operation, operation);
});

test("the next batch waits until the one before has been RUNNING long enough", () => {
  const w = new World(["web1/a", "web2/a"], { batch: "1", waitRunningMs: 10_000 }).begin();
  w.shows("web1", { state: "STARTING", pid: 7, sinceMs: 1 }).answer("web1");
  assert.equal(w.results, "web1 waiting, web2 pending");
  w.wait(1_000).shows("web1", { state: "RUNNING", pid: 7, sinceMs: 2 }).wait(9_999);
  assert.equal(w.ordered, "web1");
  w.wait(1);
  assert.equal(w.ordered, "web1 web2");
  assert.equal(w.run.operation.targets[0]?.result, "succeeded");
});

test("what leaves RUNNING before its time has failed at once, and nothing else begins", () => {
  const w = new World(["web1/a", "web2/a"], { batch: "1", waitRunningMs: 10_000, maxFailures: 0 }).begin();
  w.shows("web1", OLD).answer("web1").shows("web1", NEW).wait(3_000);
  w.shows("web1", { state: "EXITED", pid: null, sinceMs: 3 });
  assert.equal(w.results, "web1 failed, web2 skipped");
  assert.equal(w.message(0), "was RUNNING for 3 s, then EXITED");
});

test("another child than the one that was seen RUNNING is a failure, though it is RUNNING too", () => {
  const w = new World(["web1/a"], { waitRunningMs: 10_000 })
    .begin()
    .shows("web1", OLD)
    .answer("web1")
    .shows("web1", NEW);
  w.shows("web1", { ...NEW, pid: 3 });
  assert.equal(w.results, "web1 failed");
});

test("while the row is the one from before the order, nothing is known; after a signal it stays, and counts", () => {
  const w = new World(["web1/a"], { waitRunningMs: 1_000 })
    .begin()
    .shows("web1", OLD)
    .answer("web1")
    .shows("web1", OLD);
  w.wait(5_000).shows("web1", OLD);
  assert.equal(w.results, "web1 waiting");
  const signalled = new World(["web1/a"], { waitRunningMs: 1_000 }, { verb: "signal" }).begin().shows("web1", OLD);
  assert.equal(signalled.answer("web1").shows("web1", OLD).wait(1_000).results, "web1 succeeded");
});

test("an end that was told together with the RUNNING before it is seen, an older row is not mistaken for one", () => {
  const exited = { state: "EXITED", pid: null, sinceMs: 5 } as const;
  const w = new World(["web1/a"], { waitRunningMs: 10_000 }, { verb: "start" })
    .begin()
    .shows("web1", exited)
    .answer("web1");
  w.shows("web1", exited);
  assert.equal(w.results, "web1 waiting");
  w.shows("web1", { ...exited, sinceMs: 6 });
  assert.equal(w.results, "web1 failed");
});

test("what never becomes healthy fails when its time is over", () => {
  const w = new World(["web1/a"], { waitRunningMs: 10_000, timeoutMs: 20_000 }).begin();
  w.shows("web1", { state: "STARTING", pid: 7, sinceMs: 1 }).answer("web1").wait(39_999);
  assert.equal(w.results, "web1 waiting");
  w.wait(1);
  assert.equal(w.results, "web1 failed");
  assert.match(w.message(0), /not RUNNING for 10 s in time: it is STARTING/);
});

test("silence proves nothing: an agent lost while it is watched is unknown in the end, and settled when the same child is seen again", () => {
  const away = { present: false };
  const w = new World(["web1/a"], { waitRunningMs: 10_000, timeoutMs: 20_000 }).begin();
  w.shows("web1", OLD).answer("web1").shows("web1", NEW).wait(5_000).shows("web1", NEW, away).wait(20_000);
  assert.equal(w.results, "web1 waiting");
  w.wait(15_000);
  assert.equal(w.results, "web1 unknown");
  assert.equal(w.state, "failed");
  w.shows("web1", NEW);
  assert.equal(w.results, "web1 succeeded");
  assert.equal(w.state, "succeeded");
});

test("an agent that says nothing is asked when the time of its process is over, and counts only once it answers", () => {
  const w = new World(["web1/a"], { waitRunningMs: 10_000, timeoutMs: 20_000 }).begin();
  w.shows("web1", OLD).answer("web1").shows("web1", NEW).wait(9_000);
  w.silent = true;
  w.shows("web1", NEW).wait(999);
  assert.deepEqual(w.asked, []);
  w.wait(1);
  assert.deepEqual([w.asked, w.results], [["web1"], "web1 waiting"]);
  const heard = w.wait(2_000);
  assert.deepEqual(heard.asked, ["web1"], "not every moment");
  w.silent = false;
  assert.equal(w.shows("web1", NEW).results, "web1 succeeded");
});

test("an agent that is never heard again although its connection holds is unknown, not failed", () => {
  const w = new World(["web1/a"], { waitRunningMs: 10_000, timeoutMs: 20_000 }).begin();
  w.shows("web1", OLD).answer("web1").shows("web1", NEW);
  w.silent = true;
  w.shows("web1", NEW).wait(60_000);
  assert.equal(w.results, "web1 unknown");
  assert.match(w.message(0), /the agent was lost/);
});

test("an agent that comes back in time with the same child counts the time it was away, with another one it fails", () => {
  const begun = () => {
    const w = new World(["web1/a"], { waitRunningMs: 10_000 })
      .begin()
      .shows("web1", OLD)
      .answer("web1")
      .shows("web1", NEW);
    return w.shows("web1", NEW, { present: false }).wait(12_000);
  };
  assert.equal(begun().shows("web1", NEW).results, "web1 succeeded");
  assert.equal(begun().shows("web1", { ...NEW, pid: 9 }).results, "web1 failed");
  assert.equal(begun().shows("web1", NEW, { bootId: "b2" }).results, "web1 failed");
});

test("no answer in time is unknown; what the agent still knew of it is told when it is back", () => {
  const w = new World(["web1/a", "web2/a"]).begin();
  w.order("web1", SENT).order("web1", { type: "unknown", reason: "no answer" });
  w.order("web2", SENT).order("web2", { type: "unknown", reason: "no answer" });
  assert.equal(w.state, "failed");
  w.answer("web1").order("web2", { type: "boot-ended" });
  assert.equal(w.results, "web1 succeeded, web2 unknown");
  w.answer("web2");
  assert.equal(w.results, "web1 succeeded, web2 unknown", "another start of the agent cannot know");
});

test("an answer that leaves a target out leaves its fate unknown", () => {
  const w = new World(["web1/a", "web1/b"]).begin().order("web1", SENT);
  const answers = [{ group: "g", name: "a", code: 80, message: "OK" }];
  w.order("web1", { type: "answered", answers });
  assert.equal(w.results, "web1 succeeded, web1 unknown");
});

test("what left once may have arrived: no later failure to send makes it surely undone", () => {
  const never = new World(["web1/a"]).begin().order("web1", { type: "not-sent", reason: "away" });
  assert.equal(never.results, "web1 failed");
  const once = new World(["web1/a"]).begin().order("web1", SENT);
  assert.equal(once.order("web1", { type: "not-sent", reason: "away" }).results, "web1 unknown");
});

test("an order that was kept as leaving and surely never left was not done, and nothing says when it left", () => {
  const neverLeft = { type: "never-left", reason: "the agent is not connected" } as const;
  const w = new World(["web1/a"]).begin().order("web1", SENT).order("web1", neverLeft);
  assert.deepEqual([w.results, w.message(0)], ["web1 failed", "the agent is not connected"]);
  const { startedAtMs, sentTo } = w.run.operation.targets[0] ?? {};
  assert.deepEqual([startedAtMs, sentTo], [null, null]);
  const told = new World(["web1/a"])
    .begin()
    .order("web1", SENT)
    .order("web1", { type: "unknown", reason: "no answer" });
  assert.equal(told.order("web1", neverLeft).results, "web1 unknown", "what may have been done stays so");
});

test("an order that never left for one start of the agent leaves for the next, and is a question for that one", () => {
  const w = whole("reload")
    .begin()
    .order("web1", SENT)
    .order("web1", { ...SENT, bootId: "b2" });
  assert.equal(w.run.operation.targets[0]?.sentTo, "b2");
  w.shows("web1", undefined, { bootId: "b2" });
  assert.equal(w.results, "web1 sent", "the start that was there as it left has not begun anew");
});

test("an answer to an earlier batch says nothing of a later one on the same instance", () => {
  const w = new World(["web1/a", "web1/b"], { batch: "1" }).begin().answer("web1");
  assert.deepEqual(
    w.orders.map(({ places }) => places),
    [[0], [1]],
  );
  w.answer("web1", 80, 0);
  assert.equal(w.results, "web1 succeeded, web1 pending");
});

/** An operation on instances as a whole. */
function whole(verb: "reload" | "shutdown" | "update") {
  const target = { ...anOperation(["web1/a"]).targets[0], group: null, name: null };
  return new World(["web1/a"], {}, { verb, targets: [target as Operation["targets"][number]] });
}
const OK = { type: "answered", answers: [{ group: "", name: "", code: 80, message: "OK" }] } as const;

test("a reload is done when the agent is back as another start, whether its answer came or not", () => {
  const w = whole("reload").begin().order("web1", SENT).order("web1", OK);
  assert.equal(w.results, "web1 waiting");
  w.shows("web1", undefined).shows("web1", undefined, { bootId: "b2", present: false });
  assert.equal(w.results, "web1 waiting", "it has not told what it runs yet");
  assert.equal(w.shows("web1", undefined, { bootId: "b2" }).results, "web1 succeeded");
  const silent = whole("reload").begin().order("web1", SENT);
  assert.equal(silent.order("web1", { type: "boot-ended" }).results, "web1 succeeded");
});

test("a reload that does not come back is unknown, and settled when it does", () => {
  const w = whole("reload").begin().order("web1", SENT).order("web1", OK).wait(70_000);
  assert.equal(w.results, "web1 unknown");
  assert.equal(w.shows("web1", undefined, { bootId: "b2" }).results, "web1 succeeded");
});

test("a shutdown is done when the agent said so and is gone", () => {
  const w = whole("shutdown").begin().order("web1", SENT).order("web1", OK);
  w.shows("web1", undefined, { mood: "SHUTDOWN" });
  assert.equal(w.results, "web1 waiting");
  assert.equal(w.shows("web1", undefined, { mood: "SHUTDOWN", present: false }).results, "web1 succeeded");
});

test("an agent that does not know a verb has refused it, in its own words", () => {
  const answers = [{ group: "g", name: "a", code: 1, message: "UNKNOWN_METHOD: verb 6 is not known to this agent" }];
  const w = whole("update").begin().order("web1", SENT);
  w.order("web1", { type: "answered", answers });
  assert.equal(w.results, "web1 failed");
  assert.equal(w.message(0), "the agent is too old for this: UNKNOWN_METHOD: verb 6 is not known to this agent");
  const empty = whole("update").begin().order("web1", SENT);
  assert.equal(empty.order("web1", { type: "answered", answers: [] }).results, "web1 failed");
});

test("a controller started anew goes on at the same batch: asks about what left, orders what did not, and gives agents time to return", () => {
  const w = new World([...THREE, "web4/a"], { batch: "3", waitRunningMs: 1_000 }).begin();
  w.answer("web1").order("web2", SENT);
  const again = new World([]);
  again.run = runOf(structuredClone(w.run.operation));
  again.nowMs = 500_000;
  again.take({ type: "carry-on" });
  assert.equal(again.ordered, "web2 web3");
  assert.equal(again.run.operation.deadlineAtMs, 560_000);
  assert.equal(again.results, "web1 waiting, web2 sent, web3 pending, web4 pending");
});

test("an input that says nothing new changes nothing, so that nothing is written", () => {
  const w = new World(["web1/a"]).begin().order("web1", SENT);
  for (const [instance, batch] of [
    ["web1", 0],
    ["web2", 0],
    ["web1", 3],
  ] as const) {
    assert.equal(step(w.run, { ...SENT, instance, batch }, 5).isNew, false);
  }
});

test("ten thousand targets in batches cost what they are, not their square", () => {
  const targets = Array.from({ length: 10_000 }, (_, at) => `web${at}/a`);
  const w = new World(targets, { batch: "1000" }).begin();
  for (let at = 0; at < 10_000; at++) w.answer(`web${at}`);
  assert.equal(w.state, "succeeded");
});

// ---- whatever happens ---------------------------------------------------------------------------------------------

const anyInstance = fc.constantFrom("web1", "web2", "web3", "other");
const anyRow: fc.Arbitrary<Row> = fc.record({
  state: fc.constantFrom("RUNNING" as const, "STARTING" as const, "EXITED" as const, "FATAL" as const),
  pid: fc.constantFrom(1, 2),
  sinceMs: fc.constantFrom(1, 2),
});
const anyLook: fc.Arbitrary<Look> = fc.record({
  present: fc.boolean(),
  heardAtMs: fc.constantFrom(0, 1_000_000_000),
  bootId: fc.constantFrom("b1", "b1", "b1", "b2", null),
  mood: fc.constant("RUNNING"),
  process: fc.option(anyRow, { nil: undefined, freq: 8 }).map((row) => () => row),
});
const anyAnswer = fc.record({
  group: fc.constant("g"),
  name: fc.constantFrom("a", "b", "stranger"),
  code: fc.constantFrom(80, 80, 80, 60, 10),
  message: fc.string(),
});
type Fed = OperationInput | { readonly type: "restart" } | { readonly type: "wait"; readonly ms: number };
const anyOrder: fc.Arbitrary<OrderInput> = fc.oneof(
  fc.record({ type: fc.constant("sent" as const), bootId: fc.constant("b1"), look: anyLook }),
  fc.record({ type: fc.constant("answered" as const), answers: fc.array(anyAnswer) }),
  fc.record({
    type: fc.constantFrom("not-sent" as const, "never-left" as const, "unknown" as const),
    reason: fc.string(),
  }),
  fc.constant({ type: "boot-ended" as const }),
);
const anyInput: fc.Arbitrary<Fed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(anyOrder, anyInstance, fc.nat(3))
      .map(([input, instance, batch]) => ({ ...input, instance, batch })),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("looked" as const), instance: anyInstance, look: anyLook }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ type: "pause" } as const, { type: "resume" } as const, { type: "restart" } as const),
  },
  { weight: 1, arbitrary: fc.constant({ type: "abort", by: "bob" } as const) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("deadline" as const), look: anyLook.map((look) => () => look) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("wait" as const), ms: fc.constantFrom(1, 500, 1_000, 5_000, 100_000) }),
  },
);
const anyPlan: fc.Arbitrary<Partial<OperationPlan>> = fc.record({
  batch: fc.constantFrom(null, "1", "2", "4"),
  pauseMs: fc.constantFrom(0, 1_000),
  waitRunningMs: fc.constantFrom(0, 0, 1_000),
  maxFailures: fc.constantFrom(null, 0, 1, 2),
});

test("whatever happens, no target is ordered twice, no batch begins before the one before is well, and what is told stays", () => {
  const targets = ["web1/a", "web1/b", "web2/a", "web2/b", "web3/a", "web3/b"];
  fc.assert(
    fc.property(anyPlan, fc.array(anyInput, { maxLength: 60 }), (plan, inputs) => {
      const w = new World(targets, plan).begin();
      let orders = w.orders.length;
      /** Places with an order that this start of the controller gave. */
      const given = new Set(w.orders.flatMap(({ places }) => places));
      const check = (before: Operation, isAgain: boolean) => {
        const { operation } = w.run;
        for (const { places, batch } of w.orders.slice(orders)) {
          assert.equal(batch, operation.batch);
          const isAsking = isAgain && places.every((place) => before.targets[place]?.result === "sent");
          assert.ok(operation.wanted !== "abort" || isAsking);
          for (const place of places) {
            assert.ok(!given.has(place), "ordered twice");
            given.add(place);
            const was = before.targets[place];
            assert.ok(was?.result === "pending" || (isAgain && was?.result === "sent"), `ordered while ${was?.result}`);
          }
          assert.ok(
            operation.targets.every((one) => one.batch >= batch || isDone(one)),
            "the batch before is not over",
          );
          const failures = operation.targets.filter(
            (one) => one.batch < batch && (one.result === "unknown" || one.result === "failed"),
          );
          const limit = operation.plan.maxFailures;
          if (!isAgain && limit !== null && batch > before.batch)
            assert.ok(failures.length <= limit, "too many failed");
        }
        orders = w.orders.length;
        assert.ok(operation.batch === before.batch || operation.batch === before.batch + 1);
        operation.targets.forEach((target, place) => {
          const was = before.targets[place];
          if (was !== undefined && isDone(was) && was.result !== "unknown") assert.deepEqual(target, was);
          if (was?.result === "unknown") assert.ok(isDone(target));
          if (target.result === "succeeded") assert.equal(target.code, 80);
          if (target.result === "skipped") assert.equal(target.startedAtMs, null);
          const wasWatched = was?.watched?.answered === true;
          if (
            target.result === "failed" &&
            target.code === null &&
            !wasWatched &&
            target !== was &&
            !isDone(was ?? target)
          ) {
            assert.equal(target.startedAtMs, null, "what left is not surely undone");
          }
          assert.equal(isDone(target), target.finishedAtMs !== null);
          if (!isDone(target)) assert.ok(target.batch <= operation.batch || target.result === "pending");
        });
        if (before.finishedAtMs !== null) assert.equal(operation.finishedAtMs, before.finishedAtMs);
        if (operation.finishedAtMs !== null) assert.ok(operation.targets.every(isDone));
        // What is derived is what deriving it anew gives.
        const { counts, failures, open, watched } = runOf(operation);
        assert.deepEqual({ ...w.run.counts }, counts);
        assert.deepEqual(
          [w.run.failures, w.run.open, [...w.run.watched].sort()],
          [failures, open, [...watched].sort()],
        );
      };
      for (const input of inputs) {
        const before = structuredClone(w.run.operation);
        if (input.type === "wait") w.nowMs += input.ms;
        else if (input.type === "restart") {
          w.run = runOf(structuredClone(w.run.operation));
          given.clear();
          w.take({ type: "carry-on" });
        } else w.take(input);
        check(before, input.type === "restart");
      }
      // Left alone, with nobody there, it comes to its end: nothing waits for ever but a pause.
      w.take({ type: "resume" });
      for (let round = 0; round < 10 && w.run.operation.finishedAtMs === null; round++) {
        for (const { instance, batch } of [...w.orders])
          w.order(instance, { type: "unknown", reason: "silence" }, batch);
        for (const { instance, batch } of [...w.orders])
          w.order(instance, { type: "not-sent", reason: "silence" }, batch);
        w.looks.clear();
        w.wait(1_000_000);
      }
      assert.notEqual(w.run.operation.finishedAtMs, null, w.results);
    }),
    { numRuns: 400, includeErrorInReport: true },
  );
});

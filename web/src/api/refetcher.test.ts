import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Refetcher } from "./refetcher.js";

test("reasons are gathered, and a list of many pages is asked for that much less often", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const asked: string[] = [];
  const refetcher = new Refetcher(
    ([name]) => void asked.push(String(name)),
    ([name]) => (name === "long" ? 20 : 1),
  );
  const askBoth = () => {
    refetcher.ask(["long"]);
    refetcher.ask(["short"]);
  };
  askBoth();
  askBoth();
  t.mock.timers.tick(200);
  assert.deepEqual(asked.sort(), ["long", "short"]);
  askBoth();
  t.mock.timers.tick(1_500);
  assert.deepEqual(asked, ["long", "short", "short"]);
  t.mock.timers.tick(27_000);
  assert.deepEqual(asked, ["long", "short", "short"], "twenty requests are due every half minute");
  t.mock.timers.tick(1_500);
  assert.deepEqual(asked, ["long", "short", "short", "long"]);
  refetcher.stop();
});

/** Questions with the time of each, on a clock of the test's own; each answer comes when it is told to. */
function world({ mock: { timers } }: TestContext) {
  timers.enable({ apis: ["setTimeout"] });
  let nowMs = 0;
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const refetcher = new Refetcher(
    (key) => {
      asked.push(`${key.join(" ")} at ${nowMs}`);
      return new Promise<void>((resolve) => {
        answers.push(resolve);
      });
    },
    () => 1,
    () => nowMs,
  );
  return {
    refetcher,
    asked,
    async advance(ms: number) {
      for (let step = 0; step < ms; step += 10) {
        nowMs += 10;
        timers.tick(10);
      }
      await Promise.resolve();
    },
    async answer() {
      answers.shift()?.();
      // The answer's own turn, and that of who waits for it.
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    },
    end() {
      refetcher.stop();
    },
  };
}

test("reasons that come together are one question, and the next one rests", async (t) => {
  const w = world(t);
  for (let time = 0; time < 5; time++) w.refetcher.ask(["fleet"]);
  w.refetcher.ask(["instances"]);
  await w.advance(120);
  assert.deepEqual(w.asked, ["fleet at 120", "instances at 120"]);
  await w.answer();
  w.refetcher.ask(["fleet"]);
  await w.advance(3_000);
  assert.deepEqual(w.asked.slice(2), ["fleet at 1620"]);
  w.end();
});

test("an answer that is awaited is never asked for once more; what changed meanwhile asks after it", async (t) => {
  const w = world(t);
  w.refetcher.ask(["list"]);
  await w.advance(120);
  for (let time = 0; time < 50; time++) {
    w.refetcher.ask(["list"]);
    await w.advance(100);
  }
  assert.deepEqual(w.asked, ["list at 120"], "five seconds of changes do not drop it");
  await w.answer();
  await w.advance(14_900);
  assert.equal(w.asked.length, 1, "what took long rests long");
  await w.advance(200);
  assert.deepEqual(w.asked.slice(1), ["list at 20120"]);
  await w.answer();
  await w.advance(60_000);
  assert.equal(w.asked.length, 2, "without a reason nothing is asked");
  w.end();
});

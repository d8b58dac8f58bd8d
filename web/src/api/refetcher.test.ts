import assert from "node:assert/strict";
import { test } from "node:test";
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

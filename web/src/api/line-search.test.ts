// What of growing lines is looked at, and what happens to a pattern that takes too long; the thread is played.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { lineMatch, NOTHING_WANTED } from "../model/line-match.js";
import { type FoundLines, LineSearch, type SearchThread } from "./line-search.js";

const lines = (...texts: string[]) => texts.map((text, at) => ({ id: at + 1, text }));

function world(t: TestContext) {
  const sent: number[][] = [];
  const told: FoundLines[] = [];
  const answers: (() => void)[] = [];
  let isClosed = false;
  let ready = () => {};
  let match = lineMatch(NOTHING_WANTED);
  const thread: SearchThread = {
    onHits: () => {},
    send(order) {
      if ("wanted" in order) {
        match = lineMatch(order.wanted);
        ready = () => thread.onHits([]);
      } else {
        sent.push(order.lines.map(({ id }) => id));
        answers.push(() => thread.onHits(order.lines.map(({ id, text }) => ({ id, ranges: match(text) }))));
      }
    },
    close: () => {
      isClosed = true;
    },
  };
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const search = new LineSearch({ ...NOTHING_WANTED, text: "b" }, (found) => told.push(found), thread);
  return {
    search,
    ready: () => ready(),
    sent,
    told,
    answer: () => answers.shift()?.(),
    closed: () => isClosed,
    ids: () => [...(told.at(-1)?.hits.keys() ?? [])],
  };
}

test("only new lines are looked at, and one that was written on", (t) => {
  const w = world(t);
  w.ready();
  w.search.look(lines("a", "b"));
  w.answer();
  assert.deepEqual(w.ids(), [2]);
  w.search.look(lines("a", "bad", "no"));
  w.search.look([{ id: -1, text: "before b" }, ...lines("a", "bad", "not", "b")]);
  w.answer();
  w.answer();
  assert.deepEqual(w.sent, [
    [1, 2],
    [2, 3],
    [-1, 3, 4],
  ]);
  assert.deepEqual(w.ids(), [2, -1, 4]);
  assert.deepEqual([w.told.at(-1)?.isDone, w.told.at(-1)?.isTooSlow], [true, false]);
});

test("many lines are looked at in batches, one at a time, and a hit that is gone is no hit", (t) => {
  const w = world(t);
  w.ready();
  w.search.look(lines(...Array.from({ length: 2_500 }, () => "b")));
  assert.deepEqual(
    w.sent.map(({ length }) => length),
    [1_000],
  );
  for (let i = 0; i < 3; i++) w.answer();
  assert.deepEqual(
    w.sent.map(({ length }) => length),
    [1_000, 1_000, 500],
  );
  assert.equal(w.ids().length, 2_500);
  w.search.look([{ id: 2_500, text: "x" }]);
  w.answer();
  assert.deepEqual(w.ids(), []);
});

test("a pattern that keeps the thread is given up, and says so", (t) => {
  const w = world(t);
  w.search.look(lines("a"));
  t.mock.timers.tick(60_000);
  assert.deepEqual([w.sent, w.closed()], [[], false], "its start takes what it takes");
  w.ready();
  t.mock.timers.tick(1_500);
  t.mock.timers.tick(300);
  assert.deepEqual([w.told.at(-1)?.isTooSlow, w.closed()], [true, true]);
  const heard = w.told.length;
  w.search.look(lines("a", "b"));
  w.answer();
  assert.equal(w.told.length, heard, "nothing is heard after it");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { doubtHold, type Holding, judgeClaim, leaveHold, takeHold, type Verdict } from "./claim.js";

const MINUTE_MS = 60_000;

/** One agent id and the starts that claim it; `there` are those that answer when asked. */
function world() {
  let holding: Holding | null = null;
  let nowMs = 1_000_000;
  const there = new Set<string>();
  return {
    there,
    get speaker() {
      return holding?.leftMs === null ? holding.bootId : null;
    },
    advance(ms: number) {
      nowMs += ms;
    },
    /** As a session does it: whether the start is let in. */
    hello(bootId: string, { lastSeq = 0, committedSeq = 0 } = {}): Verdict | "copy" {
      there.add(bootId);
      const verdict = judgeClaim({ bootId, lastSeq, committedSeq }, holding, nowMs);
      const refused = verdict === "ask" && holding !== null && there.has(holding.bootId) && holding.bootId !== bootId;
      if (refused && holding !== null) holding = doubtHold(holding, nowMs);
      if (refused) return "copy";
      if (verdict === "let-in" || verdict === "ask")
        holding = takeHold(holding, bootId, holding?.leftMs === null, nowMs);
      return verdict === "ask" ? "let-in" : verdict;
    },
    gone(bootId: string) {
      there.delete(bootId);
      if (holding?.bootId === bootId && holding.leftMs === null) holding = leaveHold(holding, nowMs);
    },
    silent(bootId: string) {
      there.delete(bootId);
    },
  };
}

test("an agent that is started anew is let in, whether or not its old connection was seen to end", () => {
  const w = world();
  assert.equal(w.hello("a"), "let-in");
  w.gone("a");
  assert.equal(w.hello("b"), "let-in");
  w.silent("b");
  assert.equal(w.hello("c"), "let-in");
  assert.equal(w.speaker, "c");
});

test("a start that is back before its old connection broke is let in without a question", () => {
  const w = world();
  w.hello("a");
  assert.equal(w.hello("a"), "let-in");
});

test("a copy is refused for as long as the first is there, and let in when it is not", () => {
  const w = world();
  w.hello("a");
  for (let time = 0; time < 20; time++) {
    assert.equal(w.hello("b"), "copy");
    w.advance(MINUTE_MS);
  }
  assert.equal(w.speaker, "a");
  w.gone("a");
  assert.equal(w.hello("b"), "let-in");
});

test("of two copies that both come and go with their links the one that was there does not make room for the other", () => {
  const w = world();
  w.hello("a");
  w.hello("b");
  w.gone("a");
  assert.equal(w.hello("b"), "let-in");
  w.gone("b");
  w.advance(4 * MINUTE_MS);
  assert.equal(w.hello("a"), "followed");
  assert.equal(w.hello("b"), "let-in");
  w.gone("b");
  w.advance(6 * MINUTE_MS);
  assert.equal(w.hello("a"), "let-in", "the other one has stopped for good");
});

test("a start that has forgotten what it told is refused, with nobody else there", () => {
  const w = world();
  assert.equal(w.hello("a", { lastSeq: 5, committedSeq: 9 }), "set-back");
  assert.equal(w.hello("a", { lastSeq: 9, committedSeq: 9 }), "let-in");
  w.gone("a");
  assert.equal(w.hello("a", { lastSeq: 3, committedSeq: 9 }), "set-back");
});

test("two that run from one image of memory, with one boot id, do not take the place from each other for ever", () => {
  const claim = { bootId: "a", lastSeq: 0, committedSeq: 0 };
  let holding = takeHold(null, "a", false, 0);
  assert.equal(judgeClaim(claim, holding, 1_000), "let-in");
  holding = takeHold(holding, "a", true, 1_000);
  assert.equal(judgeClaim(claim, holding, 8_000), "ask");
  holding = doubtHold(holding, 8_000);
  assert.equal(judgeClaim(claim, holding, 128_000), "ask", "the one refused comes back rarely");
  assert.equal(judgeClaim(claim, holding, 1_000_000), "let-in");
});

test("whatever starts come and go, nobody who is there and speaks is replaced by another start", () => {
  const boots = fc.constantFrom("a", "b", "c", "d");
  const step = fc.record({ boot: boots, does: fc.constantFrom("hello", "gone", "silent"), waitMs: fc.nat(400_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const w = world();
      for (const { boot, does, waitMs } of steps) {
        w.advance(waitMs);
        const { speaker } = w;
        const kept = speaker !== null && w.there.has(speaker);
        if (does === "hello") w.hello(boot);
        else if (does === "gone") w.gone(boot);
        else w.silent(boot);
        if (kept && does === "hello") assert.equal(w.speaker, speaker);
      }
    }),
  );
});

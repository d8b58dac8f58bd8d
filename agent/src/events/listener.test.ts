// A listener's output in any cut is understood the same, and what breaks the protocol is told apart.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { heard, type Listener, newListener, type Said, sent } from "./listener.js";

/** Feeds chunks; an event is sent whenever the listener is ready. */
function talk(chunks: readonly string[]): { listener: Listener; said: Said["type"][]; results: string[] } {
  let listener = newListener();
  const said: Said["type"][] = [];
  const results: string[] = [];
  for (const chunk of chunks) {
    const step = heard(listener, Buffer.from(chunk));
    listener = step.next;
    for (const one of step.said) {
      said.push(one.type);
      if (one.type === "result") results.push(one.data.toString());
    }
    if (listener.state === "READY") listener = sent(listener);
  }
  return { listener, said, results };
}

test("the usual exchange: ready, an event, its result, ready again in one breath", () => {
  const { listener, said, results } = talk(["READY\n", "RESULT 2\nOKREADY\n", "RESULT 4\nFAIL"]);
  assert.deepEqual(said, ["ready", "result", "ready", "result"]);
  assert.deepEqual(results, ["OK", "FAIL"]);
  assert.equal(listener.state, "ACKNOWLEDGED");
});

test("however the output is cut, it says the same", () => {
  const text = "READY\n";
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 10 }), (cuts) => {
      const chunks: string[] = [];
      let from = 0;
      for (const cut of cuts) {
        chunks.push(text.slice(from, from + cut));
        from += cut;
      }
      chunks.push(text.slice(from));
      const { said } = talk(chunks.filter((chunk) => chunk !== ""));
      assert.deepEqual(said, ["ready"]);
    }),
  );
});

test("less than a word is waited for, another word ends the listener's service", () => {
  assert.equal(talk(["READ"]).listener.state, "ACKNOWLEDGED");
  const wrong = talk(["HELLO!"]);
  assert.deepEqual(wrong.said, ["violation"]);
  assert.equal(wrong.listener.state, "UNKNOWN");
});

test("output while it should wait for an event ends its service", () => {
  const { next, said } = heard(newListener(), Buffer.from("READY\nmore"));
  assert.deepEqual(
    said.map(({ type }) => type),
    ["ready", "violation"],
  );
  assert.equal(next.state, "UNKNOWN");
});

test("a result line is read by its number alone, and without one the event is rejected", () => {
  assert.deepEqual(talk(["READY\n", "WHATEVER2\n"]).said, ["ready", "bad-result-line"]);
  assert.deepEqual(talk(["READY\n", "1234567 3 \nabc"]).results, ["abc"]);
  assert.deepEqual(talk(["READY\n", "RESULT x\n"]).said, ["ready", "bad-result-line"]);
  assert.deepEqual(talk(["READY\n", "\n"]).said, ["ready", "bad-result-line"]);
});

test("an empty result counts once more output follows it, as supervisord has it", () => {
  const waiting = talk(["READY\n", "RESULT 0\n"]);
  assert.deepEqual(waiting.said, ["ready"]);
  const { said } = heard(waiting.listener, Buffer.from("READY\n"));
  assert.deepEqual(
    said.map(({ type }) => type),
    ["result", "ready"],
  );
});

test("once unknown, nothing it says is kept", () => {
  let { listener } = talk(["HELLO!"]);
  for (let i = 0; i < 3; i++) listener = heard(listener, Buffer.alloc(100_000)).next;
  assert.equal(listener.pending.length, 0);
});

test("bytes of any kind neither throw nor pile up", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 50 }), (chunks) => {
      let listener = newListener();
      for (const chunk of chunks) {
        listener = heard(listener, Buffer.from(chunk)).next;
        if (listener.state === "READY") listener = sent(listener);
        assert.ok(listener.pending.length <= 50 * 50);
      }
    }),
  );
});

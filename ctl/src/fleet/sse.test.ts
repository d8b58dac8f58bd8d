import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type SseEvent, SseParser } from "./sse.js";

const STREAM =
  ': welcome\r\n\r\nid: 7\nevent: process\ndata: {"a":\ndata:1}\n\nretry: 100\n\ndata: plain\rid\r\revent: lost\ndata: no end';

const EXPECTED: SseEvent[] = [
  { event: "process", data: '{"a":\n1}', id: "7" },
  { event: "message", data: "plain", id: "" },
];

test("events are read with their type, their lines joined, the last id kept; one without an end is not told", () => {
  assert.deepEqual(new SseParser().feed(STREAM), EXPECTED);
});

test("the pieces a stream arrives in do not matter", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length }), { maxLength: 20 }), (cuts) => {
      const parser = new SseParser();
      const at = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
      const events = at.slice(1).flatMap((to, i) => parser.feed(STREAM.slice(at[i], to)));
      assert.deepEqual(events, EXPECTED);
    }),
  );
});

test("an endless event is an error, not memory", () => {
  const parser = new SseParser();
  const line = `data: ${"x".repeat(1024 * 1024)}\n`;
  assert.throws(() => {
    for (let i = 0; i < 20; i += 1) parser.feed(line);
  }, RangeError);
});

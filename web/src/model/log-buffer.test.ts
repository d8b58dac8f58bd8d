import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { appendNote, appendText, clearLog, EMPTY_LOG, type LogBuffer, unseenPart } from "./log-buffer.js";

const texts = (buffer: LogBuffer) => buffer.rows.map((row) => row.text);

test("a line cut between two chunks is one row that keeps its number", () => {
  const half = appendText(EMPTY_LOG, "one\ntw");
  const whole = appendText(half, "o\nthree\n");
  assert.deepEqual(texts(whole), ["one", "two", "three"]);
  assert.deepEqual(
    whole.rows.map((row) => row.id),
    [1, 2, 3],
  );
});

test("chunks of any size give the same rows as the whole text", () => {
  const part = fc.constantFrom("a", "bc", "\n", "\x1b[31m", "\x1b[0m", "\r", "é");
  fc.assert(
    fc.property(fc.array(fc.array(part, { maxLength: 6 }), { maxLength: 12 }), (chunks) => {
      const pieces = chunks.map((chunk) => chunk.join(""));
      const stepwise = pieces.reduce((buffer, piece) => appendText(buffer, piece), EMPTY_LOG);
      assert.deepEqual(stepwise.rows, appendText(EMPTY_LOG, pieces.join("")).rows);
      assert.equal(
        stepwise.chars,
        texts(stepwise).reduce((sum, text) => sum + text.length, 0),
      );
    }),
  );
});

test("colour goes on over line ends", () => {
  const buffer = appendText(appendText(EMPTY_LOG, "\x1b[33mwarn\n"), "more\n");
  const last = buffer.rows.at(-1);
  assert.ok(last?.type === "text");
  assert.deepEqual(last.spans, [{ start: 0, end: 4, style: { fg: 3 } }]);
});

test("the oldest rows go when there are too many rows or characters", () => {
  const many = appendText(EMPTY_LOG, "a\nb\nc\nd\n", { rows: 3, chars: 100 });
  assert.deepEqual(texts(many), ["b", "c", "d"]);
  assert.equal(many.dropped, 1);
  const long = appendText(many, `${"x".repeat(99)}\n`, { rows: 3, chars: 100 });
  assert.deepEqual(
    long.rows.map((row) => row.text.length),
    [1, 99],
  );
  assert.equal(long.chars, 100);
});

test("an endless line is broken instead of growing", () => {
  const buffer = appendText(EMPTY_LOG, "x".repeat(40_000));
  assert.deepEqual(
    buffer.rows.map((row) => row.text.length),
    [16_384, 16_384, 7_232],
  );
});

test("a remark closes an unfinished line, and clearing keeps counting", () => {
  const noted = appendText(appendNote(appendText(EMPTY_LOG, "half"), "skipped 2 KiB"), "next\n");
  assert.deepEqual(texts(noted), ["half", "skipped 2 KiB", "next"]);
  const cleared = appendText(clearLog(noted), "after\n");
  assert.deepEqual(cleared.rows, [{ id: 4, type: "text", text: "after", spans: [] }]);
});

test("after a cut only what is new is taken from the tail", () => {
  const buffer = appendText(EMPTY_LOG, "1\n2\n3\n4\n5\n6\nhal");
  assert.equal(unseenPart(buffer, "1\n2\n3\n4\n5\n6\nhalf\n7\n"), "half\n7\n");
  assert.equal(unseenPart(buffer, "90\n91\n"), null);
  assert.equal(unseenPart(EMPTY_LOG, "1\n"), null);
});

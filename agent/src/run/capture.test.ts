// What stands between marks is captured, everything else is output, however the bytes are cut.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { capture, endCapture, newCapture, type Piece } from "./capture.js";

const BEGIN = "<!--XSUPERVISOR:BEGIN-->";
const END = "<!--XSUPERVISOR:END-->";

function run(chunks: readonly string[], maxBytes = 1000): { output: string; parts: string; captured: string[] } {
  let state = newCapture(maxBytes);
  const pieces: Piece[] = [];
  for (const chunk of chunks) {
    const step = capture(state, Buffer.from(chunk));
    state = step.next;
    pieces.push(...step.pieces);
  }
  pieces.push(...endCapture(state).pieces);
  const join = (type: Piece["type"]) =>
    pieces
      .filter((piece) => piece.type === type)
      .map(({ data }) => data.toString())
      .join("");
  const captured = pieces.filter(({ type }) => type === "captured").map(({ data }) => data.toString());
  return { output: join("output"), parts: join("part"), captured };
}

/** The text in chunks of the lengths given, the rest in one. */
function cut(text: string, lengths: readonly number[]): string[] {
  const chunks: string[] = [];
  let from = 0;
  for (const length of lengths) {
    chunks.push(text.slice(from, from + length));
    from += length;
  }
  return [...chunks, text.slice(from)];
}

test("several captures in one chunk, and what is around them", () => {
  const { output, captured } = run([`a${BEGIN}one${END}b${BEGIN}${END}c`]);
  assert.equal(output, "abc");
  assert.deepEqual(captured, ["one", ""]);
});

test("the cuts between chunks change nothing", () => {
  const text = `before\n${BEGIN}first${END} <!--XSUPER ${BEGIN}second ${BEGIN} nested${END}after <!--`;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 12 }), (lengths) => {
      const { output, captured } = run(cut(text, lengths));
      assert.equal(output, "before\n <!--XSUPER after <!--");
      assert.deepEqual(captured, ["first", `second ${BEGIN} nested`]);
    }),
  );
});

test("a short line without marks is output at once and not only at the end", () => {
  const { pieces } = capture(newCapture(100), Buffer.from("hi\n"));
  assert.deepEqual(
    pieces.map(({ type, data }) => `${type} ${data}`),
    ["output hi\n"],
  );
});

test("a capture keeps the end of what is too long, and one piece whole", () => {
  assert.deepEqual(run([BEGIN, "aaaa", "bbbb", "cc", END], 8).captured, ["aabbbbcc"]);
  assert.deepEqual(run([BEGIN, "0123456789", END], 4).captured, ["0123456789"]);
});

test("what was captured is still told as it comes, for the debug log and PROCESS_LOG", () => {
  assert.equal(run([`${BEGIN}abc`, `def${END}`]).parts, "abcdef");
});

test("a capture that never ends does not grow for ever", () => {
  let state = capture(newCapture(1000), Buffer.from(BEGIN)).next;
  for (let i = 0; i < 1000; i++) state = capture(state, Buffer.alloc(100, "x")).next;
  assert.ok(state.capturedBytes <= 1000);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseAnsi } from "./ansi.js";

test("colours become spans over the plain text", () => {
  const line = parseAnsi("\x1b[1;31mERROR\x1b[0m disk full");
  assert.equal(line.text, "ERROR disk full");
  assert.deepEqual(line.spans, [{ start: 0, end: 5, style: { bold: true, fg: 1 } }]);
  assert.deepEqual(line.style, {});
});

test("a colour that is not switched off goes on in the next line", () => {
  const first = parseAnsi("\x1b[32mgreen");
  assert.deepEqual(parseAnsi("still", first.style).spans, [{ start: 0, end: 5, style: { fg: 2 } }]);
});

test("bright, indexed and true colours are understood in both spellings", () => {
  assert.deepEqual(parseAnsi("\x1b[97mx").style, { fg: 15 });
  assert.deepEqual(parseAnsi("\x1b[38;5;196mx").style, { fg: "#ff0000" });
  assert.deepEqual(parseAnsi("\x1b[38;5;9mx").style, { fg: 9 });
  assert.deepEqual(parseAnsi("\x1b[48;2;1;2;3mx").style, { bg: "#010203" });
  assert.deepEqual(parseAnsi("\x1b[38:5:232mx").style, { fg: "#080808" });
});

test("cursor movement, titles and bells leave no trace", () => {
  assert.equal(parseAnsi("\x1b]0;title\x07a\x1b[2Kb\x1b[1;1Hc\x07\x1b(Bd").text, "abcd");
  assert.equal(parseAnsi("cut \x1b[3").text, "cut ");
});

test("a progress line shows its last state and a CRLF ending shows nothing of itself", () => {
  assert.equal(parseAnsi("10%\r20%\r100%").text, "100%");
  assert.equal(parseAnsi("windows\r").text, "windows");
});

test("no bytes break the reader, and spans lie in the text in order", () => {
  const pieces = fc.constantFrom("\x1b", "[", "]", "3", "8", ";", "5", "m", "K", "\r", "\x07", "é", "a", "\x00", "200");
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const line = parseAnsi(parts.join(""));
      assert.ok(!/[\x00-\x08\x1b]/.test(line.text));
      let last = 0;
      for (const span of line.spans) {
        assert.ok(span.start >= last && span.end > span.start && span.end <= line.text.length);
        last = span.end;
      }
    }),
  );
});

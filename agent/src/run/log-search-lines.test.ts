import assert from "node:assert/strict";
import { test } from "node:test";
import { type FoundLine, LINE_BYTES, LineScanner, lineTest, type Pattern } from "./log-search-lines.js";

const text = (pattern: string, change: Partial<Pattern> = {}): Pattern => ({
  pattern,
  literal: false,
  ignoreCase: false,
  ...change,
});

/** What is found in pieces of a size, as `offset:line`. */
function find(pattern: Pattern, bytes: Buffer, size: number, start = 0, isWithinLine = false): string[] {
  const scanner = new LineScanner(lineTest(pattern), start, isWithinLine);
  const found: FoundLine[] = [];
  for (let at = 0; at < bytes.length; at += size) found.push(...scanner.feed(bytes.subarray(at, at + size)));
  found.push(...scanner.end());
  return found.map(({ offset, line, cut }) => `${offset}:${Buffer.from(line)}${cut ? "..." : ""}`);
}

test("lines are found whatever the pieces they come in, with where they start", () => {
  const log = Buffer.from("one\ntwo error\r\n\nérror\nerror at the end");
  for (const size of [1, 2, 7, 1000]) {
    assert.deepEqual(find(text("error"), log, size), ["4:two error", "23:error at the end"], `pieces of ${size}`);
    assert.deepEqual(find(text("^.r+or$"), log, size), ["16:érror"], `pieces of ${size}`);
  }
});

test("plain text means itself, in any case when asked", () => {
  const log = Buffer.from("a.c\nabc\nA.C\n");
  assert.deepEqual(find(text("a.c", { literal: true }), log, 100), ["0:a.c"]);
  assert.deepEqual(find(text("a.c", { literal: true, ignoreCase: true }), log, 100), ["0:a.c", "8:A.C"]);
  assert.deepEqual(find(text("a.c", { ignoreCase: true }), log, 100), ["0:a.c", "4:abc", "8:A.C"]);
  assert.throws(() => lineTest(text("(")), SyntaxError);
});

test("what begins within a line is no line", () => {
  assert.deepEqual(find(text("e"), Buffer.from("end of one\nnext\n"), 3, 500, true), ["511:next"]);
});

test("of a line without an end only the beginning is searched and a part told, and what follows is found again", () => {
  const long = Buffer.from(`${"x".repeat(5000)}here${"y".repeat(200_000)}there\nhere\n`);
  for (const size of [1000, 64 * 1024]) {
    const [first, second, ...more] = find(text("here"), long, size);
    assert.match(first ?? "", /^0:x{256}herey+\.\.\.$/);
    assert.ok((first ?? "").length < LINE_BYTES);
    assert.deepEqual([second, more], [`${5000 + 4 + 200_000 + 6}:here`, []]);
  }
  assert.deepEqual(find(text("there"), long, 1000), [], "it is beyond what is searched");
});

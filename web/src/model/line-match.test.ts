import assert from "node:assert/strict";
import { test } from "node:test";
import { lineMatch, NOTHING_WANTED, patternProblem } from "./line-match.js";

const hits = (line: string, part: Partial<typeof NOTHING_WANTED>) =>
  lineMatch({ ...NOTHING_WANTED, ...part })(line).map(({ start, end }) => line.slice(start, end));

test("plain text is found as it stands, without regard to case unless that is asked for", () => {
  assert.deepEqual(hits("Error: no ERROR", { text: "error" }), ["Error", "ERROR"]);
  assert.deepEqual(hits("Error: no ERROR", { text: "ERROR", matchCase: true }), ["ERROR"]);
  assert.deepEqual(hits("aaaa", { text: "aa" }), ["aa", "aa"]);
  assert.deepEqual(hits("a.b a+b [x] -", { text: "a+b" }), ["a+b"]);
  assert.deepEqual(hits("a.b a+b [x] -", { text: "[x] -" }), ["[x] -"]);
  assert.deepEqual(hits("anything", {}), []);
});

test("a pattern finds what it says, and what matches nothing is no hit", () => {
  assert.deepEqual(hits("GET /a 500 in 12ms", { text: "\\d+", isPattern: true }), ["500", "12"]);
  assert.deepEqual(hits("abc", { text: "x*", isPattern: true }), []);
  assert.equal(hits("a".repeat(5_000), { text: "a", isPattern: true }).length, 200);
});

test("what is no pattern is said in words", () => {
  assert.equal(patternProblem({ text: "(", isPattern: true, matchCase: false }), "Unterminated group");
  assert.equal(patternProblem({ text: "(", isPattern: false, matchCase: false }), null);
  assert.equal(patternProblem({ text: "a|b", isPattern: true, matchCase: false }), null);
});

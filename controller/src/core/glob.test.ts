// Patterns for one name, compared with regular expressions and with themselves.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { escapeGlob, GlobError, parseGlob } from "./glob.js";

const anyText = fc.string({
  unit: fc.constantFrom("a", "b", "c", "-", "*", "?", "[", "]", "!", "\\", "."),
  maxLength: 12,
});

test("each sign means what it says", () => {
  const cases: [pattern: string, yes: string[], no: string[]][] = [
    ["web-*", ["web-", "web-1"], ["web", "xweb-1"]],
    ["w?b", ["web", "wéb"], ["wb", "weeb"]],
    ["[a-c]x", ["ax", "cx"], ["dx", "x"]],
    ["[!a-c]x", ["dx"], ["ax", "x"]],
    ["[-a]", ["-", "a"], ["b"]],
    ["[a-]", ["-", "a"], ["b"]],
    ["[\\]]", ["]"], ["\\"]],
    ["a\\*b", ["a*b"], ["axb"]],
    ["*a*b*", ["ab", "xaxbx"], ["ba"]],
    ["**", ["", "x"], []],
  ];
  for (const [pattern, yes, no] of cases) {
    for (const text of yes) assert.equal(parseGlob(pattern).matches(text), true, `${pattern} takes ${text}`);
    for (const text of no) assert.equal(parseGlob(pattern).matches(text), false, `${pattern} leaves ${text}`);
  }
});

test("an unfinished pattern is refused with the place of the mistake", () => {
  for (const [pattern, offset] of [
    ["a[b", 1],
    ["a[", 1],
    ["[]", 0],
    ["[z-a]", 1],
    ["ab\\", 2],
    ["[a\\", 0],
  ] as const) {
    assert.throws(
      () => parseGlob(pattern),
      (error) => error instanceof GlobError && error.offset === offset,
      pattern,
    );
  }
});

test("any text is a pattern or a mistake, never another failure", () => {
  fc.assert(
    fc.property(anyText, anyText, (pattern, text) => {
      try {
        const glob = parseGlob(pattern);
        const taken = glob.matches(text);
        if (glob.literal !== null) assert.equal(taken, glob.literal === text);
        if (glob.any) assert.equal(taken, true);
      } catch (error) {
        if (!(error instanceof GlobError)) throw error;
      }
    }),
    { numRuns: 1_000 },
  );
});

test("an escaped name is a pattern that takes that name alone", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (name, other) => {
      const glob = parseGlob(escapeGlob(name));
      assert.equal(glob.literal, name);
      assert.equal(glob.matches(other), name === other);
    }),
  );
});

test("runs and single characters take what the regular expression of the same meaning takes", () => {
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 10 });
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
  fc.assert(
    fc.property(pattern, text, (signs, candidate) => {
      const expression = new RegExp(`^${signs.replaceAll("*", ".*").replaceAll("?", ".")}$`);
      assert.equal(parseGlob(signs).matches(candidate), expression.test(candidate), `${signs} on ${candidate}`);
    }),
    { numRuns: 1_000 },
  );
});

test("a pattern made to go back and forth costs no more than its length times the text", () => {
  const glob = parseGlob(`${"*a".repeat(60)}*b`);
  const began = performance.now();
  assert.equal(glob.matches("a".repeat(4_000)), false);
  assert.ok(performance.now() - began < 10_000);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { breakInto, cutTo, padTo, widthOf } from "./layout.js";

test("width is what a terminal shows, not how many characters there are", () => {
  assert.equal(widthOf("abc"), 3);
  assert.equal(widthOf("長い"), 4);
  assert.equal(padTo("長い", 6), "長い  ");
  assert.equal(padTo("abc", 2), "abc");
});

test("what is too long is cut with a mark that says so", () => {
  assert.equal(cutTo("abcdef", 6), "abcdef");
  assert.equal(cutTo("abcdefg", 6), "abcde…");
  assert.equal(cutTo("長い名前", 6), "長い…");
});

test("lines break between words, and within a word only when it is longer than a line", () => {
  assert.deepEqual(breakInto("one two three", 20), ["one two three"]);
  assert.deepEqual(breakInto("one two three", 7), ["one two", "three"]);
  assert.deepEqual(breakInto("a longerthanaline b", 8), ["a", "longerth", "analine", "b"]);
  assert.deepEqual(breakInto("長い名前", 4), ["長い", "名前"]);
  assert.deepEqual(breakInto("", 4), [""]);
});

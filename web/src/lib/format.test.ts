import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAgo, formatBytes, formatSpan, formatUptime, listWords } from "./format.js";

test("a span shows its two largest units and never a negative", () => {
  assert.equal(formatSpan(-5_000), "0s");
  assert.equal(formatSpan(59_999), "59s");
  assert.equal(formatSpan(187_000), "3m 07s");
  assert.equal(formatSpan(7_500_000), "2h 05m");
  assert.equal(formatSpan(1_047_600_000), "12d 3h");
});

test("a quick death shows tenths of a second", () => {
  assert.equal(formatUptime(412), "412ms");
  assert.equal(formatUptime(61_000), "1m 01s");
});

test("ages, sizes and counts read as words", () => {
  assert.equal(formatAgo(900), "just now");
  assert.equal(formatAgo(61_000), "1m 01s ago");
  assert.equal(formatBytes(512), "512 B");
  assert.equal(formatBytes(1_536), "1.5 KiB");
  assert.equal(formatBytes(33_554_432), "32 MiB");
});

test("a long list of words ends in how many more", () => {
  assert.equal(listWords([]), "");
  assert.equal(listWords(["a"]), "a");
  assert.equal(listWords(["a", "b", "c"]), "a, b and c");
  assert.equal(listWords(["a", "b", "c", "d", "e"]), "a, b and 3 more");
});

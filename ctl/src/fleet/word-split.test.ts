import assert from "node:assert/strict";
import { test } from "node:test";
import { splitLine, splitTyped } from "./word-split.js";

test("words are what a shell would make of the line", () => {
  assert.deepEqual(splitLine("status  'web-*/api:*' \"a b\" x'y'z"), ["status", "web-*/api:*", "a b", "xyz"]);
  assert.deepEqual(splitLine("grep a\\ b '' all "), ["grep", "a b", "", "all"]);
  assert.deepEqual(
    splitLine("grep 'a\\d' a\\d web\\*/all"),
    ["grep", "a\\d", "a\\d", "web\\*/all"],
    "backslashes of others stay",
  );
  assert.deepEqual(splitLine("  "), []);
  assert.throws(() => splitLine("status 'web"), /a quote or a backslash at the end has no end/);
  assert.throws(() => splitLine("status web\\"), /has no end/);
});

test("of a line that is being typed the last word is apart", () => {
  assert.deepEqual(splitTyped("fvctl status we"), { words: ["fvctl", "status"], typed: "we", isOpen: false });
  assert.deepEqual(splitTyped("fvctl status "), { words: ["fvctl", "status"], typed: "", isOpen: false });
  assert.deepEqual(splitTyped("fvctl status 'we"), { words: ["fvctl", "status"], typed: "we", isOpen: true });
});

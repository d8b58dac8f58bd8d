// Help that fits the terminal.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fitHelp } from "./help-text.js";

test("what fits stays as it is", () => {
  const text = "Usage: fvctl\n\n  a  b\n";
  assert.equal(fitHelp(text, 20), text);
});

test("an example that has no room beside it is explained below", () => {
  const text =
    "Examples:\n  fvctl restart 'web-*/api:*' --dry-run  which processes that would be\n  fvctl top      all\n";
  assert.equal(
    fitHelp(text, 50),
    "Examples:\n  fvctl restart 'web-*/api:*' --dry-run\n        which processes that would be\n  fvctl top      all\n",
  );
});

test("an explanation with room beside it flows there", () => {
  assert.equal(
    fitHelp("  130  Ctrl-C before the end was known; what was ordered goes on\n", 40),
    "  130  Ctrl-C before the end was known;\n       what was ordered goes on\n",
  );
});

test("a paragraph flows as one, and the next one is left alone", () => {
  const text = "One two three four five six seven\neight nine.\n\n  an indented line of its own, a long one\nThe end.";
  assert.equal(
    fitHelp(text, 20),
    "One two three four\nfive six seven eight\nnine.\n\n  an indented line\n  of its own, a long\n  one\nThe end.",
  );
});

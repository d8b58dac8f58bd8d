import assert from "node:assert/strict";
import { test } from "node:test";
import { meantKey } from "./key-meant.js";

test("a Latin layout means what it writes, wherever its keys lie", () => {
  assert.equal(meantKey({ key: "g", code: "KeyI" }), "g");
  assert.equal(meantKey({ key: "?", code: "Minus" }), "?");
  assert.equal(meantKey({ key: "/", code: "Slash" }), "/");
  assert.equal(meantKey({ key: ".", code: "Period" }), ".");
  assert.equal(meantKey({ key: "Escape", code: "Escape" }), "Escape");
});

test("a Cyrillic layout means the Latin key of the same place", () => {
  assert.equal(meantKey({ key: "п", code: "KeyG" }), "g");
  assert.equal(meantKey({ key: "Щ", code: "KeyO" }), "o");
  assert.equal(meantKey({ key: ".", code: "Slash" }), "/");
  assert.equal(meantKey({ key: ",", code: "Slash" }), "?");
  assert.equal(meantKey({ key: "ж", code: "Semicolon" }), "ж");
});

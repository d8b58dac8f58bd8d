import assert from "node:assert/strict";
import { test } from "node:test";
import { spellOutBytes } from "./tail-words.js";

test("tail takes -BYTES as supervisorctl does, wherever it stands; other verbs and what follows -- are left alone", () => {
  const spelled = (line: string) => spellOutBytes(line.split(" ")).join(" ");
  assert.equal(spelled("tail -100 web-1/api stderr"), "tail --bytes 100 web-1/api stderr");
  assert.equal(spelled("--controller tail -f x -5"), "--controller tail -f x --bytes 5");
  assert.equal(spelled("signal -9 web-1/api"), "signal -9 web-1/api");
  assert.equal(spelled("tail -- -9"), "tail -- -9");
});

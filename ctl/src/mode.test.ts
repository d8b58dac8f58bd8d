import assert from "node:assert/strict";
import { test } from "node:test";
import { decideMode } from "./mode.js";

test("options that name a server mean one host, even where a controller is known", () => {
  for (const line of [
    "-c x status",
    "-s unix:///x.sock",
    "-shttp://h stop all",
    "-u me -p pw status",
    "--serverurl=x pid",
  ]) {
    assert.equal(decideMode(line.split(" "), true), "direct", line);
  }
});

test("without them a controller decides, and verbs or options that only the fleet has", () => {
  assert.equal(decideMode(["status"], true), "fleet");
  assert.equal(decideMode(["status"], false), "direct");
  assert.equal(decideMode(["status", "-c", "x"], true), "fleet", "what follows the verb is the verb's");
  for (const line of ["login URL", "events -f", "--controller x status", "-o json status", "--token -c status"]) {
    assert.equal(decideMode(line.split(" "), false), "fleet", line);
  }
});

test("help before the verb is one help for both; after it, the verb's own", () => {
  assert.equal(decideMode(["--help"], false), "help");
  assert.equal(decideMode(["-h", "-c", "x"], true), "help");
  assert.equal(decideMode(["status", "--help"], true), "fleet");
  assert.equal(decideMode(["tail", "--help"], false), "fleet", "also where no controller is known");
  assert.equal(decideMode(["-c", "x", "tail", "--help"], false), "direct");
});

// Memory that only the start needed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Libc } from "./libc.js";
import { giveBack } from "./memory.js";

const residentMiB = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1]) / 1024;

test("pages of code are given back, and all goes on", () => {
  const libc = new Libc();
  const before = residentMiB();
  giveBack(libc);
  const after = residentMiB();
  assert.ok(after < before - 5, `${before} MiB before, ${after} MiB after`);
  assert.deepEqual(JSON.parse(JSON.stringify({ a: [..."text"].sort() })), { a: ["e", "t", "t", "x"] });
});

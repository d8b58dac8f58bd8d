// Files that the kernel makes when they are read.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readSmallFile } from "./small-file.js";

test("a file of a few lines is read whole, a long one up to a limit, a missing one not at all", () => {
  assert.equal(readSmallFile("/proc/self/cgroup"), readFileSync("/proc/self/cgroup", "latin1"));
  assert.equal(readSmallFile("/proc/sys/kernel/random/boot_id").length, 37);
  assert.equal(readSmallFile("/dev/zero").length, 16 * 1024);
  assert.throws(() => readSmallFile("/proc/0/stat"), { code: "ENOENT" });
});

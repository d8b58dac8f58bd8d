import assert from "node:assert/strict";
import { test } from "node:test";
import type { Process } from "@fleetvisor/proto/api/v1";
import { RecentChanges } from "./recent-changes.js";

const row = (target: string, state: Process["state"]) => ({ target, state }) as Process;

test("a change that came after the question was asked overrides the answer, an older one does not", () => {
  const recent = new RecentChanges();
  recent.noteProcess("a", row("a", "FATAL"), 100);
  assert.equal(recent.renewProcesses([row("a", "RUNNING")], 50)[0]?.state, "FATAL");
  assert.equal(recent.renewProcesses([row("a", "RUNNING")], 150)[0]?.state, "RUNNING");
});

test("a process removed meanwhile does not come back with an old answer", () => {
  const recent = new RecentChanges();
  recent.noteProcess("a", null, 100);
  assert.deepEqual(recent.renewProcesses([row("a", "RUNNING")], 50), []);
});

test("changes are forgotten after half a minute", () => {
  const recent = new RecentChanges();
  recent.noteProcess("a", row("a", "FATAL"), 100);
  recent.noteProcess("b", row("b", "FATAL"), 40_000);
  assert.equal(recent.renewProcesses([row("a", "RUNNING")], 0)[0]?.state, "RUNNING");
});

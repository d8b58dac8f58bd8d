import assert from "node:assert/strict";
import { test } from "node:test";
import type { Process } from "@fleetvisor/proto/api/v1";
import { chooseColors } from "./colors.js";
import { type Contact, describe, StatusTally, statusRows } from "./status.js";

const PLAIN = chooseColors({}, false);

const running: Process = {
  target: "web-1/api:api",
  instance: "web-1",
  group: "api",
  name: "api",
  state: "RUNNING",
  liveness: "live",
  sinceMs: 0,
  pid: 42,
  startedAtMs: 100_000,
  stoppedAtMs: null,
  exitCode: null,
  exitSignal: null,
  exitExpected: null,
  spawnError: null,
  tries: 0,
  description: "pid 42",
  command: "/bin/api",
  priority: 999,
  autostart: true,
  autorestart: "true",
  hasStdoutLog: true,
  hasStderrLog: true,
};

function tallyOf(processes: readonly Process[]): StatusTally {
  const tally = new StatusTally();
  for (const process of processes) tally.add([process]);
  return tally;
}

const live: Contact = { liveness: "live", livenessReason: null, lastHeardAtMs: 0, clockSkewMs: 0 };

test("what runs shows pid and uptime by its host's own clock", () => {
  assert.equal(describe(running, live, 165_000), "pid 42, uptime 0:01:05");
  assert.equal(describe(running, { ...live, clockSkewMs: -5_000 }, 165_000), "pid 42, uptime 0:01:00");
});

test("what does not run says why", () => {
  const of = (fields: Partial<Process>) => describe({ ...running, pid: null, ...fields }, live, 0);
  assert.equal(of({ state: "STOPPED", description: "Not started" }), "Not started");
  assert.equal(
    of({ state: "EXITED", description: "Nov 21 09:00 AM", exitCode: 0, exitExpected: true }),
    "Nov 21 09:00 AM, exited with code 0",
  );
  assert.equal(of({ state: "FATAL", spawnError: "can't find command '/x'" }), "can't find command '/x'");
  const quick = { spawnError: "Exited too quickly (process log may have details)", exitCode: 3, exitExpected: false };
  assert.equal(of({ state: "FATAL", ...quick }), "exited with code 3 (unexpected), too quickly");
  assert.equal(
    of({ state: "BACKOFF", ...quick, tries: 2 }),
    "exited with code 3 (unexpected), too quickly, 2 attempts",
  );
});

test("a row of a lost instance says its age, with the uptime it had then; why is said once for all its rows", () => {
  const lost: Contact = { ...live, liveness: "lost", livenessReason: "no heartbeat", lastHeardAtMs: 160_000 };
  const contacts = new Map([["web-1", lost]]);
  const stale: Process = { ...running, liveness: "lost" };
  const [row] = statusRows([stale], contacts, 347_000, PLAIN);
  assert.deepEqual(tallyOf([stale, stale]).stale(contacts), ["web-1 is lost: no heartbeat"]);
  const cells = row?.map((cell) => (typeof cell === "string" ? cell : cell.text)) ?? [];
  assert.deepEqual(cells.slice(0, 2), ["web-1/api:api", "RUNNING"]);
  assert.equal(cells[7], "pid 42, uptime 0:01:00; lost, last heard 3m 07s ago");
});

test("the exit is supervisorctl's 3 when something is down; what is lost cannot be said to run", () => {
  const exits = (fields: Partial<Process>) => tallyOf([running, { ...running, ...fields }]).exit();
  assert.equal(exits({}), "ok");
  assert.equal(exits({ state: "BACKOFF" }), "ok");
  for (const state of ["STOPPED", "EXITED", "FATAL", "UNKNOWN"] as const) assert.equal(exits({ state }), "not-running");
  assert.equal(exits({ liveness: "late" }), "ok");
  assert.equal(exits({ liveness: "lost" }), "not-running");
});

test("the summary counts by state, most first", () => {
  const rows = [running, { ...running, instance: "web-2" }, { ...running, state: "FATAL" } as const];
  assert.equal(tallyOf(rows).summary(), "3 processes on 2 instances: 2 RUNNING, 1 FATAL");
});

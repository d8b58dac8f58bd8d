// What reports become in history.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cause, contactEvent, eventOf, eventsOf, missingEvent } from "./history.js";
import { admit } from "./intake.js";
import { aProcess, SUPERVISOR } from "./rows.fixture.js";
import type { EndOfLife, Fact } from "./rows.js";

const nobody: Cause = () => null;
const end: EndOfLife = {
  pid: 41,
  exit: { code: null, signal: "SIGKILL", coreDumped: false, expected: false },
  uptimeMs: 5,
  cpuMs: 1,
  oomKilled: false,
  peakMemoryBytes: 2,
  stdoutTail: new Uint8Array([1]),
  stderrTail: new Uint8Array(),
};
const event = (fact: Fact, cause = nobody) => eventOf("web1", { seq: 7, atMs: 70, fact }, cause);

test("an end of life tells the pid and the exit of the life that ended, not of its successor", () => {
  const process = aProcess({
    state: "EXITED",
    pid: null,
    exit: { code: 1, signal: null, coreDumped: false, expected: true },
  });
  const kept = event({ type: "state-change", from: "RUNNING", process, end, orderId: null });
  assert.deepEqual(
    [kept?.pid, kept?.exit?.signal, kept?.fromState, kept?.toState],
    [41, "SIGKILL", "RUNNING", "EXITED"],
  );
});

test("a start tells no exit, though the process remembers its last one", () => {
  const process = aProcess({ pid: 42, exit: end.exit });
  const kept = event({ type: "state-change", from: "STARTING", process, end: null, orderId: null });
  assert.deepEqual([kept?.pid, kept?.exit, kept?.end], [42, null, null]);
});

test("a change that an order caused tells operation and user; one of a strange order tells none", () => {
  const fact: Fact = { type: "state-change", from: "STOPPED", process: aProcess(), end: null, orderId: "op1/a1" };
  const kept = event(fact, (id) => (id === "op1/a1" ? { operationId: "op1", user: "alice" } : null));
  assert.deepEqual([kept?.operationId, kept?.user], ["op1", "alice"]);
  assert.deepEqual([event(fact)?.operationId, event(fact)?.user], [null, null]);
});

test("gaps say how many and which, and why", () => {
  assert.equal(
    event({ type: "gap", first: 3, last: 6 })?.detail,
    "4 reports missing (3 to 6): the agent's outbox was full",
  );
  assert.equal(
    missingEvent("web1", { first: 3, last: 3, atMs: 9 }).detail,
    "1 report missing (3 to 3): they never reached this history",
  );
});

test("a hole is told where it is, between the reports around it", () => {
  const change: Fact = { type: "state-change", from: "STARTING", process: aProcess(), end: null, orderId: null };
  const reports = [1, 4, 5, 9].map((seq) => ({ seq, atMs: seq, fact: change }));
  const told = eventsOf("web1", admit(0, reports), nobody).map(({ seq, detail }) => seq ?? detail?.slice(0, 9));
  assert.deepEqual(told, [1, "2 reports", 4, 5, "3 reports", 9]);
});

test("what only matters live is no event", () => {
  assert.equal(event({ type: "supervisor", supervisor: SUPERVISOR }), null);
  assert.equal(event({ type: "unknown" }), null);
});

test("processes that come and go, and instances, are told by name alone", () => {
  const added = event({ type: "process-added", process: aProcess({ group: "api", name: "x", state: "STOPPED" }) });
  assert.deepEqual([added?.kind, added?.group, added?.name, added?.toState], ["process-added", "api", "x", "STOPPED"]);
  const removed = event({ type: "process-removed", group: "api", name: "x" });
  assert.deepEqual([removed?.kind, removed?.toState, removed?.seq], ["process-removed", null, 7]);
  const up = contactEvent("web1", "instance-up", 5, null);
  assert.deepEqual([up.kind, up.group, up.seq, up.atMs], ["instance-up", null, null, 5]);
});

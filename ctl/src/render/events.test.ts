import assert from "node:assert/strict";
import { test } from "node:test";
import { BLANK_EVENT } from "@fleetvisor/proto/api/history-event.fixture";
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { detailOf, subjectOf } from "./events.js";

const event = (fields: Partial<HistoryEvent>): HistoryEvent => ({
  ...BLANK_EVENT,
  group: "api",
  name: "api",
  ...fields,
});

test("an end says how, after how long, who asked; an unexpected one its last words", () => {
  assert.equal(
    detailOf(event({ toState: "STOPPED", exitSignal: "SIGTERM", exitExpected: true, uptimeMs: 4_512, user: "alice" })),
    "ended by SIGTERM, after 4.5s, by alice",
  );
  const crash = { exitCode: 3, exitExpected: false, uptimeMs: 187_000, stderrTail: "one\n\ncannot bind\n" };
  assert.equal(
    detailOf(event({ toState: "EXITED", ...crash })),
    "exited with code 3 (unexpected), after 3m 07s; stderr: cannot bind",
  );
  assert.equal(
    detailOf(event({ toState: "EXITED", exitSignal: "SIGSEGV", exitExpected: false, coreDumped: true })),
    "ended by SIGSEGV, core dumped",
  );
  assert.equal(
    detailOf(event({ toState: "EXITED", exitSignal: "SIGKILL", exitExpected: false, oomKilled: true })),
    "killed: out of memory",
  );
});

test("a start says its pid; failures to start their reason", () => {
  assert.equal(detailOf(event({ toState: "RUNNING", pid: 42 })), "pid 42");
  assert.equal(detailOf(event({ toState: "STARTING" })), "");
  assert.equal(
    detailOf(event({ toState: "BACKOFF", spawnError: "can't find command '/x'" })),
    "can't find command '/x'",
  );
  assert.equal(detailOf(event({ toState: "FATAL", spawnError: "Exited too quickly (...)" })), "exited too quickly");
});

test("what concerns an instance is told of the instance", () => {
  const down = event({ kind: "instance-down", group: null, name: null, detail: "no heartbeat" });
  assert.deepEqual([subjectOf(down), detailOf(down)], ["web-1", "no heartbeat"]);
  assert.equal(subjectOf(event({})), "web-1/api:api");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent, Process } from "@fleetvisor/proto/api/v1";
import { EXPORTED_EVENTS, EXPORTED_PROCESSES } from "./export.js";

test("a file of processes has a line each, in CSV under a heading and with times that people read", () => {
  const process = { target: "web1/api:a", state: "FATAL", sinceMs: 0, pid: null, command: "run, then" } as Process;
  const heads = EXPORTED_PROCESSES.head("csv").trim().split(",");
  const csv = EXPORTED_PROCESSES.line("csv", process);
  assert.match(csv, /^web1\/api:a,,,,FATAL,,1970-01-01T00:00:00.000Z,,.*"run, then"/);
  assert.equal(heads.length, new Set(heads).size);
  assert.equal(EXPORTED_PROCESSES.head("ndjson"), "");
  assert.deepEqual(JSON.parse(EXPORTED_PROCESSES.line("ndjson", process)), process);
});

test("spans of time stay numbers, moments become dates", () => {
  const event = { id: 7, kind: "process-state", atMs: 1_000, uptimeMs: 61_000, cpuMs: 5 } as HistoryEvent;
  const cells = EXPORTED_EVENTS.line("csv", event).trim().split(",");
  const named = Object.fromEntries(
    EXPORTED_EVENTS.head("csv")
      .trim()
      .split(",")
      .map((head, at) => [head, cells[at]]),
  );
  assert.equal(named.atMs, "1970-01-01T00:00:01.000Z");
  assert.deepEqual([named.uptimeMs, named.cpuMs], ["61000", "5"]);
});

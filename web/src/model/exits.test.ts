import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { buildBefore, buildExits } from "./exits.js";

const event = (id: number, part: Partial<HistoryEvent>): HistoryEvent => ({
  id,
  kind: "process-state",
  atMs: id * 1_000,
  instance: "web1",
  group: "api",
  name: "api",
  fromState: "RUNNING",
  toState: "EXITED",
  pid: 7,
  exitCode: null,
  exitSignal: null,
  exitExpected: null,
  coreDumped: false,
  oomKilled: false,
  spawnError: null,
  uptimeMs: null,
  cpuMs: null,
  peakMemoryBytes: null,
  stdoutTail: null,
  stderrTail: null,
  operationId: null,
  user: null,
  detail: null,
  ...part,
});

test("exits are ended lives and failed starts, with what they used", () => {
  const rows = buildExits([
    event(4, { toState: "FATAL", exitCode: 1, spawnError: "Exited too quickly (process log may have details)" }),
    event(3, { exitCode: 1, exitExpected: false, uptimeMs: 61_000, cpuMs: 1_500, peakMemoryBytes: 2_048 }),
    event(2, { toState: "RUNNING" }),
    event(1, { toState: "BACKOFF", spawnError: "no such file", operationId: "op", user: "ann" }),
  ]);
  assert.deepEqual(
    rows.map(({ id, cause, uptime, cpu, memory, who, operationHref }) => [
      id,
      cause,
      uptime,
      cpu,
      memory,
      who,
      operationHref,
    ]),
    [
      [3, "exited with code 1 (unexpected)", "1m 01s", "1.5s", "2.0 KiB", "", null],
      [1, "no such file", "", "", "", "ann", "/operations/op"],
    ],
  );
});

test("before an end: what people and configuration did and who else died, each operation once, itself left out", () => {
  const end = event(100, { uptimeMs: 5_000, exitCode: 1 });
  const rows = buildBefore(end, [
    event(101, { name: "later", uptimeMs: 1 }),
    event(99, { toState: "STARTING" }),
    event(98, { name: "db", uptimeMs: 9_000, exitSignal: "SIGKILL" }),
    event(97, { name: "db", operationId: "op", user: "ann", toState: "RUNNING" }),
    event(96, { name: "db", operationId: "op", user: "ann", toState: "STARTING" }),
    event(95, { kind: "process-added", name: "cache", fromState: null, toState: null }),
    event(94, { uptimeMs: 3_000, exitCode: 1 }),
    event(1, { atMs: -2_000_000, operationId: "old", user: "bob" }),
  ]);
  assert.deepEqual(
    rows.map(({ subject, words, when, operationHref }) => [subject, words, when, operationHref]),
    [
      ["web1/api:db", "killed by SIGKILL", "2s before", null],
      ["web1/api:db", "ann asked for an operation", "3s before", "/operations/op"],
      ["web1/api:cache", "added by the configuration", "5s before", null],
    ],
  );
});

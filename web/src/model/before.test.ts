import assert from "node:assert/strict";
import { test } from "node:test";
import { BLANK_EVENT } from "@fleetvisor/proto/api/history-event.fixture";
import type { HistoryEvent, Operation } from "@fleetvisor/proto/api/v1";
import { buildBefore } from "./before.js";

const event = (id: number, part: Partial<HistoryEvent>): HistoryEvent => ({
  ...BLANK_EVENT,
  id,
  atMs: id * 1_000,
  instance: "web1",
  group: "api",
  name: "api",
  fromState: "RUNNING",
  toState: "EXITED",
  pid: 7,
  ...part,
});

test("before an end: what people and configuration did and who else died, each operation once, itself left out", () => {
  const end = event(100, { uptimeMs: 5_000, exitCode: 1 });
  const rows = buildBefore(end, {
    skewMs: 0,
    operations: [],
    events: [
      event(101, { name: "later", uptimeMs: 1 }),
      event(99, { toState: "STARTING" }),
      event(98, { name: "db", uptimeMs: 9_000, exitSignal: "SIGKILL" }),
      event(97, { name: "db", operationId: "op", user: "ann", toState: "RUNNING" }),
      event(96, { name: "db", operationId: "op", user: "ann", toState: "STARTING" }),
      event(95, { kind: "process-added", name: "cache", fromState: null, toState: null }),
      event(94, { uptimeMs: 3_000, exitCode: 1 }),
      event(1, { atMs: -2_000_000, operationId: "old", user: "bob" }),
    ],
  });
  assert.deepEqual(
    rows.map(({ subject, words, when, operationHref }) => [subject, words, when, operationHref]),
    [
      ["web1/api:db", "killed by SIGKILL", "2s before", null],
      ["web1/api:db", "ann asked for an operation", "3s before", "/operations/op"],
      ["web1/api:cache", "added by the configuration", "5s before", null],
    ],
  );
});

const operation = (id: string, createdAtMs: number, part: Partial<Operation> = {}): Operation => ({
  ...{ id, createdAtMs, verb: "signal", signal: "HUP", user: "ann", selector: "web1/*", state: "succeeded" },
  finishedAtMs: createdAtMs,
  targets: ["web1", "web2"].map((instance) => ({
    ...{ target: `${instance}/api:api`, instance, group: "api", name: "api" },
    ...{ result: "succeeded", code: 80, message: "OK", finishedAtMs: null },
  })),
  ...part,
});

test("what was asked for and changed no state is told too, by the controller's clock, each once and in words", () => {
  // The host's clock is a minute ahead.
  const end = event(100, { atMs: 160_000, uptimeMs: 5_000, exitCode: 1, operationId: "own" });
  const rows = buildBefore(end, {
    skewMs: 60_000,
    events: [event(98, { atMs: 150_000, name: "db", operationId: "both", user: "bob", toState: "STARTING" })],
    operations: [
      operation("later", 100_001),
      operation("own", 99_500),
      operation("hup", 98_000),
      operation("both", 89_000, { verb: "restart", signal: null, user: "bob" }),
      operation("elsewhere", 97_000, { targets: [] }),
      operation("long ago", -900_001),
    ],
  });
  assert.deepEqual(
    rows.map(({ words, subject, when, operationHref }) => [words, subject, when, operationHref]),
    [
      ["ann asked for an operation: Send HUP to 2 processes", "web1/api:api", "2s before", "/operations/hup"],
      ["bob asked for an operation: Restart 2 processes", "web1/api:db", "10s before", "/operations/both"],
    ],
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent, Operation } from "@fleetvisor/proto/api/v1";
import { buildLastHour } from "./last-hour.js";

const event = (
  name: string | null,
  fromState: string | null,
  toState: string | null,
  part: Partial<HistoryEvent> = {},
) =>
  ({
    ...{ id: 1, kind: "process-state", atMs: 0, instance: "web1", group: name, name, fromState, toState, pid: null },
    ...{ exitCode: null, exitSignal: null, exitExpected: null, spawnError: null, uptimeMs: null, operationId: null },
    ...{ cpuMs: null, peakMemoryBytes: null, stdoutTail: null, stderrTail: null, user: null, detail: null },
    ...part,
  }) as HistoryEvent;

test("worse is what was well and is bad now; what was bad before or is well again is not", () => {
  const { worse } = buildLastHour(
    [
      event("died", "RUNNING", "EXITED", { exitCode: 1, exitExpected: false }),
      event("again", "STARTING", "RUNNING"),
      event("again", "RUNNING", "EXITED", { exitCode: 1, exitExpected: false }),
      event("always", "BACKOFF", "FATAL"),
      event(null, null, null, { kind: "instance-down", detail: "nothing heard for 60 s" }),
    ],
    [],
    0,
  );
  assert.deepEqual(
    worse.map(({ subject, words }) => [subject, words]),
    [
      ["web1/died:died", "exited with code 1 (unexpected)"],
      ["web1", "nothing heard for 60 s"],
    ],
  );
});

test("restarts that nobody asked for are counted, from twice on, most first, and lead to their events", () => {
  const starts = (name: string, count: number, part: Partial<HistoryEvent> = {}) =>
    Array.from({ length: count }, () => event(name, "EXITED", "STARTING", part));
  const { restarters } = buildLastHour(
    [...starts("a", 2), ...starts("b", 4), ...starts("c", 9, { operationId: "op" }), ...starts("d", 1)],
    [],
    0,
  );
  assert.deepEqual(
    restarters.map(({ subject, count, eventsHref }) => [subject, count, eventsHref]),
    [
      ["web1/b:b", 4, "/events?q=web1%2Fb%3Ab&cause=restart&span=1h"],
      ["web1/a:a", 2, "/events?q=web1%2Fa%3Aa&cause=restart&span=1h"],
    ],
  );
});

test("operations that failed within the hour are told, and those under way that fail already", () => {
  const operation = (id: string, part: object) =>
    ({
      ...{
        id,
        verb: "stop",
        targets: [],
        user: "ann",
        state: "failed",
        finishedAtMs: 10,
        counts: { failed: 2, succeeded: 1 },
      },
      ...part,
    }) as unknown as Operation;
  const operations = [
    operation("1", {}),
    operation("2", { state: "running", finishedAtMs: null, counts: { unknown: 1, pending: 4 } }),
    operation("3", { state: "running", finishedAtMs: null, counts: { pending: 4 } }),
    operation("4", { state: "aborted" }),
  ];
  const told = (nowMs: number) => buildLastHour([], operations, nowMs).failed;
  assert.deepEqual(
    told(20).map(({ id, title, count, countHref, underWay }) => [id, title, count, countHref, underWay]),
    [
      ["1", "Stop 3 processes", 2, "/operations/1?result=failed,unknown", false],
      ["2", "Stop 5 processes", 1, "/operations/2?result=failed,unknown", true],
    ],
  );
  assert.deepEqual(
    told(3_600_010).map(({ id }) => id),
    ["2"],
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { buildRestless } from "./restless.js";

const NOW = 3_600_000;

const event = (name: string, atMs: number, fromState: string, toState: string, part: Partial<HistoryEvent> = {}) =>
  ({
    ...{ id: 1, kind: "process-state", atMs, instance: "web1", group: name, name, fromState, toState, pid: null },
    ...{ exitCode: null, exitSignal: null, exitExpected: null, spawnError: null, uptimeMs: null, operationId: null },
    ...{ cpuMs: null, peakMemoryBytes: null, stdoutTail: null, stderrTail: null, user: null, detail: null },
    ...part,
  }) as HistoryEvent;

/** So many lives that were killed, the last of them restarted so long ago; newest first. */
const lives = (name: string, count: number, agoMs: number, part: Partial<HistoryEvent> = {}) =>
  Array.from({ length: count }, (_, n) => [
    event(name, NOW - agoMs - n * 60_000, "EXITED", "STARTING", part),
    event(name, NOW - agoMs - n * 60_000 - 1, "RUNNING", "EXITED", {
      exitSignal: "SIGKILL",
      exitExpected: false,
      uptimeMs: 9_000,
    }),
  ]).flat();

test("who restarts again and again is told with how often, how it ended last, and the events behind it", () => {
  const rows = buildRestless([...lives("api", 3, 5_000), ...lives("worse", 5, 9_000)], true, NOW);
  assert.deepEqual(
    rows.map(({ process, count, reason, eventsHref }) => [process.name, count, reason, eventsHref]),
    [
      ["worse", 5, "killed by SIGKILL", "/events?q=web1%2Fworse%3Aworse&cause=restart&span=1h"],
      ["api", 3, "killed by SIGKILL", "/events?q=web1%2Fapi%3Aapi&cause=restart&span=1h"],
    ],
  );
});

test("a restart that somebody asked for does not hide how it fails", () => {
  const asked = { exitSignal: "SIGTERM", uptimeMs: 9_000, operationId: "op", user: "ann" };
  const rows = buildRestless(
    [
      event("api", NOW, "STOPPED", "STARTING", asked),
      event("api", NOW, "STOPPING", "STOPPED", asked),
      ...lives("api", 3, 5_000),
    ],
    true,
    NOW,
  );
  assert.deepEqual(
    rows.map(({ count, reason, atLeast }) => [count, reason, atLeast]),
    [[3, "killed by SIGKILL", false]],
  );
  assert.equal(buildRestless(lives("api", 3, 5_000), false, NOW)[0]?.atLeast, true, "older events were not looked at");
});

test("two restarts, restarts that were asked for, and restarts that are over are no habit", () => {
  const rows = buildRestless(
    [...lives("twice", 2, 5_000), ...lives("asked", 9, 5_000, { operationId: "op" }), ...lives("over", 9, 16 * 60_000)],
    true,
    NOW,
  );
  assert.deepEqual(rows, []);
});

test("what is given up, failing or stopped by now is told as that and not once more", () => {
  const ended = (name: string, toState: string) => [event(name, NOW, "STARTING", toState), ...lives(name, 5, 5_000)];
  const rows = buildRestless([...ended("a", "FATAL"), ...ended("b", "BACKOFF"), ...ended("c", "STOPPED")], true, NOW);
  assert.deepEqual(rows, []);
});

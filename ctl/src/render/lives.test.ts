import assert from "node:assert/strict";
import { test } from "node:test";
import { BLANK_EVENT } from "@fleetvisor/proto/api/history-event.fixture";
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { chooseColors } from "./colors.js";
import { lifeRows, livesOf } from "./lives.js";

const event: HistoryEvent = { ...BLANK_EVENT, group: "api", name: "worker" };

const at = (atMs: number, toState: HistoryEvent["toState"], change: Partial<HistoryEvent> = {}): HistoryEvent => ({
  ...event,
  atMs,
  toState,
  ...change,
});

const ended = (uptimeMs: number, change: Partial<HistoryEvent> = {}) => ({
  pid: 7,
  uptimeMs,
  cpuMs: 1_500,
  peakMemoryBytes: 50 * 1024 * 1024,
  exitCode: 0,
  exitExpected: true,
  ...change,
});

test("a life begins with its start and ends with its cause, what it took, and who asked", () => {
  const [life, ...more] = livesOf([
    at(1_000, "STARTING", { pid: 7 }),
    at(2_000, "RUNNING", { pid: 7 }),
    at(61_000, "STOPPING", { user: "alice", operationId: "op" }),
    at(62_000, "STOPPED", ended(61_000, { exitCode: null, exitSignal: "SIGTERM" })),
  ]);
  assert.deepEqual(more, []);
  assert.ok(life !== undefined);
  const { startedAtMs, endedAtMs, uptimeMs, cause, user, operationId, target } = life;
  assert.deepEqual(
    { startedAtMs, endedAtMs, uptimeMs, cause, user, operationId, target },
    {
      startedAtMs: 1_000,
      endedAtMs: 62_000,
      uptimeMs: 61_000,
      cause: "ended by SIGTERM",
      user: "alice",
      operationId: "op",
      target: "web-1/api:worker",
    },
  );
});

test("a start that failed is a line of its own, giving it up is not", () => {
  const lives = livesOf([
    at(1_000, "STARTING"),
    at(1_000, "BACKOFF", { spawnError: "can't find command '/x'" }),
    at(2_000, "STARTING"),
    at(2_500, "BACKOFF", ended(500, { exitCode: 3, exitExpected: false })),
    at(2_500, "FATAL", { exitCode: 3, exitExpected: false }),
  ]);
  assert.deepEqual(
    lives.map(({ cause, uptimeMs }) => [cause, uptimeMs]),
    [
      ["can't find command '/x'", null],
      ["exited with code 3 (unexpected)", 500],
    ],
  );
});

test("what goes on has no end, and what began before history has a start only if its end tells", () => {
  const lives = livesOf([
    at(5_000, "EXITED", ended(4_000)),
    at(6_000, "STARTING", { pid: 8, user: "bob" }),
    at(7_000, "RUNNING", { pid: 8 }),
  ]);
  assert.deepEqual(
    lives.map(({ startedAtMs, endedAtMs, pid, user }) => ({ startedAtMs, endedAtMs, pid, user })),
    [
      { startedAtMs: 1_000, endedAtMs: 5_000, pid: 7, user: null },
      { startedAtMs: 6_000, endedAtMs: null, pid: 8, user: "bob" },
    ],
  );
  const rows = lifeRows(lives, { nowMs: 66_000, colors: chooseColors({}, false), words: false });
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "string" ? cell : cell.text)));
  assert.deepEqual(cells[0]?.slice(2), ["4.0s", "7", "1.5s", "50.0 MB", "-", "exited with code 0"]);
  assert.deepEqual(cells[1]?.slice(2), ["1m 00s", "8", "-", "-", "bob", "goes on"]);
});

test("last words stand below, when asked for", () => {
  const lives = livesOf([at(5_000, "EXITED", ended(4_000, { stderrTail: "one\ncannot bind\n" }))]);
  const rows = lifeRows(lives, { nowMs: 0, colors: chooseColors({}, false), words: true });
  assert.deepEqual(
    rows.slice(1).map((row) => row.map((cell) => (typeof cell === "string" ? cell : cell.text)).at(-1)),
    ["stderr | one", "stderr | cannot bind"],
  );
});

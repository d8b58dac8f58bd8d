import assert from "node:assert/strict";
import { test } from "node:test";
import { BLANK_EVENT } from "@fleetvisor/proto/api/history-event.fixture";
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { buildExits } from "./exits.js";

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

test("memory that an agent could not see is left out, not told as none", () => {
  const [row] = buildExits([event(1, { exitCode: 0, uptimeMs: 5_000, cpuMs: 3, peakMemoryBytes: 0 })]);
  assert.deepEqual([row?.cpu, row?.memory], ["3ms", ""]);
});

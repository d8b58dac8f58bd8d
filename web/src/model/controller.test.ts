import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instance, StoredRows } from "@fleetvisor/proto/api/v1";
import { buildClocks, buildFigures, buildSizes, buildStored, buildVersions, readFigures } from "./controller.js";

const instance = (name: string, version: string, clockSkewMs = 0) => ({ name, version, clockSkewMs }) as Instance;

test("figures are read from a Prometheus text, those with labels are not mixed up with them", () => {
  const figures = readFigures(
    '# HELP a b\n# TYPE a gauge\nfleetvisor_agent_sessions 3\nfleetvisor_instances{liveness="live"} 9\nprocess_resident_memory_bytes 1.048576e+06 123\n',
  );
  assert.deepEqual(
    [...figures],
    [
      ["fleetvisor_agent_sessions", 3],
      ["process_resident_memory_bytes", 1_048_576],
    ],
  );
});

test("what the controller does not tell is left out, and a mean needs commits", () => {
  const figures = new Map([
    ["process_start_time_seconds", 40],
    ["fleetvisor_store_writable", 0],
    ["fleetvisor_store_commits_total", 4],
    ["fleetvisor_store_commit_seconds_total", 0.01],
  ]);
  assert.deepEqual(
    buildFigures(figures, 100_000).map(({ name, value }) => `${name}: ${value}`),
    ["Up for: 1m 00s", "History: is not written", "A commit takes: 2.5 ms"],
  );
});

test("versions come most common first, clocks worst first and right ones not at all", () => {
  const all = [instance("a", "1.0", 2_500), instance("b", "1.1", -9_000), instance("c", "1.1", 100), instance("d", "")];
  assert.deepEqual(
    buildVersions(all, "1.0").map(({ version, count, own }) => [version, count, own]),
    [
      ["1.1", 2, false],
      ["1.0", 1, true],
      ["not known", 1, false],
    ],
  );
  assert.deepEqual(
    buildClocks(all).map(({ name, words }) => `${name} ${words}`),
    ["b 9s behind", "a 2s ahead"],
  );
});

test("each kind says how much of it there is, for how long, and when its oldest row goes", () => {
  const DAY = 86_400_000;
  const now = 100 * DAY;
  const rows = (more: Partial<StoredRows>): StoredRows => ({
    ...{ kind: "events", rows: 0, estimated: false, oldestAtMs: null, keptMs: 90 * DAY, mostRows: null },
    ...more,
  });
  const [counted, full, young, past, ever, empty] = buildStored(
    [
      rows({ rows: 1_200, estimated: true, oldestAtMs: now - 80 * DAY, mostRows: 5_000 }),
      rows({ rows: 5_000, oldestAtMs: now - DAY, mostRows: 5_000 }),
      rows({ kind: "minutes", rows: 1, oldestAtMs: now, keptMs: DAY / 2 }),
      rows({ kind: "hours", rows: 1, oldestAtMs: 0, keptMs: DAY }),
      rows({ kind: "audit", rows: 7, oldestAtMs: 0, keptMs: null }),
      rows({ kind: "operations" }),
    ],
    now,
  ).map(({ word, rows, kept, goes }) => `${word}: ${rows}; ${kept}; ${goes}`);
  assert.deepEqual(
    [counted, full, young, past, ever, empty],
    [
      "Events of history: about 1,200; 90 days, at most 5,000; in 10d 0h",
      "Events of history: 5,000; 90 days, at most 5,000; as new ones come",
      "Figures by the minute: 1; 12h 00m; in 12h 00m",
      "Figures by the hour: 1; 1 day; now",
      "Rows of the audit: 7; ever; never",
      "Operations: none; 90 days; nothing to go",
    ],
  );
});

test("what is free is told where it is known, and nothing of a store that cannot be read", () => {
  const state = { version: "1", atMs: 1, startedAtMs: 1, trouble: null, waitingRows: 0, backup: null };
  const sizes = { sizeBytes: 2048, reusableBytes: 0, kinds: [] };
  const told = (bytes: number | null) =>
    buildSizes({ ...state, store: { ...sizes, diskFreeBytes: bytes, limitBytes: bytes } }).map(
      ({ name, value }) => `${name}: ${value}`,
    );
  assert.deepEqual(told(1024 ** 3), [
    "Size of its files: 2.0 KiB",
    "Of that, room for new rows: 0 B",
    "Rows may take: 1.0 GiB",
    "Free on its disk: 1.0 GiB",
  ]);
  assert.equal(told(null).length, 2);
  assert.deepEqual(buildSizes({ ...state, store: null }), []);
});

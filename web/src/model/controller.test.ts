import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instance } from "@fleetvisor/proto/api/v1";
import { buildClocks, buildFigures, buildVersions, readFigures } from "./controller.js";

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
    buildVersions(all).map(({ version, count }) => [version, count]),
    [
      ["1.1", 2],
      ["1.0", 1],
      ["not known", 1],
    ],
  );
  assert.deepEqual(
    buildClocks(all).map(({ name, words }) => `${name} ${words}`),
    ["b 9s behind", "a 2s ahead"],
  );
});

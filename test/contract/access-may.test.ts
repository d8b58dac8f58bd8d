// Rows say what their reader may do to them, so that a page offers nothing that would be refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { FleetSummary, Instance, InstanceList, Process, ProcessList } from "@fleetvisor/proto/api/v1";
import { ACCESS_VERB_NAMES } from "@fleetvisor/proto/vocabulary/access";
import { accessWorld } from "./access-world.js";

test("a row names the verbs that its reader's grants allow on it, and no others", async (t) => {
  const world = await accessWorld(t);
  world.hosts({
    name: "web1",
    labels: { role: "web" },
    processes: [
      { group: "api", name: "api" },
      { group: "db", name: "db", state: "FATAL" },
    ],
  });
  const token = await world.user(
    "ann",
    { role: "viewer", selector: "all" },
    { verbs: ["restart"], selector: "role=web/api:*" },
  );
  const list = await world.get<ProcessList>(API_PATHS.processes, { token });
  assert.deepEqual(
    list.items.map(({ name, may }) => [name, may]),
    [
      ["api", ["logs", "restart"]],
      ["db", ["logs"]],
    ],
  );
  const path = `${API_PATHS.instances}/web1/processes/api/api`;
  assert.deepEqual((await world.get<Process>(path, { token })).may, ["logs", "restart"]);
  assert.deepEqual((await world.get<FleetSummary>(API_PATHS.fleet, { token })).trouble[0]?.may, ["logs"]);
  assert.deepEqual((await world.get<Instance>(`${API_PATHS.instances}/web1`, { token })).may, ["logs"]);
  const everything = ACCESS_VERB_NAMES.filter((verb) => verb !== "read");
  assert.deepEqual((await world.get<InstanceList>(API_PATHS.instances)).items[0]?.may, everything);
});

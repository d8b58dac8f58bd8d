// A controller that dies just after it has let a new start of an agent in, and before it has written down what follows from that.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { HistoryPage, Instance, Operation } from "@fleetvisor/proto/api/v1";
import { SqliteStore } from "../../controller/src/store/sqlite/sqlite-store.js";
import { type ControllerInside, controllerInside } from "../helpers/controller-inside.js";
import { eventually } from "../helpers/eventually.js";
import { enrol, openSession, type Papers } from "../helpers/scripted-agent.js";

/** The controller stops, and is as if it had died when it had let `boot-2` of the agent in. */
async function dieLettingIn(controller: ControllerInside, { agentId }: Papers): Promise<void> {
  await controller.stop();
  const store = new SqliteStore(join(controller.dataDir, "fleetvisor.db"));
  await store.start();
  const boot = { agentId, bootId: "boot-2", name: "web1", labels: {}, hostName: "host", version: "0.1.0" };
  await store.openSession({ ...boot, seenEpoch: 0, atMs: Date.now() });
  await store.stop();
  await controller.startAgain();
}

const isShown = (controller: ControllerInside) =>
  eventually(async () => {
    const instance = await controller.api.get<Instance>(apiPath("instance", { instance: "web1" }));
    return instance.processCount === 1;
  });

test("a new start of an agent is told in history", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  await openSession(t, controller, papers);
  await isShown(controller);
  await dieLettingIn(controller, papers);
  await openSession(t, controller, papers, { hello: { bootId: "boot-2" } });
  await isShown(controller);
  await sleep(200);
  const { items } = await controller.api.get<HistoryPage>(API_PATHS.events, { limit: 10 });
  assert.deepEqual(
    items.map(({ kind, detail }) => [kind, detail]),
    [
      ["instance-up", "the agent was started anew"],
      ["instance-up", null],
    ],
  );
});

test("an order that went to one start of an agent is not given to the next", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const first = await openSession(t, controller, papers);
  await isShown(controller);
  const { id } = await controller.api.post<Operation>(API_PATHS.operations, { verb: "restart", selector: "web1/api" });
  await first.next("order");
  await dieLettingIn(controller, papers);
  const second = await openSession(t, controller, papers, { hello: { bootId: "boot-2" } });
  await isShown(controller);
  await sleep(200);
  assert.deepEqual(
    second.heard.filter(({ $case }) => $case === "order"),
    [],
  );
  const { targets } = await controller.api.get<Operation>(apiPath("operation", { id }));
  assert.deepEqual(
    targets.map(({ result }) => result),
    ["unknown"],
  );
});

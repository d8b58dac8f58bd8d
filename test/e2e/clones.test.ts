// A state_dir copied to a second host: real agents, of which one is supervised as before and the other one is told why it is not.
import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { AuditPage, Instance, Operation } from "@fleetvisor/proto/api/v1";
import { eventually } from "../helpers/eventually.js";
import { linkSection, startFleet } from "../helpers/fleet.js";
import { startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

const SLEEPER = "[program:sleeper]\ncommand = sleep 1000\n";
/** Longer than an agent waits whose session another one took over. */
const QUIET_MS = 12_000;

test("an agent on a copied state_dir is refused with the reason, and orders go on reaching the first one", async (t) => {
  const fleet = await startFleet(t, [{ name: "web1", sections: SLEEPER }]);
  const { controller } = fleet;
  const first = fleet.agent("web1");
  const dir = tempDir(t);
  cpSync(join(first.dir, "state"), join(dir, "state"), { recursive: true });
  writeFileSync(join(dir, "join-token"), "");
  const sections = `${linkSection(dir, { name: "web1" }, controller.grpcPort)}\n${SLEEPER}`;
  const copy = await startDaemon(t, { kind: "fvagent", dir, sections });
  const refusal =
    /the controller ended the session: another agent with this identity is connected, from host .*copied state_dir/;
  await eventually(() => refusal.test(copy.log()), { what: "the copy is told why", context: copy.log });
  const pids = async () => ({ first: (await first.info("sleeper")).pid, copy: (await copy.info("sleeper")).pid });
  const before = await pids();
  const restart = () =>
    controller.api.post<Operation>(API_PATHS.operations, { verb: "restart", selector: "web1/sleeper", waitMs: 20_000 });
  assert.equal((await restart()).state, "succeeded");
  await sleep(QUIET_MS);
  assert.equal((await restart()).state, "succeeded");
  const after = await pids();
  assert.notEqual(after.first, before.first);
  assert.equal(after.copy, before.copy, "no order reached the copy");
  assert.doesNotMatch(first.log(), /took over|ended the session|lost the controller/);
  const { liveness, warning } = await controller.api.get<Instance>(apiPath("instance", { instance: "web1" }));
  assert.equal(liveness, "live");
  assert.match(warning ?? "", /another agent with its identity .* is refused/);
  const { items } = await controller.api.get<AuditPage>(API_PATHS.audit);
  assert.equal(items.filter(({ action }) => action === "agent.refuse").length, 1);

  // The first one is switched off: whoever starts the other one now has made up their mind.
  await first.stop();
  await copy.stop();
  const moved = await startDaemon(t, { kind: "fvagent", dir, sections });
  await eventually(() => moved.log().includes("connected as 'web1'"), { withinMs: 40_000, context: moved.log });
  assert.equal((await restart()).state, "succeeded");
  assert.notEqual((await moved.info("sleeper")).pid, after.copy);
});

test("a removed instance's agent is refused, and so is a copy of it", async (t) => {
  const fleet = await startFleet(t, [{ name: "web1", sections: SLEEPER }]);
  const { controller } = fleet;
  const agent = fleet.agent("web1");
  const answer = await fetch(new URL(apiPath("instance", { instance: "web1" }), controller.url), {
    method: "DELETE",
    headers: { authorization: `Bearer ${controller.token}` },
  });
  assert.equal(answer.status, 204);
  await eventually(() => /removed from the fleet: it needs a new join token/.test(agent.log()), { context: agent.log });
  const dir = tempDir(t);
  cpSync(join(agent.dir, "state"), join(dir, "state"), { recursive: true });
  writeFileSync(join(dir, "join-token"), "");
  const sections = `${linkSection(dir, { name: "web1" }, controller.grpcPort)}\n${SLEEPER}`;
  // Over a restart of the controller too.
  await controller.crash();
  await controller.startAgain();
  const copy = await startDaemon(t, { kind: "fvagent", dir, sections });
  await eventually(() => /removed from the fleet: it needs a new join token/.test(copy.log()), { context: copy.log });
  await eventually(async () => (await copy.info("sleeper")).statename === "RUNNING", {
    what: "it is a complete supervisord all the same",
  });
  assert.deepEqual(await controller.api.get(API_PATHS.instances), { items: [] });
});

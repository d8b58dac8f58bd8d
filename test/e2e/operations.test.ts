// Operations under faults: an agent lost in the middle, a target that never becomes healthy, an abort; and those on whole instances.
// What was reported is compared with what the children themselves wrote down.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Instance, Operation } from "@fleetvisor/proto/api/v1";
import { eventually } from "../helpers/eventually.js";
import { startFleet } from "../helpers/fleet.js";
import { FVCTL } from "../helpers/paths.js";
import { startProcess } from "../helpers/processes.js";
import { begin, finished, HOSTS, NAMES, operationOf, results, starts } from "../helpers/rolling.js";
import { defer } from "../helpers/scope.js";

test("a target that never becomes healthy ends the operation, and the rest is left alone", async (t) => {
  const fleet = await startFleet(t, HOSTS);
  const finishedRun = await fleet.fvctl(
    ...["restart", "role=web/flaky", "--batch", "1", "--wait", "running:4s", "--timeout", "20s", "--yes"],
  );
  assert.equal(finishedRun.code, 1, finishedRun.stdout + finishedRun.stderr);
  assert.match(finishedRun.stdout, /web-1\/flaky:flaky +failed +(was RUNNING for|ended and was started anew)/);
  assert.match(finishedRun.stdout, /web-3\/flaky:flaky +skipped +not begun: more targets failed/);
  assert.match(finishedRun.stderr, /^web-1\/flaky:flaky failed: /m, "a line a target, as it is known");
  assert.match(finishedRun.stderr, /ended before its last target/);
  const { items } = await fleet.controller.api.get<{ items: Operation[] }>(API_PATHS.operations);
  assert.equal(items.length, 1);
  assert.deepEqual(results(await operationOf(fleet.controller, items[0]?.id ?? "")), [
    "web-1/flaky:flaky failed",
    "web-2/flaky:flaky skipped",
    "web-3/flaky:flaky skipped",
  ]);
  const ours = (await fleet.history("web-*/flaky")).filter(({ operationId }) => operationId !== null);
  assert.deepEqual([...new Set(ours.map(({ instance }) => instance))], ["web-1"], "nobody else was ordered about");
});

test("an agent lost while it is watched: unknown, nothing further is begun, and settled when it is heard again", async (t) => {
  const fleet = await startFleet(t, HOSTS);
  const { controller } = fleet;
  const before = starts(fleet);
  const { id } = await begin(controller, {
    ...{ verb: "restart", selector: "web-*/api:*", batch: "2", waitRunningMs: 1_500, timeoutMs: 1_000 },
  });
  await eventually(async () =>
    (await operationOf(controller, id)).targets.slice(0, 2).every(({ result }) => result === "waiting"),
  );
  const agent = fleet.agent("web-1").pid;
  process.kill(agent, "SIGSTOP");
  // Before the agent is ended: one that is stopped does not end.
  defer(t, () => process.kill(agent, "SIGCONT"));
  const operation = await finished(controller, id);
  assert.equal(operation.state, "failed");
  assert.deepEqual(
    operation.targets.map(({ result }) => result),
    ["unknown", "unknown", ...Array(4).fill("skipped")],
  );
  assert.match(operation.targets[0]?.message ?? "", /the agent was lost before it had been RUNNING for 1.5 s/);
  process.kill(agent, "SIGCONT");
  const settled = await eventually(async () => {
    const now = await operationOf(controller, id);
    return now.targets.slice(0, 2).every(({ result }) => result === "succeeded") && now;
  });
  assert.equal(settled.state, "failed", "the rest was skipped");
  assert.deepEqual(
    starts(fleet).map((count, at) => count - (before[at] ?? 0)),
    [1, 1, 0, 0, 0, 0],
  );
});

test("paused, resumed and aborted in the middle of a batch: only what is told as done was done", async (t) => {
  const fleet = await startFleet(t, HOSTS);
  const { controller } = fleet;
  const before = starts(fleet);
  const args = ["restart", "web-*/api:*", "--batch", "2", "--wait", "running:1s", "--yes", "-o", "json"];
  const running = await startProcess(t, process.execPath, [FVCTL, ...args], { env: fleet.ctlEnv });
  const id = await eventually(async () => {
    const { items } = await controller.api.get<{ items: Operation[] }>(API_PATHS.operations);
    return items[0]?.id;
  });
  const paused = await fleet.fvctl("operations", "pause", id.slice(0, 8));
  assert.match(paused.stderr, new RegExp(`operation ${id} is paused: restart: \\d of 6 targets done, batch 1 of 3`));
  await eventually(async () => (await operationOf(controller, id)).counts?.succeeded === 2);
  await sleep(1_000);
  assert.deepEqual((await operationOf(controller, id)).counts, { succeeded: 2, pending: 4 });

  assert.equal((await fleet.fvctl("operations", "resume", id)).code, 0);
  await eventually(async () => (await operationOf(controller, id)).batch === 2);
  assert.equal((await fleet.fvctl("operations", "abort", id)).code, 0);
  const operation = await finished(controller, id);
  assert.equal(operation.state, "aborted");
  assert.deepEqual(operation.counts, { succeeded: 4, skipped: 2 });
  assert.equal((await running.ended).code, 1);
  assert.deepEqual(
    starts(fleet).map((count, at) => count - (before[at] ?? 0)),
    [1, 1, 1, 1, 0, 0],
  );
  const again = await fleet.fvctl("operations", "abort", id);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /it is over/);
  const listed = await fleet.fvctl("operations");
  assert.match(listed.stdout, new RegExp(`^${id.slice(0, 8)} .* admin +aborted +6 +restart web-\\*/api:\\*$`, "m"));
  const shown = await fleet.fvctl("operations", "show", id.slice(0, 6));
  assert.match(shown.stdout, /^batches: +2 of 3 \(2 at a time, each RUNNING for 1s, at most 0 failures\)$/m);
  assert.match(shown.stdout, /^state: +aborted: not begun: admin aborted the operation$/m);
});

test("a change of many asks, and without a terminal wants --yes; a dry run shows the batches", async (t) => {
  const fleet = await startFleet(t, HOSTS);
  const before = starts(fleet);
  const refused = await fleet.fvctl("restart", "web-*/api:*");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /restart reaches 6 processes on 3 instances: say --yes/);
  assert.deepEqual(starts(fleet), before);
  const dry = await fleet.fvctl("restart", "web-*/api:*", "--batch", "50%", "--pause", "5s", "--dry-run");
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /^web-2\/api:api-1 +2$/m);
  assert.equal(
    dry.stderr,
    "fvctl: restart would reach 6 processes on 3 instances in 2 batches with 5s between them; nothing was done\n",
  );
  assert.equal((await fleet.fvctl("reload", "web-1")).code, 2, "a reload asks even for one");
});

test("whole instances: a changed configuration is brought into effect, a daemon begins anew, another is shut down", async (t) => {
  const fleet = await startFleet(t, HOSTS);
  const bootOf = async (name: string) =>
    (await fleet.controller.api.get<Instance>(apiPath("instance", { instance: name }))).supervisorStartedAtMs;
  for (const host of NAMES) {
    const { configFile } = fleet.agent(host);
    const text = readFileSync(configFile, "utf8");
    writeFileSync(configFile, `${text}\n[program:extra]\ncommand = sleep 1000000\nstartsecs = 0\n`);
  }
  const updated = await fleet.fvctl("update", "web-1", "web-2", "--batch", "1");
  assert.equal(updated.code, 0, updated.stdout + updated.stderr);
  assert.match(updated.stdout, /^web-1 +updated +added extra$/m);
  assert.match(updated.stdout, /^web-2 +updated +added extra$/m);
  const added = await fleet.fvctl("add", "extra", "all");
  assert.match(added.stdout, /^web-1 +unchanged +already added: extra$/m);
  assert.match(added.stdout, /^web-3 +added +added extra$/m);
  // A report follows the answer.
  const events = await eventually(async () => {
    const running = (await fleet.history("*/extra")).filter(({ toState }) => toState === "RUNNING");
    return running.length >= NAMES.length && running;
  });
  assert.equal(events.length, 3);
  assert.ok(events.every(({ operationId, user }) => operationId !== null && user === "admin"));

  const stillThere = await fleet.fvctl("remove", "extra", "web-3");
  assert.match(stillThere.stdout, /still running: extra/);
  assert.equal((await fleet.fvctl("stop", "web-3/extra")).code, 0);
  assert.equal((await fleet.fvctl("remove", "extra", "web-3")).code, 0);
  assert.deepEqual(await fleet.processes("web-3/extra"), []);

  const boot = await bootOf("web-1");
  const reloaded = await fleet.fvctl("reload", "web-1", "--yes");
  assert.equal(reloaded.code, 0, reloaded.stdout + reloaded.stderr);
  assert.match(reloaded.stdout, /^web-1 +reloaded +began anew$/m);
  assert.notEqual(await bootOf("web-1"), boot);
  writeFileSync(fleet.agent("web-2").configFile, "[program:broken]\n", { flag: "a" });
  const broken = await fleet.fvctl("reload", "web-2", "--yes");
  assert.equal(broken.code, 1);
  assert.match(broken.stdout, /^web-2 +failed +can't reread|^web-2 +failed +cant reread: /m);

  const down = await fleet.fvctl("shutdown", "web-3", "--yes");
  assert.equal(down.code, 0, down.stdout + down.stderr);
  assert.match(down.stdout, /^web-3 +shut down$/m);
  assert.equal((await fleet.agent("web-3").process.ended).code, 0);
  const cleared = await fleet.fvctl("clear", "web-1/api:*");
  assert.equal(cleared.code, 0, cleared.stdout + cleared.stderr);
});

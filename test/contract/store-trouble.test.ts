// A store that is full, damaged or out of reach: the fleet is seen and obeys all the while, the alarm is clear, and what happened
// meanwhile is in history and audit when the store is back.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { AuditPage, FleetSummary, HistoryPage, Operation, Process, Session } from "@fleetvisor/proto/api/v1";
import { SmallDisk } from "../faults/small-disk.js";
import { ApiClient } from "../helpers/api-client.js";
import { type ControllerInside, controllerInside } from "../helpers/controller-inside.js";
import { eventually } from "../helpers/eventually.js";
import {
  changeReport,
  enrol,
  helloOf,
  openSession,
  type Papers,
  reportsOf,
  ScriptedSession,
} from "../helpers/scripted-agent.js";
import { tempDir } from "../helpers/temp-dir.js";

/** An agent that does what it is ordered at once. */
async function obedient(t: TestContext, controller: ControllerInside, papers: Papers, epoch = 0) {
  const session = await openSession(t, controller, papers, { hello: { epoch } });
  let answered = 0;
  const timer = setInterval(() => {
    for (; answered < session.heard.length; answered++) {
      const order = session.heard[answered];
      if (order?.$case !== "order") continue;
      const targets = order.value.targets.map(({ group, name }) => ({ group, name, code: 80, message: "OK" }));
      session.send({ $case: "orderResult", value: { orderId: order.value.id, targets } });
    }
  }, 5);
  t.after(() => clearInterval(timer));
  return session;
}

const summaryOf = (api: ApiClient) => api.get<FleetSummary>(API_PATHS.fleet);
const readiness = async ({ url }: ControllerInside) => (await fetch(new URL("/readyz", url))).status;
const stateOf = async (api: ApiClient) =>
  (await api.get<Process>(apiPath("process", { instance: "web1", group: "api", name: "api" }))).state;

/** The fleet is seen as it is, and obeys. */
async function works(api: ApiClient): Promise<Operation> {
  await eventually(async () => (await summaryOf(api)).processes === 1, { what: "the agent's process is shown" });
  const body = { verb: "restart", selector: "web1/api", waitMs: 10_000 };
  const operation = await api.post<Operation>(API_PATHS.operations, body);
  assert.equal(operation.state, "succeeded", JSON.stringify(operation));
  assert.equal((await api.get<Operation>(apiPath("operation", { id: operation.id }))).state, "succeeded");
  return operation;
}

async function alarmed(controller: ControllerInside, api: ApiClient, message: RegExp): Promise<void> {
  const alarm = await eventually(async () => (await summaryOf(api)).alarms?.find(({ kind }) => kind === "store"));
  assert.match(alarm.message, message);
  assert.ok(alarm.sinceMs > 0 && alarm.instance === null);
  assert.equal(await readiness(controller), 503);
  assert.equal((await fetch(new URL("/healthz", controller.url))).status, 200);
}

async function calm(controller: ControllerInside): Promise<void> {
  await eventually(async () => (await readiness(controller)) === 200, { what: "the store is back", withinMs: 20_000 });
  assert.deepEqual((await summaryOf(controller.api)).alarms, []);
}

/** By a link as it is printed at a start at which nobody can be read. */
async function byLink(controller: ControllerInside): Promise<ApiClient> {
  const login = { code: await controller.loginCode() };
  const answer = await fetch(new URL(API_PATHS.login, controller.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(login),
  });
  assert.equal(answer.status, 200);
  const { csrfToken } = (await answer.json()) as Session;
  const cookie = (answer.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
  return new ApiClient(controller.url, null, { cookie, "x-csrf-token": csrfToken });
}

function smallDisk(t: TestContext): { readonly dir: string; readonly disk: SmallDisk } | null {
  const dir = join(tempDir(t), "disk");
  const disk = SmallDisk.mount(t, dir, 16 * 1024 * 1024);
  if (typeof disk !== "string") return { dir, disk };
  t.skip(disk);
  return null;
}

test("a disk that fills up stops history and nothing else, and what came meanwhile is told when it is free", async (t) => {
  const small = smallDisk(t);
  if (small === null) return;
  const controller = await controllerInside(t, { data_dir: small.dir });
  const { api } = controller;
  const papers = await enrol(controller, "web1");
  const session = await obedient(t, controller, papers);
  await works(api);
  small.disk.fill();
  const during = await works(api);
  await alarmed(controller, api, /full/);
  session.send(reportsOf(changeReport(1, { state: "FATAL" })));
  await eventually(async () => (await stateOf(api)) === "FATAL");
  // An agent whose connection breaks is let in again, with an epoch above those before.
  session.close();
  const back = await obedient(t, controller, papers, session.epoch);
  assert.ok(back.epoch > session.epoch);
  back.send(reportsOf(changeReport(1, { state: "FATAL" }), changeReport(2)));
  await eventually(async () => (await stateOf(api)) === "RUNNING");
  const again = await works(api);
  // People who have a password may come in, and nothing is changed about them.
  await assert.rejects(api.post(API_PATHS.users, { name: "ann" }), { status: 503 });
  const stranger = new ScriptedSession(t, controller, { caPem: papers.caPem });
  stranger.send(helloOf(papers));
  assert.notEqual((await stranger.ended()).code, 0);

  small.disk.free();
  await calm(controller);
  await works(api);
  const { items } = await api.get<HistoryPage>(API_PATHS.events, { limit: 100 });
  const told = items.filter(({ kind }) => kind === "process-state").map(({ toState }) => toState);
  assert.deepEqual(told, ["RUNNING", "FATAL"], "each once, newest first");
  const audit = await api.get<AuditPage>(API_PATHS.audit, { limit: 1000 });
  assert.equal(audit.items.filter(({ action }) => action === "operation.restart").length, 4);
  await controller.startAgain();
  for (const { id } of [during, again]) {
    assert.equal((await controller.api.get<Operation>(apiPath("operation", { id }))).state, "succeeded");
  }
  const after = await openSession(t, controller, papers, { hello: { bootId: "boot-2" } });
  assert.ok(after.epoch > back.epoch);
});

test("more reports than may wait for a full disk are shown all the same, and told again when it is free, each once", async (t) => {
  const small = smallDisk(t);
  if (small === null) return;
  const controller = await controllerInside(t, { data_dir: small.dir });
  const papers = await enrol(controller, "web1");
  const session = await obedient(t, controller, papers);
  small.disk.fill();
  const all = Array.from({ length: 3_000 }, (_, at) => changeReport(at + 1, { tries: at + 1 }));
  for (let at = 0; at < all.length; at += 100) session.send(reportsOf(...all.slice(at, at + 100)));
  const path = apiPath("process", { instance: "web1", group: "api", name: "api" });
  await eventually(async () => (await controller.api.get<Process>(path)).tries === 3_000, {
    what: "the last is shown",
  });
  await works(controller.api);
  assert.ok(!session.heard.some(({ $case }) => $case === "ack"));
  small.disk.free();
  const { reason, refused } = await session.next("goodbye");
  assert.deepEqual([/history is written again/.test(reason), refused], [true, false]);
  const back = await obedient(t, controller, papers, session.epoch);
  assert.ok(back.ackedSeq < 3_000);
  for (let at = back.ackedSeq; at < all.length; at += 100) back.send(reportsOf(...all.slice(at, at + 100)));
  await eventually(() => back.heard.some((one) => one.$case === "ack" && one.value.seq === 3_000));
  let told = 0;
  let cursor: string | null = null;
  do {
    const query: Record<string, string | number> = cursor === null ? { limit: 1000 } : { limit: 1000, cursor };
    const page: HistoryPage = await controller.api.get<HistoryPage>(API_PATHS.events, query);
    told += page.items.filter(({ kind }) => kind === "process-state").length;
    assert.ok(!page.items.some(({ kind }) => kind === "gap"));
    cursor = page.nextCursor;
  } while (cursor !== null);
  assert.equal(told, 3_000);
});

test("a controller starts on a full disk, lets in by a link, and knows people and keeps history once the disk is free", async (t) => {
  const small = smallDisk(t);
  if (small === null) return;
  const controller = await controllerInside(t, { data_dir: small.dir });
  const papers = await enrol(controller, "web1");
  (await obedient(t, controller, papers)).close();
  await controller.stop();
  small.disk.fill();
  await controller.startAgain();
  await obedient(t, controller, papers, 1);
  const api = await byLink(controller);
  const begun = await works(api);
  await alarmed(controller, api, /./);
  // What began on the full disk outlives the controller there.
  await controller.startAgain();
  const again = await byLink(controller);
  const known = await again.get<Operation>(apiPath("operation", { id: begun.id }));
  assert.equal(known.state, "succeeded");
  const session = await obedient(t, controller, papers, 20);
  small.disk.free();
  session.send(reportsOf(changeReport(1, { state: "EXITED" })));
  await calm(controller);
  await eventually(async () => {
    const { items } = await controller.api.get<HistoryPage>(API_PATHS.events);
    return items.some(({ toState }) => toState === "EXITED");
  });
  assert.equal((await controller.api.get<Operation>(apiPath("operation", { id: begun.id }))).state, "succeeded");
  const { items } = await controller.api.get<AuditPage>(API_PATHS.audit, { limit: 100 });
  assert.equal(items.filter(({ action }) => action === "operation.restart").length, 1);
});

test("a controller starts on a disk that is read-only, and writes when it is not", async (t) => {
  const small = smallDisk(t);
  if (small === null) return;
  const controller = await controllerInside(t, { data_dir: small.dir });
  const papers = await enrol(controller, "web1");
  await controller.stop();
  execFileSync("mount", ["-o", "remount,ro", small.dir]);
  await controller.startAgain();
  await obedient(t, controller, papers, 1);
  const api = await byLink(controller).catch(() => controller.api);
  await works(api);
  await alarmed(controller, api, /./);
  execFileSync("mount", ["-o", "remount,rw", small.dir]);
  await calm(controller);
  await works(controller.api);
});

/** The data of a controller with a fleet, people and some history, to be damaged. */
async function someData(t: TestContext) {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const removed = await enrol(controller, "web2");
  await fetch(new URL(apiPath("instance", { instance: "web2" }), controller.url), {
    method: "DELETE",
    headers: { authorization: `Bearer ${controller.token}` },
  });
  const session = await obedient(t, controller, papers);
  const reports = Array.from({ length: 400 }, (_, at) => changeReport(at + 1, { spawnError: "x".repeat(200) }));
  session.send(reportsOf(...reports));
  await works(controller.api);
  await eventually(
    async () => (await controller.api.get<HistoryPage>(API_PATHS.events, { limit: 1000 })).items.length > 399,
  );
  session.close();
  await controller.stop();
  const file = join(controller.dataDir, "fleetvisor.db");
  const good = join(tempDir(t), "good.db");
  copyFileSync(file, good);
  const restore = () => {
    for (const name of readdirSync(controller.dataDir)) {
      if (name.startsWith("fleetvisor.db")) rmSync(join(controller.dataDir, name));
    }
    copyFileSync(good, file);
  };
  return { controller, papers, removed, file, restore };
}

function damage(file: string, offset: number, bytes: number): void {
  const open = openSync(file, "r+");
  writeSync(open, Buffer.alloc(bytes, 0xa5), 0, bytes, offset);
}

for (const [what, hurt] of [
  ["that is no database any more", (file: string) => damage(file, 0, 16_384)],
  ["that is empty but for rubbish", (file: string) => writeFileSync(file, "rubbish".repeat(2_000))],
  ["that was cut short", (file: string) => truncateSync(file, Math.floor(statSync(file).size / 3))],
] as const) {
  test(`a controller starts on a file ${what}: a link lets in, the fleet is seen and obeys, who was removed stays out`, async (t) => {
    const { controller, papers, removed, file } = await someData(t);
    hurt(file);
    const before = statSync(file).size;
    await controller.startAgain();
    const api = await byLink(controller);
    const session = await obedient(t, controller, papers, 7);
    assert.equal(session.epoch, 8);
    await works(api);
    await alarmed(controller, api, /not a database|malformed|cannot be read/);
    assert.match(controller.log(), /"level":50.*history cannot be written/);
    const out = new ScriptedSession(t, controller, removed);
    out.send(helloOf(removed, { name: "web2" }));
    assert.match((await out.next("goodbye")).reason, /removed from the fleet/);
    // Nothing is acknowledged that is not kept.
    session.send(reportsOf(changeReport(401)));
    await eventually(async () => (await stateOf(api)) === "RUNNING");
    assert.ok(!session.heard.some((one) => one.$case === "ack" && one.value.seq >= 401));
    assert.equal(
      (
        await fetch(new URL(API_PATHS.fleet, controller.url), {
          headers: { authorization: `Bearer ${controller.token}` },
        })
      ).status,
      401,
    );
    await controller.stop();
    assert.equal(
      statSync(file).size,
      before,
      "a damaged file is left as it is, for whoever can read something out of it",
    );
  });
}

test("whichever page of the file is damaged, the controller starts, is seen and is obeyed", async (t) => {
  const { controller, papers, file, restore } = await someData(t);
  const pages = Math.floor(statSync(file).size / 8192);
  const step = Math.max(1, Math.floor(pages / 14));
  for (let page = 1, epoch = 10; page < pages; page += step, epoch += 10) {
    restore();
    damage(file, page * 8192, 8192);
    await controller.startAgain();
    const known = await fetch(new URL(API_PATHS.session, controller.url), {
      headers: { authorization: `Bearer ${controller.token}` },
    });
    const api = known.status === 200 ? controller.api : await byLink(controller);
    const session = await obedient(t, controller, papers, epoch);
    await works(api);
    session.close();
    await controller.stop();
  }
});

// Pages of logs, several logs as one, standard input and configuration through the controller: agents that say what the test wants,
// grants, and whoever goes meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FollowedLogs, LogPage, LogsChunk } from "@fleetvisor/proto/api/logs";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { AuditPage } from "@fleetvisor/proto/api/v1";
import type { LogPage as PageMessage } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { decodeCall, encodeFault, encodeResult } from "@fleetvisor/proto/xmlrpc/codec";
import { type ControllerInside, controllerInside } from "../helpers/controller-inside.js";
import { eventually } from "../helpers/eventually.js";
import type { Scope } from "../helpers/scope.js";
import { enrol, openSession, processInfo } from "../helpers/scripted-agent.js";
import { accessWorld, listenTo, processOf } from "./access-world.js";

const LOG = { instance: "web1", group: "api", name: "api", channel: "stdout" } as const;
const PAGE = apiPath("logPage", LOG);
const STDIN = apiPath("processStdin", LOG);

async function agent(t: Scope, controller: ControllerInside, capabilities = ["questions", "xmlrpc"]) {
  const papers = await enrol(controller, "web1");
  const processes = [processInfo(), processInfo({ group: "db", name: "db" })];
  const session = await openSession(t, controller, papers, { hello: { name: "web1", capabilities }, processes });
  await eventually(async () => {
    const { items } = await controller.api.get<{ items: unknown[] }>(API_PATHS.processes);
    return items.length === 2;
  });
  return session;
}

const page = (change: Partial<PageMessage> = {}): PageMessage => ({
  data: Buffer.from("one\ntwo\n"),
  start: { file: "1.2.3.abc", offset: 100 },
  end: { file: "1.2.3.abc", offset: 108 },
  backup: 2,
  isOldest: false,
  isNewest: true,
  found: { file: "1.2.3.abc", offset: 104 },
  ...change,
});

const answered = (questionId: number, value: PageMessage) =>
  ({ $case: "answer", value: { questionId, error: "", code: 0, body: { $case: "logPage", value } } }) as const;

test("a page is asked for by a place, and told with the places of its ends", async (t) => {
  const controller = await controllerInside(t);
  const session = await agent(t, controller);
  const asked = controller.api.get<LogPage>(PAGE, { before: "1.2.3.abc@200", bytes: 1_000, containing: "two\n" });
  const { questionId, body } = await session.next("question");
  assert.ok(body?.$case === "logPage");
  const { containing, ...rest } = body.value;
  assert.equal(Buffer.from(containing).toString(), "two\n");
  assert.deepEqual(rest, {
    ...{ group: "api", name: "api", channel: "stdout", bytes: 1_000 },
    ...{ before: { file: "1.2.3.abc", offset: 200 }, after: undefined },
  });
  session.send(answered(questionId, page()));
  assert.deepEqual(await asked, {
    ...{ text: "one\ntwo\n", bytes: 8, start: "1.2.3.abc@100", end: "1.2.3.abc@108" },
    ...{ backup: 2, isOldest: false, isNewest: true, found: "1.2.3.abc@104" },
  });
});

test("what is gone is not found, an agent that is too old says so, and one that goes is not waited for", async (t) => {
  const controller = await controllerInside(t);
  const session = await agent(t, controller);
  const gone = controller.api.get(PAGE);
  const { questionId } = await session.next("question");
  const error = "NO_FILE: that part of /x is no longer kept";
  session.send({ $case: "answer", value: { questionId, error, code: 20, body: undefined } });
  await assert.rejects(gone, /HTTP 404: .*no longer kept/);
  const large = controller.api.get(PAGE);
  const again = await session.next("question");
  session.send(answered(again.questionId, page({ data: Buffer.alloc(300_000) })));
  await assert.rejects(large, /HTTP 503: .*cannot be read/);
  const cut = assert.rejects(controller.api.get(PAGE), /HTTP 503/);
  await session.next("question");
  session.close();
  await cut;
  await assert.rejects(controller.api.get(PAGE), /HTTP 503: .*not connected/);
  for (const query of [{ before: "nonsense" }, { before: "a@1", after: "a@2" }, { bytes: 0 }]) {
    await assert.rejects(controller.api.get(PAGE, query), /HTTP 400/, JSON.stringify(query));
  }
});

test("an agent of before says that it is too old", async (t) => {
  const controller = await controllerInside(t);
  await agent(t, controller, ["xmlrpc"]);
  await assert.rejects(
    controller.api.get(PAGE),
    /HTTP 503: .*too old to show more than the end of its logs: update it/,
  );
  const config = apiPath("processConfig", LOG);
  await assert.rejects(controller.api.get(config), /HTTP 503: .*too old to show its configuration: update it/);
});

test("standard input is written once, is in the audit without its text, and a refusal is the agent's own", async (t) => {
  const controller = await controllerInside(t);
  const session = await agent(t, controller);
  const reply = (callId: number, xml: string) =>
    session.send({ $case: "rpcReply", value: { callId, piece: Buffer.from(xml), last: true, error: "" } });
  const text = "a <secret>\r\n\u0003 é";
  const write = async () => {
    const headers = { authorization: `Bearer ${controller.token}`, "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify({ text }) };
    const answer = await fetch(new URL(STDIN, controller.url), init);
    return `${answer.status} ${await answer.text()}`;
  };
  const written = write();
  const call = await session.next("rpcCall");
  const { method, params } = decodeCall(Buffer.from(call.request).toString());
  assert.deepEqual([method, params], ["supervisor.sendProcessStdin", ["api:api", text]]);
  assert.deepEqual(call.scope?.processes, [{ group: "api", name: "api" }]);
  reply(call.callId, encodeResult(true));
  assert.equal(await written, "204 ");
  const { items } = await controller.api.get<AuditPage>(API_PATHS.audit);
  const row = items.find(({ action }) => action === "process.stdin");
  assert.equal(row?.subject, `web1/api:api (${Buffer.byteLength(text)} bytes)`);
  assert.doesNotMatch(JSON.stringify(items) + controller.log(), /secret/);

  const down = write();
  reply((await session.next("rpcCall")).callId, encodeFault(70, "NOT_RUNNING: api"));
  assert.match(await down, /^409 .*NOT_RUNNING: api/);
  const cut = write();
  await session.next("rpcCall");
  session.close();
  assert.match(await cut, /^502 /);
  assert.equal(session.heard.filter(({ $case }) => $case === "rpcCall").length, 3, "none was sent twice");
});

test("grants: pages want logs, standard input stdin, the configuration of a host all of it", async (t) => {
  const world = await accessWorld(t);
  world.hosts({
    name: "web1",
    processes: [
      { group: "api", name: "api" },
      { group: "db", name: "db" },
    ],
  });
  const reader = await world.user("reader", { verbs: ["read"], selector: "web1/api:*" });
  const logs = await world.user("logs", { verbs: ["logs"], selector: "web1/api:*" });
  const status = async (path: string, token: string, body?: unknown) =>
    (await world.ask(path, { token, ...(body === undefined ? {} : { method: "POST", body }) })).status;
  const config = apiPath("processConfig", LOG);
  // 503: it may, and the played agent is too old.
  assert.deepEqual([await status(PAGE, reader), await status(PAGE, logs)], [403, 503]);
  assert.deepEqual([await status(config, reader), await status(STDIN, logs, { text: "x" })], [503, 403]);
  const other = { instance: "web1", group: "db", name: "db", channel: "stdout" } as const;
  for (const path of [apiPath("logPage", other), apiPath("processConfig", other)]) {
    assert.equal(await status(path, logs), 404, path);
  }
  assert.equal(await status(apiPath("processStdin", other), logs, { text: "x" }), 404);
  assert.equal(await status(apiPath("instanceConfig", LOG), reader), 403);
  const whole = await world.user("whole", { verbs: ["read"], selector: "web1/all" });
  assert.equal(await status(apiPath("instanceConfig", LOG), whole), 503);
});

test("several logs come as one stream, with those left out counted, and end with the right to read them", async (t) => {
  const world = await accessWorld(t);
  const processes = Array.from({ length: 60 }, (_, n) => ({ group: "api", name: `api-${n}` }));
  world.hosts({ name: "web1", processes }, { name: "web2", processes: [{ group: "db", name: "db" }] });
  const { heard } = await listenTo(t, world, `${API_PATHS.logsStream}?selector=*/*`);
  await eventually(() => heard.length > 50);
  const first = heard[0]?.data as unknown as FollowedLogs;
  assert.deepEqual([heard[0]?.type, first.logs.length, first.total, first.forbidden], ["logs", 50, 61, 0]);
  assert.deepEqual(first.logs[2], { target: "web1/api:api-2", channel: "stdout" });
  const chunk = heard[1]?.data as unknown as LogsChunk;
  assert.deepEqual([chunk.target, chunk.text, chunk.skippedBytes], ["web1/api:api-0", "log of web1\n", 0]);

  const some = await world.user("some", { verbs: ["read"], selector: "all" }, { verbs: ["logs"], selector: "web2/db" });
  const part = await listenTo(t, world, `${API_PATHS.logsStream}?selector=*/*`, { token: some });
  await eventually(() => part.heard.length > 1);
  const told = part.heard[0]?.data as unknown as FollowedLogs;
  assert.deepEqual([told.logs, told.total, told.forbidden], [[{ target: "web2/db:db", channel: "stdout" }], 1, 60]);
  const refused = await world.ask(`${API_PATHS.logsStream}?selector=web1/*`, { token: some });
  assert.equal(refused.status, 403);
  assert.equal((await world.ask(`${API_PATHS.logsStream}?selector=nope/x`)).status, 404);
  world.hosts({ name: "web3", processes: [{ group: "db", name: "db" }] });
  const more = await listenTo(t, world, `${API_PATHS.logsStream}?selector=web3/*`);
  await eventually(() => more.heard.length > 1);
  const fresh = processOf({ group: "new", name: "new" });
  world.report("web3", { type: "process-added", process: fresh });
  await eventually(() => more.heard.filter(({ type }) => type === "logs").length === 2);
  await eventually(() => more.heard.some(({ type, data }) => type === "chunk" && data.target === "web3/new:new"));
  world.gone("web2");
  await eventually(() => part.heard.some(({ type, data }) => type === "state" && data.reason === "gone"));
});

test("somebody has a few such streams at a time", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: [{ group: "api", name: "api" }] });
  const open = await Promise.all(
    Array.from({ length: 8 }, () => listenTo(t, world, `${API_PATHS.logsStream}?selector=all`)),
  );
  const path = `${API_PATHS.logsStream}?selector=all`;
  assert.equal((await world.ask(path)).status, 429);
  open[0]?.close();
  const again = await eventually(async () => {
    const stream = await listenTo(t, world, path).catch(() => null);
    return stream;
  });
  again.close();
});

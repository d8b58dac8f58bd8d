// The XML-RPC gateway against agents that a test plays: whose call reaches them, as what, and what the caller hears when they are away,
// too old, slow, gone in the middle, or odd.
import assert from "node:assert/strict";
import { test } from "node:test";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { AuditPage, HistoryPage, Operation, OperationList } from "@fleetvisor/proto/api/v1";
import type { RpcCall } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import {
  decodeCall,
  decodeResponse,
  encodeCall,
  encodeResult,
  type XmlRpcResponse,
  type XmlRpcValue,
} from "@fleetvisor/proto/xmlrpc/codec";
import { METHODS } from "../../agent/src/xmlrpc/methods.js";
import { METHOD_RULES } from "../../controller/src/gateway/methods.js";
import { type ControllerInside, controllerInside } from "../helpers/controller-inside.js";
import { eventually } from "../helpers/eventually.js";
import { addUser } from "../helpers/gateway.js";
import type { Scope } from "../helpers/scope.js";
import { changeReport, enrol, openSession, processInfo, reportsOf } from "../helpers/scripted-agent.js";

type Session = Awaited<ReturnType<typeof openSession>>;

const PROCESSES = [
  processInfo({ group: "api", name: "one" }),
  processInfo({ group: "api", name: "two", index: 1 }),
  processInfo({ group: "db", name: "db" }),
];

async function world(t: Scope, capabilities: readonly string[] = ["xmlrpc"]) {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const open = () =>
    openSession(t, controller, papers, { hello: { capabilities: [...capabilities] }, processes: PROCESSES });
  const session = await open();
  await shows(controller, "web1");
  return { controller, papers, session, open };
}

const shows = (controller: ControllerInside, name: string) =>
  eventually(async () => {
    const { processCount } = await controller.api.get<{ processCount: number }>(`/api/v1/instances/${name}`);
    return processCount === PROCESSES.length;
  });

interface HttpOptions {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const basic = (login: string) => ({ authorization: `Basic ${Buffer.from(login).toString("base64")}` });

function post(
  controller: ControllerInside,
  login: string | null,
  body: string,
  options: HttpOptions = {},
): Promise<Response> {
  const { path = "/RPC2", method = "POST", headers = {}, signal = AbortSignal.timeout(20_000) } = options;
  return fetch(new URL(path, controller.url), {
    method,
    headers: { "content-type": "text/xml", ...(login === null ? {} : basic(login)), ...headers },
    ...(method === "POST" ? { body } : {}),
    signal,
  });
}

/** A call of `USER@INSTANCE:TOKEN`. */
async function call(
  controller: ControllerInside,
  login: string,
  method: string,
  params: XmlRpcValue[] = [],
  signal?: AbortSignal,
): Promise<XmlRpcResponse> {
  const answer = await post(controller, login, encodeCall(method, params), signal === undefined ? {} : { signal });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/xml");
  return decodeResponse(await answer.text());
}

interface Heard {
  readonly asked: RpcCall;
  readonly method: string;
  readonly params: XmlRpcValue[];
  readonly scope: string[] | null;
  answer(value: XmlRpcValue): void;
}

/** The next call that reaches the agent. */
async function heard(session: Session): Promise<Heard> {
  const asked = await session.next("rpcCall");
  const { method, params } = decodeCall(Buffer.from(asked.request).toString("utf8"));
  return {
    asked,
    method,
    params,
    scope: asked.scope?.processes.map(({ group, name }) => `${group}:${name}`) ?? null,
    answer: (value) => reply(session, asked, Buffer.from(encodeResult(value))),
  };
}

function reply(session: Session, { callId }: RpcCall, piece: Buffer, last = true, error = ""): void {
  session.send({ $case: "rpcReply", value: { callId, piece, last, error } });
}

const fault = (response: XmlRpcResponse) =>
  response.ok ? `no fault: ${JSON.stringify(response.value)}` : response.text;

async function audited(controller: ControllerInside): Promise<string[]> {
  const { items } = await controller.api.get<AuditPage>(API_PATHS.audit, { limit: 100 });
  return items
    .filter(({ action }) => action.startsWith("xmlrpc."))
    .map(({ actor, action, subject, outcome }) => `${actor} ${action} ${subject} ${outcome}`)
    .reverse();
}

test("the gateway knows exactly the methods that the agent has", () => {
  const system = ["system.listMethods", "system.methodHelp", "system.methodSignature"];
  assert.deepEqual([...METHOD_RULES.keys()].sort(), [...METHODS.keys(), ...system].sort());
});

test("a call reaches the agent as it was read, and its answer the caller to the letter", async (t) => {
  const { controller, session } = await world(t);
  const login = `admin@web1:${controller.token}`;
  const answered = post(controller, login, encodeCall("supervisor.sendProcessStdin", ["api:one", "a\u0004 & <ü>"]));
  const { asked, method, params, scope } = await heard(session);
  assert.deepEqual(
    { method, params, scope },
    { method: "supervisor.sendProcessStdin", params: ["api:one", "a\u0004 & <ü>"], scope: null },
  );
  const odd = "<?xml version='1.0'?>\n<methodResponse>  odd but <params/> whatever ü</methodResponse>";
  const bytes = Buffer.from(odd);
  // In pieces that split a character.
  for (let at = 0; at < bytes.length; at += 7) {
    reply(session, asked, bytes.subarray(at, at + 7), at + 7 >= bytes.length);
  }
  assert.equal(await (await answered).text(), odd);
});

test("who sees a part gets its rows, and names beyond it are sent for nobody", async (t) => {
  const { controller, session } = await world(t);
  const token = await addUser(controller.api, "ann", { verbs: ["stop"], selector: "web1/api:one" });
  const login = `ann@web1:${token}`;

  const rows = call(controller, login, "supervisor.getAllProcessInfo");
  (await heard(session)).answer(PROCESSES.map(({ group, name }) => ({ group, name, statename: "RUNNING" })));
  assert.deepEqual(await rows, { ok: true, value: [{ group: "api", name: "one", statename: "RUNNING" }] });

  const hidden = call(controller, login, "supervisor.stopProcess", ["db"]);
  const sent = await heard(session);
  assert.deepEqual(sent.scope, []);
  sent.answer(true);
  await hidden;

  const all = call(controller, login, "supervisor.stopAllProcesses");
  const stop = await heard(session);
  assert.deepEqual(stop.scope, ["api:one"]);
  stop.answer([]);
  await all;

  assert.equal(
    fault(await call(controller, login, "supervisor.startProcess", ["api:one"])),
    "FAILED: ann may not start web1/api:one",
  );
  assert.equal(
    fault(await call(controller, login, "supervisor.shutdown")),
    "FAILED: ann may not configure web1 as a whole",
  );
  assert.deepEqual(await audited(controller), [
    "ann xmlrpc.stopProcess web1/db:db done",
    "ann xmlrpc.stopAllProcesses web1 done",
    "ann xmlrpc.startProcess web1/api:one refused",
    "ann xmlrpc.shutdown web1 refused",
  ]);
});

test("an instance that grants hide answers as one that is not there", async (t) => {
  const { controller } = await world(t);
  const token = await addUser(controller.api, "ann", { role: "operator", selector: "web2/all" });
  const hidden = fault(await call(controller, `ann@web1:${token}`, "supervisor.getState"));
  const missing = fault(await call(controller, `ann@web9:${token}`, "supervisor.getState"));
  assert.equal(hidden, "FAILED: there is no instance web1");
  assert.equal(missing, "FAILED: there is no instance web9");
  for (const path of ["/logtail/api:one", "/mainlogtail"]) {
    assert.equal((await post(controller, `ann@web1:${token}`, "", { path, method: "GET" })).status, 404);
  }
});

test("a multicall mixes what may be done with what may not, each in its place", async (t) => {
  const { controller, session } = await world(t);
  const token = await addUser(controller.api, "ann", { verbs: ["stop"], selector: "web1/api:*" });
  const calls = [
    { methodName: "supervisor.getState", params: [] },
    { methodName: "supervisor.shutdown", params: [] },
    { methodName: "supervisor.getAllProcessInfo", params: [] },
    { methodName: "supervisor.stopProcess", params: ["api:two"] },
    { methodName: "supervisor.getPID", params: [] },
  ];
  const answered = call(controller, `ann@web1:${token}`, "system.multicall", [calls]);
  const look = await heard(session);
  assert.equal(look.method, "system.multicall");
  assert.equal((look.params[0] as unknown[]).length, 2);
  look.answer([
    { statename: "RUNNING" },
    [
      { group: "db", name: "db" },
      { group: "api", name: "one" },
    ],
  ]);
  const change = await heard(session);
  assert.deepEqual([change.params, change.scope], [[[calls[3]]], ["api:two"]]);
  assert.notEqual(change.asked.orderId, "");
  change.answer([{ faultCode: 70, faultString: "NOT_RUNNING: api:two" }]);
  const last = await heard(session);
  assert.equal(last.asked.orderId, "");
  last.answer([17]);
  assert.deepEqual(await answered, {
    ok: true,
    value: [
      { statename: "RUNNING" },
      { faultCode: 30, faultString: "FAILED: ann may not configure web1 as a whole" },
      [{ group: "api", name: "one" }],
      { faultCode: 70, faultString: "NOT_RUNNING: api:two" },
      17,
    ],
  });
  const { items } = await controller.api.get<OperationList>(API_PATHS.operations);
  assert.deepEqual(
    items.map(({ verb, user, state, counts }) => [verb, user, state, counts]),
    [["stop", "ann", "failed", { failed: 1 }]],
  );
  const { targets } = await controller.api.get<Operation>(apiPath("operation", { id: items[0]?.id ?? "" }));
  assert.deepEqual(
    targets.map(({ code }) => code),
    [70],
  );
});

test("a changed state names its user, also when it is told to a controller that was started anew", async (t) => {
  const { controller, session, open, papers } = await world(t);
  const token = await addUser(controller.api, "ann", { role: "operator", selector: "web1/api:*" });
  const stopped = call(controller, `ann@web1:${token}`, "supervisor.stopProcess", ["api:one"]);
  const { asked, answer } = await heard(session);
  assert.ok(asked.orderId.endsWith(`/${papers.agentId}`));
  const running = await controller.api.get<OperationList>(API_PATHS.operations);
  assert.deepEqual(
    running.items.map(({ user, state }) => `${user} ${state}`),
    ["ann running"],
  );
  answer(true);
  assert.deepEqual(await stopped, { ok: true, value: true });
  await controller.startAgain();
  const again = await open();
  const change = { group: "api", name: "one", state: "STOPPED", pid: 0 };
  again.send(reportsOf(changeReport(1, change, asked.orderId), changeReport(2, change, "made-up/order")));
  const events = await eventually(async () => {
    const { items } = await controller.api.get<HistoryPage>(API_PATHS.events, { selector: "web1/api:one" });
    return items.filter(({ kind }) => kind === "process-state").length === 2 && items;
  });
  assert.deepEqual(
    events.filter(({ kind }) => kind === "process-state").map(({ user }) => user),
    [null, "ann"],
  );
});

test("a link that is cut in the middle tells the caller at once, and the call is never sent again", async (t) => {
  const { controller, session, open } = await world(t);
  const login = `admin@web1:${controller.token}`;
  const deferred = call(controller, login, "supervisor.startProcess", ["api:one"]);
  const look = call(controller, login, "supervisor.getState");
  await heard(session);
  await heard(session);
  session.close();
  assert.match(fault(await deferred), /^FAILED: web1: .+; whether it was done is not known$/);
  assert.match(fault(await look), /^FAILED: web1: /);
  const again = await open();
  await shows(controller, "web1");
  const next = call(controller, login, "supervisor.getPID");
  const { method, answer } = await heard(again);
  assert.equal(method, "supervisor.getPID", "nothing of before is repeated");
  answer(1);
  await next;
  const { items } = await controller.api.get<OperationList>(API_PATHS.operations);
  assert.deepEqual(
    items.map(({ counts }) => counts),
    [{ unknown: 1 }],
  );
});

test("an agent that is away, or too old, is told at once", async (t) => {
  const { controller, session } = await world(t, []);
  const login = `admin@web1:${controller.token}`;
  assert.equal(
    fault(await call(controller, login, "supervisor.getState")),
    "FAILED: web1: the agent is too old for XML-RPC through the controller: update it",
  );
  assert.equal((await post(controller, login, "", { path: "/mainlogtail", method: "GET" })).status, 503);
  session.close();
  await eventually(
    async () =>
      fault(await call(controller, login, "supervisor.stopProcess", ["api:one"])) ===
      "FAILED: web1: the agent is not connected",
  );
  assert.equal((await post(controller, login, "", { path: "/logtail/api:one", method: "GET" })).status, 503);
  const { items } = await controller.api.get<OperationList>(API_PATHS.operations);
  assert.deepEqual(new Set(items.map(({ counts }) => JSON.stringify(counts))), new Set(['{"failed":1}']));
});

test("an agent that says why it has no answer, or answers nonsense, harms nobody", async (t) => {
  const { controller, session } = await world(t);
  const login = `admin@web1:${controller.token}`;
  const refused = call(controller, login, "supervisor.getState");
  reply(session, (await heard(session)).asked, Buffer.alloc(0), true, "its answer has 99 bytes");
  assert.equal(fault(await refused), "FAILED: web1: its answer has 99 bytes");
  const token = await addUser(controller.api, "ann", { role: "viewer", selector: "web1/api:*" });
  for (const nonsense of ["", "<a>", "<methodResponse/>", "\0\0", encodeResult("no list")]) {
    const rows = call(controller, `ann@web1:${token}`, "supervisor.getAllProcessInfo");
    reply(session, (await heard(session)).asked, Buffer.from(nonsense));
    const answer = await rows;
    assert.ok(!answer.ok || JSON.stringify(answer.value) === "[]", nonsense);
  }
  session.send({ $case: "rpcReply", value: { callId: 4_000_000, piece: Buffer.from("x"), last: true, error: "" } });
  const alive = call(controller, login, "supervisor.getPID");
  (await heard(session)).answer(5);
  assert.deepEqual(await alive, { ok: true, value: 5 });
});

test("an answer beyond what one may have ends the call and not the link", async (t) => {
  const { controller, session } = await world(t);
  const login = `admin@web1:${controller.token}`;
  const flooded = call(controller, login, "supervisor.readLog", [0, 0]);
  const { asked } = await heard(session);
  const piece = Buffer.alloc(1024 * 1024, "x");
  for (let sent = 0; sent <= 16; sent++) reply(session, asked, piece, false);
  assert.equal(fault(await flooded), "FAILED: web1: the agent sent more than an answer may have");
  const alive = call(controller, login, "supervisor.getPID");
  (await heard(session)).answer(5);
  assert.deepEqual(await alive, { ok: true, value: 5 });
});

test("an agent is not asked more at a time than its session stands", async (t) => {
  const { controller, session } = await world(t);
  const login = `admin@web1:${controller.token}`;
  const large = "x".repeat(1000 * 1024);
  const send = () => call(controller, login, "supervisor.sendProcessStdin", ["api:one", large]);
  const waiting = [send(), send(), send(), send()];
  const asked: Heard[] = [];
  for (const _ of waiting) asked.push(await heard(session));
  assert.match(fault(await send()), /^FAILED: web1: more than \d+ bytes of calls are under way there$/);
  for (const { answer } of asked) answer(true);
  await Promise.all(waiting);
  const after = send();
  (await heard(session)).answer(true);
  assert.deepEqual(await after, { ok: true, value: true });
});

test("a caller that leaves is not waited for, but what it asked to be changed is", async (t) => {
  const { controller, session } = await world(t);
  const login = `admin@web1:${controller.token}`;
  const leave = new AbortController();
  const left = call(controller, login, "supervisor.stopProcess", ["api:one"], leave.signal).catch(() => "left");
  const { answer } = await heard(session);
  leave.abort();
  assert.equal(await left, "left");
  answer(true);
  await eventually(async () => {
    const { items } = await controller.api.get<OperationList>(API_PATHS.operations);
    return items[0]?.state === "succeeded";
  });
});

test("who is nobody, or another, is asked for a login, and not for ever", async (t) => {
  const { controller } = await world(t);
  const token = await addUser(controller.api, "ann", { role: "viewer", selector: "all" });
  const body = encodeCall("supervisor.getState", []);
  const wrong = [null, "admin@web1:wrong", `ann:${token}`, `admin@web1:${token}`, `@web1:${token}`, "no colon"];
  for (const login of wrong) {
    for (const path of ["/RPC2", "/logtail/api:one", "/mainlogtail"]) {
      const answer = await post(controller, login, body, { path, method: path === "/RPC2" ? "POST" : "GET" });
      assert.equal(answer.status, 401, `${login} ${path}`);
      assert.equal(answer.headers.get("www-authenticate"), 'Basic realm="default"');
      assert.match(await answer.text(), /Error code 401/);
    }
  }
  const bearer = await post(controller, null, body, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(bearer.status, 401, "the name is asked for");
  const named = await post(controller, `ann@web1:${token}`, body, { path: "/instances/web1/RPC2" });
  assert.equal(named.status, 401, "in the path the instance is named once");
  const statuses: number[] = [];
  for (let tries = 0; tries < 40; tries++) statuses.push((await post(controller, "ann@web1:wrong", body)).status);
  assert.equal(statuses.at(-1), 429);
  const mainlog = await post(controller, `ann@web1:${token}`, "", { path: "/RPC2", method: "GET" });
  assert.equal(mainlog.status, 400, "who has a valid login is let in all the same");
});

test("what is no call is refused as supervisord refuses it", async (t) => {
  const { controller } = await world(t);
  const login = `admin@web1:${controller.token}`;
  const status = async (body: string, options: HttpOptions = {}) =>
    (await post(controller, login, body, options)).status;
  assert.equal(await status(""), 400);
  assert.equal(await status("<a>"), 400);
  assert.equal(await status("<methodCall></methodCall>"), 400);
  assert.equal(
    await status(`<!DOCTYPE a [<!ENTITY b "c">]><methodCall><methodName>&b;</methodName></methodCall>`),
    400,
  );
  assert.equal(await status(`${"<a>".repeat(100_000)}`), 400);
  assert.equal(await status("x".repeat(1024 * 1024 + 1)), 413);
  assert.equal(await status("", { method: "GET" }), 400);
  assert.equal(await status("", { method: "DELETE" }), 400);
  assert.equal(await status("", { method: "GET", path: "/logtail/" }), 404);
  assert.equal(await status("", { method: "GET", path: "/logtail/api:one/what" }), 404);
  assert.equal(await status("", { method: "GET", path: "/logtail/api:*" }), 404);
  const shutdown = encodeCall("supervisor.shutdown", []);
  assert.equal(await status(shutdown, { headers: { origin: "https://evil.example" } }), 403);
  assert.equal(await status(shutdown, { headers: { "sec-fetch-site": "cross-site" } }), 403);
  assert.deepEqual(await audited(controller), []);
});

test("a log is followed by who may read it, for as long as that is so", async (t) => {
  const { controller, session } = await world(t);
  const token = await addUser(
    controller.api,
    "ann",
    { verbs: ["logs"], selector: "web1/api:one" },
    { verbs: ["stop"], selector: "web1/api:two" },
  );
  const login = `ann@web1:${token}`;
  const get = (path: string) => post(controller, login, "", { path, method: "GET" });
  assert.equal((await get("/logtail/db")).status, 404);
  assert.equal((await get("/logtail/api:two")).status, 403);
  assert.equal((await get("/mainlogtail")).status, 403);

  const missing = get("/logtail/api:one/stderr");
  const asked = await session.next("logOpen");
  assert.deepEqual([asked.channel, asked.follow, asked.mustExist], ["stderr", true, true]);
  session.send({ $case: "logEnd", value: { streamId: asked.streamId, error: "NO_FILE", code: 20 } });
  assert.equal((await missing).status, 404);

  const following = get("/logtail/api%3Aone");
  const { streamId } = await session.next("logOpen");
  const chunk = (text: string, skippedBytes = 0) =>
    session.send({
      $case: "logChunk",
      value: { streamId, data: Buffer.from(text), skippedBytes, offset: 0, file: "" },
    });
  chunk("");
  const answer = await following;
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/plain;charset=utf-8");
  chunk("grüße\n");
  chunk("more\n", 7);
  const reader = answer.body?.getReader();
  assert.ok(reader !== undefined);
  let text = "";
  while (!text.includes("more")) text += Buffer.from((await reader.read()).value ?? []).toString("utf8");
  assert.equal(text, "grüße\n\n==> 7 bytes skipped <==\nmore\n");
  const { items } = await controller.api.get<{ items: { id: string; user: string }[] }>(API_PATHS.grants);
  for (const { id } of items.filter(({ user }) => user === "ann")) {
    await fetch(new URL(`${API_PATHS.grants}/${id}`, controller.url), {
      method: "DELETE",
      headers: { authorization: `Bearer ${controller.token}` },
    });
  }
  assert.equal((await reader.read()).done, true, "it ends with the grant");
  assert.equal((await session.next("logClose")).streamId, streamId);
});

test("too many calls of one user at a time are refused, and others are not kept waiting by them", async (t) => {
  const { controller, session } = await world(t);
  const token = await addUser(controller.api, "ann", { role: "viewer", selector: "all" });
  const leave = new AbortController();
  const waiting = Array.from({ length: 64 }, () =>
    call(controller, `ann@web1:${token}`, "supervisor.getState", [], leave.signal).catch(() => null),
  );
  for (let count = 0; count < 64; count++) await heard(session);
  assert.equal(
    fault(await call(controller, `ann@web1:${token}`, "supervisor.getState")),
    "FAILED: ann has 64 calls under way already",
  );
  const other = call(controller, `admin@web1:${controller.token}`, "supervisor.getPID");
  (await heard(session)).answer(1);
  assert.deepEqual(await other, { ok: true, value: 1 });
  leave.abort();
  await Promise.all(waiting);
  await eventually(async () => {
    const none = await call(controller, `ann@web1:${token}`, "supervisor.nope");
    return fault(none) === "UNKNOWN_METHOD";
  });
  const after = call(controller, `ann@web1:${token}`, "supervisor.getPID");
  (await heard(session)).answer(2);
  assert.deepEqual(await after, { ok: true, value: 2 });
});

test("a controller that stops lets callers go at once", async (t) => {
  const { controller, session } = await world(t);
  const waiting = call(controller, `admin@web1:${controller.token}`, "supervisor.startProcess", ["api:one"]);
  await heard(session);
  const stopped = controller.stop();
  assert.match(fault(await waiting), /^FAILED: web1: .*whether it was done is not known$/);
  await stopped;
});

// The controller's HTTP API from outside: who may ask, what is refused and how, that answers are as the document says, the live stream.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { ApiError, ApiToken, ApiTokenList, OperationList, ProcessList, Session } from "@fleetvisor/proto/api/v1";
import type { Answer } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import Schema from "typebox/schema";
import { ApiClient } from "../helpers/api-client.js";
import { type ControllerInside, controllerInside } from "../helpers/controller-inside.js";
import { eventually } from "../helpers/eventually.js";
import type { Scope } from "../helpers/scope.js";
import {
  changeReport,
  enrol,
  openSession,
  processInfo,
  reportsOf,
  type ScriptedSession,
} from "../helpers/scripted-agent.js";

interface Route {
  readonly method: string;
  /** With `{name}` filled in. */
  readonly path: string;
  /** As the document has it. */
  readonly template: string;
  readonly responses: Readonly<Record<string, { content?: Record<string, { schema?: object }> }>>;
}

interface Document {
  readonly openapi: string;
  readonly components?: { readonly schemas?: Record<string, object> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, { responses: Route["responses"] }>>>>;
}

const NAMES: Readonly<Record<string, string>> = {
  instance: "web1",
  group: "api",
  name: "api",
  channel: "stdout",
  id: "nothing",
  user: "admin",
};

const documentOf = (controller: ControllerInside) => controller.api.get<Document>(API_PATHS.openapi);

function routesOf(document: Document): Route[] {
  return Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({
      method: method.toUpperCase(),
      path: template.replace(/\{(\w+)\}/g, (_, key: string) => NAMES[key] ?? "x"),
      template,
      responses,
    })),
  );
}

interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function ask(controller: ControllerInside, path: string, { method = "GET", body, text, headers = {} }: Ask = {}) {
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  return fetch(new URL(path, controller.url), {
    method,
    redirect: "manual",
    headers: { ...(sent === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(sent === undefined ? {} : { body: sent }),
    signal: AbortSignal.timeout(20_000),
  });
}

const bearer = ({ token }: Pick<ControllerInside, "token">) => ({ authorization: `Bearer ${token}` });

async function refusal(answer: Response): Promise<{ status: number; kind: string; message: string }> {
  const { error } = (await answer.json()) as ApiError;
  return { status: answer.status, ...error };
}

/** A fleet of one scripted instance with a process `api`. */
async function oneInstance(t: Scope, controller: ControllerInside): Promise<ScriptedSession> {
  const hello = { capabilities: ["questions"] };
  const session = await openSession(t, controller, await enrol(controller, "web1"), { hello });
  await eventually(async () => (await controller.api.get<ProcessList>(API_PATHS.processes)).total === 1);
  return session;
}

// ---- who may ask ------------------------------------------------------------------------------------------------

test("every route there is needs a login, but the login itself", async (t) => {
  const controller = await controllerInside(t);
  const routes = routesOf(await documentOf(controller));
  const documented = new Set(routes.map(({ template }) => template.replace(/\{(\w+)\}/g, ":$1")));
  const undocumented = Object.values(API_PATHS).filter((path) => !documented.has(path));
  assert.deepEqual(undocumented, [API_PATHS.openapi], "every path but the document's own is in the document");
  const asked = [...routes, { method: "GET", path: API_PATHS.openapi }];
  for (const { method, path } of asked.filter(({ path }) => path !== API_PATHS.login)) {
    for (const headers of [
      {},
      { authorization: "Bearer fvt_wrong" },
      { authorization: "Basic YTpi" },
      { cookie: "fleetvisor_session=wrong" },
    ]) {
      const answer = await ask(controller, path, { method, headers });
      const { status, kind } = await refusal(answer);
      assert.deepEqual([status, kind], [401, "unauthenticated"], `${method} ${path}`);
    }
  }
});

test("a one-time code logs in once, and its cookie is for this site's own requests alone", async (t) => {
  const controller = await controllerInside(t);
  const code = await controller.loginCode();
  const first = await ask(controller, API_PATHS.login, { method: "POST", body: { code } });
  assert.equal(first.status, 200);
  const cookie = first.headers.get("set-cookie") ?? "";
  assert.match(cookie, /^fleetvisor_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const { status, message } = await refusal(await ask(controller, API_PATHS.login, { method: "POST", body: { code } }));
  assert.deepEqual([status, message], [401, "the login link has been used or has expired"]);
});

/** Logs in as a browser: headers with the cookie, and the CSRF token. */
async function browser(controller: ControllerInside, body: unknown): Promise<{ cookie: string; csrf: string }> {
  const answer = await ask(controller, API_PATHS.login, { method: "POST", body });
  assert.equal(answer.status, 200);
  const cookie = (answer.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
  return { cookie, csrf: ((await answer.json()) as Session).csrfToken };
}

test("a browser's changing requests need the CSRF token of its own session, its reading ones do not", async (t) => {
  const controller = await controllerInside(t);
  const { cookie, csrf } = await browser(controller, { code: await controller.loginCode() });
  const other = await browser(controller, { code: await controller.loginCode() });
  const routes = routesOf(await documentOf(controller)).filter(({ path }) => path !== API_PATHS.login);
  for (const { method, path } of routes.filter(({ method }) => method !== "GET")) {
    for (const headers of [{ cookie }, { cookie, "x-csrf-token": "" }, { cookie, "x-csrf-token": other.csrf }]) {
      const { status, message } = await refusal(await ask(controller, path, { method, headers }));
      assert.deepEqual([status, message], [403, "the x-csrf-token header is missing or wrong"], `${method} ${path}`);
    }
  }
  assert.equal((await ask(controller, API_PATHS.session, { headers: { cookie } })).status, 200);
  const made = await ask(controller, API_PATHS.tokens, {
    method: "POST",
    body: { name: "ci" },
    headers: { cookie, "x-csrf-token": csrf },
  });
  assert.equal(made.status, 200);
});

test("logging out ends the session, and a new password every other session", async (t) => {
  const controller = await controllerInside(t);
  const one = await browser(controller, { code: await controller.loginCode() });
  const two = await browser(controller, { code: await controller.loginCode() });
  const seen = async ({ cookie }: { cookie: string }) =>
    (await ask(controller, API_PATHS.session, { headers: { cookie } })).status;
  const change = (who: { cookie: string; csrf: string }, method: string, path: string, body?: unknown) =>
    ask(controller, path, { method, body, headers: { cookie: who.cookie, "x-csrf-token": who.csrf } });
  assert.equal((await change(one, "POST", API_PATHS.password, { password: "correct horse" })).status, 204);
  assert.deepEqual([await seen(one), await seen(two)], [200, 401]);
  const three = await browser(controller, { username: "admin", password: "correct horse" });
  const wrong = await refusal(
    await change(three, "POST", API_PATHS.password, { password: "another one", current: "no" }),
  );
  assert.deepEqual([wrong.status, wrong.message], [403, "the current password is wrong"]);
  assert.equal((await change(three, "DELETE", API_PATHS.session)).status, 204);
  assert.equal(await seen(three), 401);
});

test("a token that is revoked is refused at once", async (t) => {
  const controller = await controllerInside(t);
  const { items } = await controller.api.get<ApiTokenList>(API_PATHS.tokens);
  const path = apiPath("token", { id: items[0]?.id ?? "" });
  const headers = bearer(controller);
  assert.equal((await ask(controller, path, { method: "DELETE", headers })).status, 204);
  assert.equal((await ask(controller, API_PATHS.fleet, { headers })).status, 401);
});

test("a token with an end says so, is refused after it, and makes none that outlives it", async (t) => {
  const controller = await controllerInside(t);
  const { token = "", expiresAtMs } = await controller.api.post<ApiToken>(API_PATHS.tokens, {
    name: "x",
    ttlSeconds: 2,
  });
  assert.ok(expiresAtMs != null && Math.abs(expiresAtMs - Date.now() - 2_000) < 1_500);
  const { items } = await controller.api.get<ApiTokenList>(API_PATHS.tokens);
  assert.deepEqual(new Set(items.map((one) => one.expiresAtMs)), new Set([null, expiresAtMs]));
  const short = new ApiClient(controller.url, token);
  for (const wish of [{}, { ttlSeconds: 60 }]) {
    await assert.rejects(short.post(API_PATHS.tokens, { name: "y", ...wish }), { status: 403 });
  }
  await eventually(
    async () => (await ask(controller, API_PATHS.fleet, { headers: bearer({ token }) })).status === 401,
    {
      what: "the token is refused",
      withinMs: 8_000,
    },
  );
  await controller.api.get(API_PATHS.fleet);
});

test("trying passwords is slowed down, without saying which part was wrong", async (t) => {
  const controller = await controllerInside(t);
  const tries = await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      ask(controller, API_PATHS.login, {
        method: "POST",
        body: { username: at % 2 === 0 ? "admin" : "nobody", password: `guess ${at}` },
      }).then(refusal),
    ),
  );
  const refused = tries.filter(({ status }) => status === 401);
  const slowed = tries.filter(({ status }) => status === 429);
  assert.equal(refused.length + slowed.length, 40);
  assert.ok(slowed.length >= 10, `${slowed.length} slowed`);
  assert.deepEqual([...new Set(refused.map(({ message }) => message))], ["wrong user name or password"]);
  assert.match(slowed[0]?.message ?? "", /^too many tries: again in /);
});

// ---- bad input --------------------------------------------------------------------------------------------------

test("bad input is refused with the name of what is wrong in it", async (t) => {
  const controller = await controllerInside(t);
  const headers = bearer(controller);
  const cases: [path: string, ask: Ask, status: number, message: RegExp][] = [
    [`${API_PATHS.processes}?limit=0`, {}, 400, /limit.* >= 1/],
    [`${API_PATHS.processes}?limit=many`, {}, 400, /limit.*integer/],
    [`${API_PATHS.processes}?selektor=a`, {}, 400, /selektor/],
    [`${API_PATHS.processes}?sort=size`, {}, 400, /sort.*target, state, since/],
    [`${API_PATHS.processes}?selector=a%2Fb%2Fc`, {}, 400, /selector, position 4: a second `\/`/],
    [`${API_PATHS.processes}?selector=${"a".repeat(5_000)}`, {}, 400, /selector.*4096/],
    [`${API_PATHS.processes}?cursor=x`, {}, 400, /the cursor is not one of this list/],
    [`${API_PATHS.events}?cursor=-1`, {}, 400, /the cursor is not one of this list/],
    [`${API_PATHS.events}?sinceMs=yesterday`, {}, 400, /sinceMs.*integer/],
    [`${API_PATHS.operations}?limit=9999`, {}, 400, /limit.* <= 200/],
    [
      API_PATHS.operations,
      { method: "POST", body: { verb: "explode", selector: "all" } },
      400,
      /verb.*start, stop, restart, signal/,
    ],
    [API_PATHS.operations, { method: "POST", body: { verb: "start" } }, 400, /selector/],
    [API_PATHS.operations, { method: "POST", body: { verb: "start", selector: "all", force: true } }, 400, /force/],
    [API_PATHS.operations, { method: "POST", body: { verb: "signal", selector: "all" } }, 400, /needs a signal/],
    [API_PATHS.operations, { method: "POST", body: { verb: "start", selector: "all" } }, 404, /no process matches all/],
    [API_PATHS.operations, { method: "POST", text: "{" }, 400, /JSON/],
    [API_PATHS.operations, { method: "POST", text: "" }, 400, /./],
    [API_PATHS.operations, { method: "POST", text: "null" }, 400, /body must be object/],
    [API_PATHS.operations, { method: "POST", text: "a=b", headers: { "content-type": "text/plain" } }, 400, /./],
    [
      API_PATHS.operations,
      { method: "POST", text: `{"verb":"start","selector":"${"x".repeat(300_000)}"}` },
      413,
      /too large/,
    ],
    [API_PATHS.operations, { method: "POST", text: '{"__proto__":{"verb":"start"}}' }, 400, /./],
    [API_PATHS.joinTokens, { method: "POST", body: { uses: 0 } }, 400, /uses.* >= 1/],
    [API_PATHS.tokens, { method: "POST", body: { name: "" } }, 400, /name/],
    [apiPath("instance", { instance: "nobody" }), {}, 404, /there is no instance nobody/],
    [apiPath("operation", { id: "x" }), {}, 404, /there is no operation x/],
    [apiPath("token", { id: "x" }), { method: "DELETE" }, 404, /there is no token x/],
    ["/api/v1/nothing", {}, 404, /there is nothing at GET \/api\/v1\/nothing/],
    ["/api/v1/instances/%zz", {}, 400, /%zz/],
    ["/api/v1/instances/%C3", {}, 400, /%C3/],
    [`/api/v1/instances/${"a".repeat(600)}`, {}, 413, /max param length/],
    [API_PATHS.fleet, { method: "DELETE" }, 404, /there is nothing at DELETE/],
  ];
  for (const [path, request, status, message] of cases) {
    const answer = await ask(controller, path, { ...request, headers: { ...headers, ...request.headers } });
    const told = await refusal(answer.clone()).catch(async () =>
      assert.fail(`${path}: not our words: ${await answer.text()}`),
    );
    const what = `${request.method ?? "GET"} ${path.slice(0, 80)} ${JSON.stringify(told)}`;
    assert.equal(told.status, status, what);
    assert.match(told.message, message, what);
    assert.doesNotMatch(told.message, /node_modules|\.ts:|Error:|undefined|FST_/, what);
  }
});

test("what is no HTTP is refused without a word of the inside", async (t) => {
  const controller = await controllerInside(t);
  for (const bytes of ["rubbish\r\n\r\n", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(100_000)}\r\n\r\n`]) {
    const socket = connect(Number(new URL(controller.url).port), "127.0.0.1");
    socket.on("error", () => {});
    socket.write(bytes);
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    await once(socket, "close");
    assert.match(text, /^HTTP\/1\.1 4\d\d /);
    assert.doesNotMatch(text, /HPE_|at |node/);
  }
  assert.equal((await ask(controller, "/healthz")).status, 200);
});

// ---- answers ----------------------------------------------------------------------------------------------------

/** The schema with what it refers to, for a validator of its own. */
function checker(document: Document, schema: object): (value: unknown) => [boolean, unknown] {
  const whole = { ...schema, components: document.components };
  return (value) => Schema.Errors(whole, value) as [boolean, unknown];
}

test("every answer is as the document says", async (t) => {
  const controller = await controllerInside(t);
  const session = await oneInstance(t, controller);
  session.send(reportsOf(changeReport(1), changeReport(2, { state: "FATAL", spawnError: "no" })));
  await session.next("ack");
  const begun = await controller.api.post<{ id: string }>(API_PATHS.operations, {
    verb: "restart",
    selector: "web1/api",
  });
  const order = await session.next("order");
  session.send({
    $case: "orderResult",
    value: { orderId: order.id, targets: [{ group: "api", name: "api", code: 80, message: "OK" }] },
  });
  const document = await documentOf(controller);
  assert.match(document.openapi, /^3\.1\./);
  const bodies: Readonly<Record<string, unknown>> = {
    [API_PATHS.operations]: { verb: "stop", selector: "web1/api", dryRun: true },
    [API_PATHS.tokens]: { name: "second" },
    [API_PATHS.joinTokens]: {},
    [API_PATHS.users]: { name: "ann", grants: [{ verbs: ["restart"], selector: "web1/api:*" }] },
    [API_PATHS.grants]: { user: "admin", role: "viewer", selector: "role=web" },
    [API_PATHS.login]: { code: await controller.loginCode(), tokenName: "third" },
  };
  const streams = new Set<string>([API_PATHS.stream, API_PATHS.logStream, API_PATHS.logSearch, API_PATHS.logsStream]);
  const place = { file: "1.2.0.abc", offset: 0 };
  const sections = [{ title: "program:api", options: [{ name: "command", value: "/bin/api", isMasked: false }] }];
  /** What the agent is asked by some routes, with what it says. */
  const told: Readonly<Record<string, NonNullable<Answer["body"]>>> = {
    [API_PATHS.logPage]: {
      $case: "logPage",
      value: {
        ...{ data: Buffer.from("a line\n"), start: place, end: { ...place, offset: 7 } },
        ...{ backup: 0, isOldest: true, isNewest: true, found: undefined },
      },
    },
    [API_PATHS.processConfig]: { $case: "config", value: { sections } },
    [API_PATHS.instanceConfig]: { $case: "config", value: { sections } },
  };
  let checked = 0;
  for (const route of routesOf(document)) {
    const template = route.template.replace(/\{(\w+)\}/g, ":$1");
    const body = bodies[template];
    if (streams.has(template) || template === API_PATHS.log || template === API_PATHS.backup) continue;
    if (route.method === "DELETE" || (route.method === "POST" && body === undefined)) continue;
    const paths: Readonly<Record<string, string>> = {
      [API_PATHS.operation]: apiPath("operation", { id: begun.id }),
      [API_PATHS.operationTargets]: apiPath("operationTargets", { id: begun.id }),
      [API_PATHS.explain]: `${API_PATHS.explain}?verb=restart&target=web1/api:api`,
    };
    const path = paths[template] ?? route.path;
    const request = { method: route.method, headers: bearer(controller), ...(route.method === "GET" ? {} : { body }) };
    const asked = ask(controller, path, request);
    const said = told[template];
    if (said !== undefined) {
      const { questionId } = await session.next("question");
      session.send({ $case: "answer", value: { questionId, error: "", code: 0, body: said } });
    }
    const answer = await asked;
    assert.equal(answer.status, 200, `${route.method} ${path}`);
    const schema = route.responses["200"]?.content?.["application/json"]?.schema;
    assert.ok(schema !== undefined, `${route.method} ${template} has a schema`);
    const [holds, errors] = checker(document, schema)(await answer.json());
    assert.ok(holds, `${route.method} ${template}: ${JSON.stringify(errors)}`);
    checked += 1;
  }
  assert.ok(checked >= 22, `${checked} routes`);
  const [wrong] = checker(document, { type: "object", required: ["nothing"] })({});
  assert.equal(wrong, false, "the check can fail");
});

test("every answer carries the headers that keep a browser safe", async (t) => {
  const controller = await controllerInside(t);
  for (const path of ["/", "/healthz", API_PATHS.fleet, API_PATHS.stream, "/api/v1/nothing"]) {
    const abort = new AbortController();
    const answer = await fetch(new URL(path, controller.url), { headers: bearer(controller), signal: abort.signal });
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(answer.headers.get("x-powered-by"), null);
    if (path !== API_PATHS.stream) {
      const policy = answer.headers.get("content-security-policy") ?? "";
      assert.match(policy, /default-src 'self'/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe-inline/);
      assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    }
    if (path.startsWith("/api/")) assert.equal(answer.headers.get("cache-control"), "no-store", path);
    abort.abort();
  }
});

test("nothing secret is in the log, whatever was asked", async (t) => {
  const controller = await controllerInside(t, { log_level: "trace" });
  const code = await controller.loginCode();
  const join = await controller.joinToken();
  const password = "correct horse battery";
  const { cookie, csrf } = await browser(controller, { code });
  const headers = { cookie, "x-csrf-token": csrf };
  await ask(controller, API_PATHS.password, { method: "POST", body: { password }, headers });
  await ask(controller, API_PATHS.login, { method: "POST", body: { username: "admin", password: "a wrong guess" } });
  await ask(controller, API_PATHS.login, { method: "POST", text: `{"password":"half a body` });
  await ask(controller, API_PATHS.login, { method: "POST", body: { username: "admin", password, surplus: 1 } });
  await oneInstance(t, controller);
  await controller.stop();
  const log = controller.log();
  const secrets = [
    controller.token,
    code,
    join,
    join.split(".")[2],
    password,
    "a wrong guess",
    "half a body",
    cookie.split("=")[1],
    csrf,
  ];
  for (const secret of secrets) assert.ok(secret === undefined || !log.includes(secret), `in the log: ${secret}`);
  assert.match(log, /agent connected/);
});

// ---- the live stream --------------------------------------------------------------------------------------------

interface Heard {
  readonly event: string;
  readonly data: Record<string, unknown>;
  readonly id: string | undefined;
}

/** Reads the live stream. */
function listen(t: Scope & { after(hook: () => void): void }, controller: ControllerInside, lastEventId?: string) {
  const abort = new AbortController();
  const heard: Heard[] = [];
  let over = false;
  t.after(() => abort.abort());
  const read = async () => {
    const answer = await fetch(new URL(API_PATHS.stream, controller.url), {
      headers: { ...bearer(controller), ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }) },
      signal: abort.signal,
    });
    const decoder = new TextDecoder();
    let text = "";
    for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(part, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = Object.fromEntries(
          block.split("\n").map((line) => [line.split(": ", 1)[0], line.slice(line.indexOf(": ") + 2)]),
        );
        if (fields.event !== undefined)
          heard.push({ event: fields.event, data: JSON.parse(fields.data ?? ""), id: fields.id });
      }
    }
  };
  void read()
    .catch(() => {})
    .finally(() => {
      over = true;
    });
  return {
    heard,
    close: () => abort.abort(),
    isOver: () => over,
    lastId: () => heard.findLast(({ id }) => id !== undefined)?.id ?? "",
    until: (event: string, holds: (data: Record<string, unknown>) => boolean = () => true) =>
      eventually(() => heard.find((one) => one.event === event && holds(one.data)), {
        what: event,
        context: () => JSON.stringify(heard),
      }),
  };
}

test("a listener hears hello and then each change as it happens", async (t) => {
  const controller = await controllerInside(t);
  const listener = listen(t, controller);
  await listener.until("hello");
  const session = await oneInstance(t, controller);
  await listener.until("instance", ({ name, liveness }) => name === "web1" && liveness === "live");
  session.send(reportsOf(changeReport(1, { state: "FATAL" })));
  await listener.until("process", ({ target, state }) => target === "web1/api:api" && state === "FATAL");
  await listener.until("history", ({ kind, toState }) => kind === "process-state" && toState === "FATAL");
  await controller.api.post(API_PATHS.operations, { verb: "restart", selector: "web1/api" });
  await listener.until("operation", ({ verb }) => verb === "restart");
  session.send(reportsOf({ seq: 2, atMs: 2, body: { $case: "processRemoved", value: { group: "api", name: "api" } } }));
  await listener.until("process-removed", ({ target }) => target === "web1/api:api");
  const ids = listener.heard.map(({ id }) => Number(id?.split(".")[1]));
  assert.deepEqual(
    ids,
    [...ids].sort((a, b) => a - b),
  );
});

test("who comes back hears what was missed, once and in order", async (t) => {
  const controller = await controllerInside(t);
  const session = await oneInstance(t, controller);
  const first = listen(t, controller);
  await first.until("hello");
  session.send(reportsOf(changeReport(1, { tries: 1 })));
  await first.until("process", ({ tries }) => tries === 1);
  const lastId = first.lastId();
  first.close();
  for (let seq = 2; seq <= 6; seq++) session.send(reportsOf(changeReport(seq, { tries: seq })));
  await eventually(async () => (await controller.api.get<ProcessList>(API_PATHS.processes)).items[0]?.tries === 6);
  const second = listen(t, controller, lastId);
  await second.until("process", ({ tries }) => tries === 6);
  const tries = second.heard.filter(({ event }) => event === "process").map(({ data }) => data.tries);
  assert.deepEqual(tries, [2, 3, 4, 5, 6]);
  assert.ok(!second.heard.some(({ event }) => event === "reset"));
});

test("who was away too long, or over a restart of the controller, is told to ask anew", async (t) => {
  const controller = await controllerInside(t);
  const session = await oneInstance(t, controller);
  const first = listen(t, controller);
  await first.until("hello");
  const lastId = first.lastId();
  const many = Array.from({ length: 6_000 }, (_, at) => changeReport(at + 1, { tries: at + 1 }));
  session.send(reportsOf(...many));
  await eventually(async () => (await controller.api.get<ProcessList>(API_PATHS.processes)).items[0]?.tries === 6_000);
  const second = listen(t, controller, lastId);
  assert.equal((await second.until("reset")).data.reason, "too much happened in between");
  for (const id of ["", "x", `${lastId}9999999`, "-1", lastId.replace(/\.\d+$/, ".NaN")]) {
    const listener = listen(t, controller, id);
    await (id === "" ? listener.until("hello") : listener.until("reset"));
  }
  await controller.startAgain();
  const third = listen(t, controller, lastId);
  assert.equal((await third.until("reset")).data.reason, "the controller was started anew");
});

test("a listener that does not read is cut off and costs the others nothing", async (t) => {
  const controller = await controllerInside(t);
  const session = await oneInstance(t, controller);
  const url = new URL(controller.url);
  const deaf = connect(Number(url.port), url.hostname);
  t.after(() => deaf.destroy());
  deaf.on("error", () => {});
  deaf.pause();
  deaf.write(
    `GET ${API_PATHS.stream} HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ${controller.token}\r\n\r\n`,
  );
  const listener = listen(t, controller);
  await listener.until("hello");
  const description = "d".repeat(8_000);
  for (let seq = 1; seq <= 3_000; seq += 100) {
    const batch = Array.from({ length: 100 }, (_, at) => changeReport(seq + at, { tries: seq + at, description }));
    session.send(reportsOf(...batch));
    await listener.until("process", ({ tries }) => tries === seq + 99);
  }
  // Reading now finds only what was on its way before it was cut.
  let bytes = 0;
  deaf.on("data", (part) => {
    bytes += part.length;
  });
  deaf.resume();
  await eventually(() => deaf.destroyed || deaf.readableEnded || deaf.closed, { what: "the deaf listener is cut off" });
  assert.ok(bytes < 20_000_000, `${bytes} bytes`);
  assert.equal(listener.isOver(), false);
});

test("a controller that stops ends its streams and leaves nothing that keeps the process alive", async (t) => {
  const controller = await controllerInside(t);
  const session = await oneInstance(t, controller);
  const listener = listen(t, controller);
  await listener.until("hello");
  const log = ask(
    controller,
    apiPath("logStream", { instance: "web1", group: "api", name: "api", channel: "stdout" }),
    { headers: bearer(controller) },
  ).then((answer) => answer.text());
  await session.next("logOpen");
  await controller.api.post(API_PATHS.operations, { verb: "restart", selector: "web1/api" });
  const waiting = ask(controller, API_PATHS.operations, {
    method: "POST",
    headers: bearer(controller),
    body: { verb: "restart", selector: "web1/api", waitMs: 60_000 },
  }).then(
    ({ status }) => status,
    () => 0,
  );
  await sleep(100);
  const began = performance.now();
  await controller.stop();
  assert.ok(performance.now() - began < 40_000, `${performance.now() - began} ms`);
  await log;
  await eventually(() => listener.isOver());
  await waiting;
  assert.match((await session.next("goodbye")).reason, /stopping/);
  session.close();
  await eventually(() => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length <= 2, {
    withinMs: 8_000,
    what: `no timer is left: ${process.getActiveResourcesInfo()}`,
  });
});

test("operations are listed newest first, and a dry run is none", async (t) => {
  const controller = await controllerInside(t);
  const session = await openSession(t, controller, await enrol(controller, "web1"), {
    processes: [processInfo(), processInfo({ name: "b", index: 1 })],
  });
  await eventually(async () => (await controller.api.get<ProcessList>(API_PATHS.processes)).total === 2);
  await controller.api.post(API_PATHS.operations, { verb: "stop", selector: "all", dryRun: true });
  for (const selector of ["web1/api", "web1/api:b"])
    await controller.api.post(API_PATHS.operations, { verb: "stop", selector });
  const { items } = await controller.api.get<OperationList>(API_PATHS.operations);
  assert.deepEqual(
    items.map(({ selector }) => selector),
    ["web1/api:b", "web1/api"],
  );
  await eventually(() => session.heard.filter(({ $case }) => $case === "order").length === 2);
});

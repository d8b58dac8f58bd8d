// Who may call what, generated from the OpenAPI document so that no route can be forgotten: nobody, a user without grants, and a user
// whose grants cover something else. What is hidden is answered like what is not there, to the byte.
import assert from "node:assert/strict";
import { test } from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type {
  ApiToken,
  ApiTokenList,
  AuditPage,
  Explanation,
  Grant,
  GrantList,
  JoinToken,
  JoinTokenList,
  Operation,
  OperationList,
  ProcessList,
  Session,
  SessionList,
  User,
  UserList,
} from "@fleetvisor/proto/api/v1";
import { eventually } from "../helpers/eventually.js";
import { type AccessWorld, type Asked, accessWorld, listenTo } from "./access-world.js";

interface Route {
  readonly method: string;
  /** `POST /api/v1/users/{user}` */
  readonly key: string;
  readonly template: string;
}

async function routesOf(world: AccessWorld): Promise<Route[]> {
  const { paths } = await world.get<{ paths: Record<string, Record<string, unknown>> }>(API_PATHS.openapi);
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      key: `${method.toUpperCase()} ${template}`,
      template,
    })),
  );
}

const p = (path: string) => path.replace(/:([a-z]+)/g, "{$1}");

/**
 * What every route owes a caller whose grants cover nothing that is asked for. "administer": 403. "missing": 404, as if it were not
 * there. "empty": 200 with nothing in it. "alike": 200, and
 * the same for both. "own": it is about the caller alone. "anyone": it needs no login.
 */
type Owed = "administer" | "missing" | "empty" | "alike" | "own" | "anyone";
const OWED: Readonly<Record<string, Owed>> = {
  [`POST ${p(API_PATHS.login)}`]: "anyone",
  [`GET ${p(API_PATHS.session)}`]: "own",
  [`DELETE ${p(API_PATHS.session)}`]: "own",
  [`POST ${p(API_PATHS.password)}`]: "own",
  [`GET ${p(API_PATHS.sessions)}`]: "own",
  [`DELETE ${p(API_PATHS.sessionOf)}`]: "missing",
  [`GET ${p(API_PATHS.tokens)}`]: "own",
  [`POST ${p(API_PATHS.tokens)}`]: "own",
  [`DELETE ${p(API_PATHS.token)}`]: "missing",
  [`GET ${p(API_PATHS.joinTokens)}`]: "administer",
  [`POST ${p(API_PATHS.joinTokens)}`]: "administer",
  [`DELETE ${p(API_PATHS.joinToken)}`]: "administer",
  [`GET ${p(API_PATHS.users)}`]: "administer",
  [`POST ${p(API_PATHS.users)}`]: "administer",
  [`GET ${p(API_PATHS.user)}`]: "administer",
  [`DELETE ${p(API_PATHS.user)}`]: "administer",
  [`POST ${p(API_PATHS.userPassword)}`]: "administer",
  [`POST ${p(API_PATHS.userDisable)}`]: "administer",
  [`POST ${p(API_PATHS.userEnable)}`]: "administer",
  [`GET ${p(API_PATHS.grants)}`]: "administer",
  [`POST ${p(API_PATHS.grants)}`]: "administer",
  [`DELETE ${p(API_PATHS.grant)}`]: "administer",
  [`GET ${p(API_PATHS.audit)}`]: "administer",
  [`GET ${p(API_PATHS.auditCheck)}`]: "administer",
  [`GET ${p(API_PATHS.backup)}`]: "administer",
  [`GET ${p(API_PATHS.controller)}`]: "administer",
  [`GET ${p(API_PATHS.explain)}`]: "alike",
  [`GET ${p(API_PATHS.fleet)}`]: "empty",
  [`GET ${p(API_PATHS.instances)}`]: "empty",
  [`GET ${p(API_PATHS.instance)}`]: "missing",
  [`DELETE ${p(API_PATHS.instance)}`]: "missing",
  [`GET ${p(API_PATHS.processes)}`]: "empty",
  [`GET ${p(API_PATHS.process)}`]: "missing",
  [`GET ${p(API_PATHS.instanceMetrics)}`]: "missing",
  [`GET ${p(API_PATHS.processMetrics)}`]: "missing",
  [`GET ${p(API_PATHS.log)}`]: "missing",
  [`GET ${p(API_PATHS.logStream)}`]: "missing",
  [`GET ${p(API_PATHS.logPage)}`]: "missing",
  [`GET ${p(API_PATHS.logSearch)}`]: "missing",
  [`GET ${p(API_PATHS.logsStream)}`]: "missing",
  [`POST ${p(API_PATHS.processStdin)}`]: "missing",
  [`GET ${p(API_PATHS.processConfig)}`]: "missing",
  [`GET ${p(API_PATHS.instanceConfig)}`]: "missing",
  [`GET ${p(API_PATHS.events)}`]: "empty",
  [`POST ${p(API_PATHS.operations)}`]: "missing",
  [`GET ${p(API_PATHS.operations)}`]: "empty",
  [`GET ${p(API_PATHS.operation)}`]: "missing",
  [`GET ${p(API_PATHS.operationTargets)}`]: "missing",
  [`POST ${p(API_PATHS.operationControl)}`]: "missing",
  [`GET ${p(API_PATHS.stream)}`]: "empty",
};

/** What is there, and the same of what is not: names of one length, so that answers may differ in nothing. */
const HIDDEN = { instance: "canary1", group: "canary2", name: "canary3", user: "canary4", label: "canary5" };
const ABSENT = { instance: "absent1", group: "absent2", name: "absent3", user: "absent4", label: "absent5" };
type Names = typeof HIDDEN & { readonly id: string };

function bodyOf(route: Route, names: Names): unknown {
  const target = `${names.instance}/${names.group}:${names.name}`;
  const bodies: Readonly<Record<string, unknown>> = {
    [`POST ${p(API_PATHS.login)}`]: { username: names.user, password: "wrong password" },
    [`POST ${p(API_PATHS.password)}`]: { password: "another horse", current: "wrong password" },
    [`POST ${p(API_PATHS.tokens)}`]: { name: "mine" },
    [`POST ${p(API_PATHS.joinTokens)}`]: {},
    [`POST ${p(API_PATHS.users)}`]: { name: names.user },
    [`POST ${p(API_PATHS.userPassword)}`]: { password: "another horse" },
    [`POST ${p(API_PATHS.userDisable)}`]: undefined,
    [`POST ${p(API_PATHS.userEnable)}`]: undefined,
    [`POST ${p(API_PATHS.grants)}`]: { user: "eve", role: "admin", selector: "all" },
    [`POST ${p(API_PATHS.operations)}`]: { verb: "restart", selector: target },
    [`POST ${p(API_PATHS.operationControl)}`]: undefined,
    [`POST ${p(API_PATHS.processStdin)}`]: { text: "x" },
  };
  assert.ok(route.method !== "POST" || route.key in bodies, `a body for ${route.key}`);
  return bodies[route.key];
}

function pathOf({ template }: Route, names: Names): string {
  const values: Readonly<Record<string, string>> = { ...names, channel: "stdout", control: "abort" };
  const path = template.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? "x"));
  const target = encodeURIComponent(`${names.instance}/${names.group}:${names.name}`);
  if (template === API_PATHS.explain) return `${path}?verb=restart&target=${target}`;
  if (template === API_PATHS.logSearch) return `${path}?pattern=x&selector=${target}`;
  if (template === API_PATHS.logsStream) return `${path}?selector=${target}`;
  if (template === API_PATHS.processes || template === API_PATHS.events) return `${path}?selector=${target}`;
  return path;
}

const hidden = { name: HIDDEN.instance, labels: { [HIDDEN.label]: HIDDEN.label } };

/** A fleet of which `seen/api:web` is all that eve's grant covers; ids of what is not hers. */
async function hiddenWorld(t: Parameters<typeof accessWorld>[0]) {
  const world = await accessWorld(t);
  world.hosts({ ...hidden, processes: [{ group: HIDDEN.group, name: HIDDEN.name, state: "FATAL" }] });
  world.sample(HIDDEN.instance);
  world.sample(HIDDEN.instance);
  await world.user(HIDDEN.user, { role: "operator", selector: `${HIDDEN.instance}/all` });
  const target = `${HIDDEN.instance}/${HIDDEN.group}:${HIDDEN.name}`;
  const operation = await world.get<Operation>(API_PATHS.operations, {
    method: "POST",
    body: { verb: "restart", selector: target, waitMs: 5_000 },
  });
  assert.equal(operation.state, "succeeded");
  await world.history(eventOf(HIDDEN.instance, HIDDEN.group, HIDDEN.name));
  const token = await world.token("canary6", world.admin);
  const join = await world.get<JoinToken>(API_PATHS.joinTokens, { method: "POST", body: {} });
  const { items } = await world.get<GrantList>(API_PATHS.grants);
  return { world, ids: [operation.id, token.id, join.token.split(".")[1] ?? "", items[0]?.id ?? ""] };
}

function eventOf(instance: string, group: string, name: string) {
  return {
    kind: "process-state",
    seq: null,
    atMs: 1,
    instance,
    group,
    name,
    fromState: "RUNNING",
    toState: "FATAL",
    pid: 7,
    exit: null,
    spawnError: null,
    end: null,
    operationId: null,
    user: null,
    detail: null,
  } as const;
}

/** Status and body; of a stream what comes first. */
async function answerTo(world: AccessWorld, path: string, asked: Asked): Promise<{ status: number; text: string }> {
  const answer = await world.ask(path, asked);
  if ((answer.headers.get("content-type") ?? "").startsWith("text/event-stream")) {
    const reader = answer.body?.getReader();
    const first = await reader?.read();
    await reader?.cancel();
    return { status: answer.status, text: new TextDecoder().decode(first?.value) };
  }
  return { status: answer.status, text: await answer.text() };
}

test("every route of the document says what it owes to whom, and none is left out", async (t) => {
  const world = await accessWorld(t);
  assert.deepEqual((await routesOf(world)).map(({ key }) => key).sort(), Object.keys(OWED).sort());
});

test("nobody is let in anywhere but to log in", async (t) => {
  const { world, ids } = await hiddenWorld(t);
  for (const route of (await routesOf(world)).filter(({ key }) => OWED[key] !== "anyone")) {
    const names = { ...HIDDEN, id: ids[0] ?? "" };
    for (const token of [null, "fvt_wrong", `${world.admin}x`]) {
      const body = bodyOf(route, names);
      const { status, text } = await answerTo(world, pathOf(route, names), { token, method: route.method, body });
      assert.equal(status, 401, route.key);
      assert.ok(!text.includes("canary"), route.key);
    }
  }
});

for (const [who, grants] of [
  ["a user without grants", []],
  ["a user whose grants cover something else", [{ role: "operator", selector: "seen/api:* role=web/all none/*" }]],
  [
    "a user who may read what begins like it",
    [
      {
        role: "operator",
        selector: "canary/all canary1?/all canary1/canary2:canary canary1/canary:canary3 canary5!=canary5/all",
      },
    ],
  ],
] as const) {
  test(`${who} is answered as if what is hidden were not there`, async (t) => {
    const { world, ids } = await hiddenWorld(t);
    for (const route of await routesOf(world)) {
      const owed = OWED[route.key];
      if (owed === "anyone") continue;
      // A user of its own for each route, for some end what the user is.
      const eve = `eve${Math.random().toString(36).slice(2, 8)}`;
      const token = await world.user(eve, ...grants);
      const answers = [];
      for (const names of [...ids.map((id) => ({ ...HIDDEN, id })), { ...ABSENT, id: "absent6" }]) {
        const asked = { token, method: route.method, body: bodyOf(route, names) };
        const { status, text } = await answerTo(world, pathOf(route, names), asked);
        const known = grants.reduce((sofar, { selector }) => sofar.replaceAll(selector, "GRANTED"), text);
        const blank = Object.values(names).reduce((sofar, name) => sofar.replaceAll(name, "NAME"), known);
        assert.ok(!blank.includes("canary"), `${route.key}: ${text}`);
        answers.push({ status, text: blank });
        if (owed === "own") break;
      }
      const [first] = answers;
      if (owed === "administer") assert.equal(first?.status, 403, route.key);
      if (owed === "missing") assert.equal(first?.status, 404, route.key);
      if (owed === "empty" || owed === "alike") assert.equal(first?.status, 200, route.key);
      if (owed !== "own") {
        const steady = answers.map(({ status, text }) => ({
          status,
          text: text.replace(/"atMs":\d+/, "").replace(/id: \S+/, ""),
        }));
        for (const answer of steady) assert.deepEqual(answer, steady[0], route.key);
      }
    }
    assert.equal(world.orders.length, 1, "nothing but the admin's own order left");
    assert.equal((await world.get<ProcessList>(API_PATHS.processes)).total, 1);
    const admins = (await world.get<UserList>(API_PATHS.users)).items.filter(({ grants }) =>
      grants.some(({ role }) => role === "admin"),
    );
    assert.deepEqual(
      admins.map(({ name }) => name),
      ["admin"],
      "nobody made an admin",
    );
  });
}

test("every refusal is in the audit with who, what and from where, and so is every change", async (t) => {
  const { world } = await hiddenWorld(t);
  const eve = await world.user("eve", { role: "viewer", selector: "canary1/all" });
  const auditOf = async () => (await world.get<AuditPage>(`${API_PATHS.audit}?limit=1000`)).items;
  const before = (await auditOf()).length;
  let refused = 0;
  for (const route of (await routesOf(world)).filter(({ key }) => OWED[key] === "administer")) {
    const names = { ...HIDDEN, id: "nothing" };
    const answer = await world.ask(pathOf(route, names), {
      token: eve,
      method: route.method,
      body: bodyOf(route, names),
    });
    assert.equal(answer.status, 403);
    refused += 1;
  }
  const restart = { verb: "restart", selector: "all" };
  const answer = await world.ask(API_PATHS.operations, { token: eve, method: "POST", body: restart });
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /eve may not restart canary1\/canary2:canary3/);
  const rows = await auditOf();
  assert.equal(rows.length - before, refused + 1);
  for (const { actor, outcome, address } of rows.slice(0, refused + 1)) {
    assert.deepEqual([actor, outcome, address], ["eve", "refused", "127.0.0.1"]);
  }
  assert.equal(rows[0]?.subject, "POST /api/v1/operations: eve may not restart canary1/canary2:canary3");
  assert.deepEqual(
    rows.map(({ id }) => id),
    rows.map((_, at) => rows.length - at),
  );

  const post = <T>(path: string, body?: unknown) => world.get<T>(path, { method: "POST", body });
  const send = (method: string, path: string, body?: unknown) => world.ask(path, { method, body });
  await post<User>(API_PATHS.users, {
    name: "ann",
    password: "a secret word",
    grants: [{ role: "viewer", selector: "web*" }],
  });
  const grant = await post<Grant>(API_PATHS.grants, { user: "ann", verbs: ["restart", "logs"], selector: "web1/all" });
  await send("DELETE", `${API_PATHS.grants}/${grant.id}`);
  await send("POST", `${API_PATHS.users}/ann/password`, { password: "another secret" });
  await send("POST", `${API_PATHS.users}/ann/disable`);
  await send("POST", `${API_PATHS.users}/ann/enable`);
  await send("DELETE", `${API_PATHS.users}/ann`);
  const changes = (await auditOf()).slice(0, 7).reverse();
  assert.deepEqual(
    changes.map(({ action, subject, outcome }) => `${action} ${subject} ${outcome}`),
    [
      "user.add ann; viewer on web* done",
      "grant.add ann: restart,logs on web1/all done",
      "grant.delete ann: restart,logs on web1/all done",
      "user.password ann done",
      "user.disable ann done",
      "user.enable ann done",
      "user.delete ann done",
    ],
  );
  assert.doesNotMatch(JSON.stringify(await auditOf()), /secret/);
});

test("the audit is paged by cursor without a row twice or left out", async (t) => {
  const world = await accessWorld(t);
  for (let at = 0; at < 7; at++) await world.token(`t${at}`, world.admin);
  const seen: number[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const page: AuditPage = await world.get(`${API_PATHS.audit}?limit=3${cursor === "" ? "" : `&cursor=${cursor}`}`);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  assert.deepEqual(seen, [7, 6, 5, 4, 3, 2, 1]);
  assert.equal((await world.ask(`${API_PATHS.audit}?cursor=x`)).status, 400);
});

test("a delegate restarts what was granted; what reaches beyond is refused and says what part", async (t) => {
  const world = await accessWorld(t);
  const api = [
    { group: "api", name: "a" },
    { group: "api", name: "b" },
  ];
  world.hosts(
    { name: "web1", labels: { role: "web" }, processes: [...api, { group: "nginx", name: "nginx" }] },
    { name: "db1", labels: { role: "db" }, processes: [{ group: "pg", name: "pg" }] },
  );
  const ann = await world.user(
    "ann",
    { role: "operator", selector: "role=web/api:*" },
    { role: "viewer", selector: "role=web/nginx" },
  );
  const operate = (selector: string, more: object = {}) =>
    world.ask(API_PATHS.operations, {
      token: ann,
      method: "POST",
      body: { verb: "restart", selector, waitMs: 5_000, ...more },
    });
  const message = async (answer: Response) => ((await answer.json()) as { error: { message: string } }).error.message;

  const allowed = await operate("web*/api:*");
  assert.equal(allowed.status, 200);
  const { targets, selector } = (await allowed.json()) as Operation;
  assert.deepEqual([selector, targets.map(({ target }) => target)], ["web*/api:*", ["web1/api:a", "web1/api:b"]]);
  assert.deepEqual(world.orders, ["web1/api:a", "web1/api:b"]);

  for (const dryRun of [false, true]) {
    const beyond = await operate("all", { dryRun });
    assert.equal(beyond.status, 403);
    assert.equal(await message(beyond), "ann may not restart web1/nginx:nginx");
    const unseen = await operate("db1/pg", { dryRun });
    assert.deepEqual([unseen.status, await message(unseen)], [404, "no process matches db1/pg"]);
  }
  assert.equal(world.orders.length, 2, "nothing of what was refused was done");
  const both = await operate("db1/pg web1/api:a");
  assert.equal(both.status, 200);
  assert.deepEqual(
    ((await both.json()) as Operation).targets.map(({ target }) => target),
    ["web1/api:a"],
  );
});

test("others' operations are seen in the covered part alone, down to when they ended", async (t) => {
  const world = await accessWorld(t);
  world.hosts(
    { name: "web1", processes: [{ group: "api", name: "a" }] },
    { name: "db1", processes: [{ group: "pg", name: "pg" }] },
  );
  const ann = await world.user("ann", { role: "viewer", selector: "web1/api:*" });
  const listener = await listenTo(t, world, API_PATHS.stream, { token: ann });
  const operate = (selector: string) =>
    world.get<Operation>(API_PATHS.operations, { method: "POST", body: { verb: "stop", selector, waitMs: 5_000 } });
  const whole = await operate("web1/api:a db1/pg nothing/at-all");
  const other = await operate("db1/pg");
  const { items } = await world.get<OperationList>(API_PATHS.operations, { token: ann });
  assert.deepEqual(
    items.map(({ id }) => id),
    [whole.id],
  );
  const part = await world.get<Operation>(`${API_PATHS.operations}/${whole.id}?waitMs=1000`, { token: ann });
  assert.deepEqual(
    [part.selector, part.targets.map(({ target }) => target), part.state],
    ["web1/api:a", ["web1/api:a"], "succeeded"],
  );
  assert.equal((await world.ask(`${API_PATHS.operations}/${other.id}`, { token: ann })).status, 404);
  const told = listener.heard.filter(({ type }) => type === "operation").map(({ data }) => data);
  assert.doesNotMatch(JSON.stringify(told), /db1|nothing/);
  assert.equal(new Set(told.map((data) => JSON.stringify(data))).size, told.length, "none is told twice");
  assert.deepEqual((await world.get<OperationList>(`${API_PATHS.operations}?limit=1`, { token: ann })).items.length, 1);
});

test("what one may see is not what one may do: logs and removal ask for their own verb", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: [{ group: "api", name: "a" }] });
  const [see, read, rule] = [
    await world.user("see", { verbs: ["restart"], selector: "web1/all" }),
    await world.user("read", { verbs: ["logs"], selector: "web1/api:*" }),
    await world.user("rule", { role: "admin", selector: "web1/all" }),
  ];
  const log = "/api/v1/instances/web1/processes/api/a/logs/stdout";
  assert.equal((await world.ask(log, { token: see })).status, 403);
  assert.equal((await world.ask(`${log}/stream`, { token: see })).status, 403);
  assert.deepEqual(await world.get(log, { token: read }), { text: "log of web1\n", bytes: 12 });
  assert.equal((await world.ask("/api/v1/instances/web1", { token: see, method: "DELETE" })).status, 403);
  assert.equal(
    (await world.ask("/api/v1/users", { token: rule })).status,
    403,
    "over a part one administers no people",
  );
  assert.equal((await world.ask("/api/v1/instances/web1", { token: rule, method: "DELETE" })).status, 204);
});

test("a change of grants ends the streams that it concerns at once, and no others", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: [{ group: "api", name: "a" }] });
  const ann = await world.user("ann", { role: "viewer", selector: "web1/all" });
  const bob = await world.user("bob", { role: "viewer", selector: "web1/all" });
  const [live, log, others] = [
    await listenTo(t, world, API_PATHS.stream, { token: ann }),
    await listenTo(t, world, "/api/v1/instances/web1/processes/api/a/logs/stdout/stream", { token: ann }),
    await listenTo(t, world, API_PATHS.stream, { token: bob }),
  ];
  await eventually(() => log.heard.length > 0);
  const { items } = await world.get<GrantList>(`${API_PATHS.grants}?user=ann`);
  assert.equal((await world.ask(`${API_PATHS.grants}/${items[0]?.id}`, { method: "DELETE" })).status, 204);
  await eventually(() => live.state.over && log.state.over);
  assert.equal(others.state.over, false);
  assert.deepEqual((await world.get<ProcessList>(API_PATHS.processes, { token: ann })).total, 0);
});

test("who comes back with the place of another's stream hears nothing of it", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: [{ group: "api", name: "a" }] });
  const ann = await world.user("ann", { role: "viewer", selector: "db*" });
  const all = await listenTo(t, world, API_PATHS.stream);
  await eventually(() => all.heard.length > 0);
  const place = all.heard.at(-1)?.id ?? "";
  world.hosts({ name: "web2", processes: [] });
  const back = await listenTo(t, world, API_PATHS.stream, { token: ann, headers: { "last-event-id": place } });
  await eventually(() => back.heard.length >= 2);
  assert.deepEqual(
    back.heard.map(({ type }) => type),
    ["hello", "reset"],
  );
  assert.match(back.heard.at(-1)?.id ?? "", /\.0$/, "numbers of one's own");
});

test("tokens and sessions: one's own for oneself, all of them for who administers", async (t) => {
  const world = await accessWorld(t);
  const ann = await world.user("ann");
  await world.ask(`${API_PATHS.users}/ann/password`, { method: "POST", body: { password: "correct horse" } });
  const login = await world.ask(API_PATHS.login, {
    token: null,
    method: "POST",
    body: { username: "ann", password: "correct horse" },
  });
  const cookie = (login.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
  const mine = await world.get<SessionList>(API_PATHS.sessions, { token: null, headers: { cookie } });
  assert.deepEqual(
    mine.items.map(({ user, current }) => [user, current]),
    [["ann", true]],
  );
  assert.deepEqual((await world.get<SessionList>(API_PATHS.sessions)).items, [], "the admin has none");
  assert.equal((await world.ask(`${API_PATHS.sessions}?all=true`, { token: ann })).status, 403);
  assert.equal((await world.ask(`${API_PATHS.tokens}?all=true`, { token: ann })).status, 403);
  const tokens = (await world.get<ApiTokenList>(`${API_PATHS.tokens}?all=true`)).items;
  assert.deepEqual(tokens.map(({ user }) => user).sort(), ["admin", "ann"]);
  const ofAdmin = tokens.find(({ user }) => user === "admin")?.id ?? "";
  assert.equal((await world.ask(`${API_PATHS.tokens}/${ofAdmin}`, { token: ann, method: "DELETE" })).status, 404);
  const [session] = (await world.get<SessionList>(`${API_PATHS.sessions}?all=true`)).items;
  assert.equal((await world.ask(`${API_PATHS.sessions}/${session?.id}`, { method: "DELETE" })).status, 204);
  assert.equal((await world.ask(API_PATHS.session, { token: null, headers: { cookie } })).status, 401);
  const ofAnn = tokens.find(({ user }) => user === "ann")?.id ?? "";
  assert.equal((await world.ask(`${API_PATHS.tokens}/${ofAnn}`, { method: "DELETE" })).status, 204);
  assert.equal((await world.ask(API_PATHS.session, { token: ann })).status, 401);
});

test("a token for another is made by who administers everything, with both names in the audit, and ends as its own do", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: [{ group: "api", name: "a" }] });
  const ann = await world.user("ann", { role: "viewer", selector: "web1/api:*" });
  const part = await world.user("part", { role: "admin", selector: "web1/all" });
  const make = (user: string, body: object, token?: string) =>
    world.ask(API_PATHS.tokens, {
      method: "POST",
      body: { name: "deploy", user, ...body },
      ...(token === undefined ? {} : { token }),
    });
  for (const token of [ann, part]) {
    for (const user of ["admin", "nobody"]) assert.equal((await make(user, {}, token)).status, 403, user);
  }
  assert.equal((await make("ann", {}, ann)).status, 200, "one's own, by name");
  assert.equal((await make("nobody", {})).status, 404);
  const made = (await (await make("ann", { ttlSeconds: 60 })).json()) as ApiToken;
  assert.equal(made.user, "ann");
  const { user } = await world.get<{ user: string }>(API_PATHS.session, { token: made.token ?? "" });
  assert.equal(user, "ann", "it opens what ann may and no more");
  assert.equal((await make("admin", {}, made.token ?? "")).status, 403);
  const short = await world.get<ApiToken>(API_PATHS.tokens, { method: "POST", body: { name: "s", ttlSeconds: 60 } });
  assert.equal((await make("ann", {}, short.token ?? "")).status, 403, "what ends makes nothing that lasts");
  const { items } = await world.get<AuditPage>(`${API_PATHS.audit}?action=token.create&text=of%20ann`);
  assert.deepEqual(
    items.map(({ actor, subject, outcome }) => `${actor}: ${subject} ${outcome}`),
    ["admin: deploy of ann; for 60 s done"],
  );
  assert.equal((await world.ask(`/api/v1/users/ann/disable`, { method: "POST" })).status, 204);
  assert.equal((await world.ask(API_PATHS.session, { token: made.token ?? "" })).status, 401);
});

test("join tokens are listed without their secret, and a revoked one is gone", async (t) => {
  const world = await accessWorld(t);
  const { token } = await world.get<JoinToken>(API_PATHS.joinTokens, { method: "POST", body: { uses: 3 } });
  const [, id = "", secret = ""] = token.split(".");
  const listed = await world.get<JoinTokenList>(API_PATHS.joinTokens);
  assert.deepEqual(
    listed.items.map((one) => [one.id, one.uses, one.used, one.createdBy]),
    [[id, 3, 0, "admin"]],
  );
  assert.ok(!JSON.stringify(listed).includes(secret));
  assert.equal((await world.ask(`${API_PATHS.joinTokens}/${id}`, { method: "DELETE" })).status, 204);
  assert.equal((await world.ask(`${API_PATHS.joinTokens}/${id}`, { method: "DELETE" })).status, 404);
  assert.deepEqual((await world.get<JoinTokenList>(API_PATHS.joinTokens)).items, []);
});

test("a session says what one may do, and an explanation why", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", labels: { role: "web" }, processes: [{ group: "api", name: "a" }] });
  const ann = await world.user("ann", { role: "operator", selector: "role=web/api:*" });
  const session = await world.get<Session>(API_PATHS.session, { token: ann });
  assert.deepEqual(
    [session.user, session.role, session.administers, session.grants],
    ["ann", "operator", false, [{ role: "operator", verbs: [], selector: "role=web/api:*" }]],
  );
  const why = (query: string, token = world.admin) =>
    world.get<Explanation>(`${API_PATHS.explain}?${query}`, { token });
  const yes = await why("user=ann&verb=restart&target=web1/api:a");
  assert.deepEqual([yes.allowed, yes.grant?.selector], [true, "role=web/api:*"]);
  assert.equal(yes.reason, "ann may restart web1/api:a: operator on role=web/api:* covers it");
  assert.equal((await why("user=ann&verb=stop&target=web1/nginx")).allowed, false);
  assert.equal((await why("user=ann&verb=administer")).allowed, false);
  assert.equal((await why("verb=administer")).allowed, true);
  assert.equal((await why("verb=restart&target=web1/api:a", ann)).allowed, true);
  assert.equal((await world.ask(`${API_PATHS.explain}?user=admin&verb=read`, { token: ann })).status, 403);
  assert.equal((await world.ask(`${API_PATHS.explain}?user=nobody&verb=read`)).status, 404);
  await world.ask(`${API_PATHS.users}/ann/disable`, { method: "POST" });
  assert.match(
    (await why("user=ann&verb=restart&target=web1/api:a")).reason,
    /^ann is disabled; otherwise: ann may restart/,
  );
});

test("tricks in names open nothing: percent-encoding, dots, slashes, unicode, line ends, twins", async (t) => {
  const { world } = await hiddenWorld(t);
  world.hosts({ name: "seen", processes: [{ group: "api", name: "web" }] });
  const eve = await world.user("eve", { role: "operator", selector: "seen/api:*" });
  const paths = [
    "/api/v1/instances/%63anary1",
    "/api/v1/instances/canary1%00",
    "/api/v1/instances/canary1%0a",
    "/api/v1/instances/%EF%BD%83anary1",
    "/api/v1/instances/CANARY1",
    "/api/v1/instances/seen%2F..%2Fcanary1",
    "/api/v1/instances/seen/../canary1",
    "/api/v1/instances/seen%2f%2e%2e%2fcanary1",
    "/api/v1/instances//canary1",
    "/api/v1/instances/seen/processes/..%2F..%2Fcanary1/processes",
    "/api/v1/instances/seen/processes/api/web%2f..%2f..%2f..%2fcanary1",
    "/api/v1/instances/canary1/processes/canary2/canary3",
    "/api/v1/instances/canary1/processes/canary2%3Acanary3/",
    "/api/v1/instances/canary1/processes/canary2/canary3/logs/stdout?tailBytes=10",
    "/api/v1/instances/seen%252F..%252Fcanary1",
    "/api/v1/instances/__proto__",
    "/api/v1/instances/constructor",
    "/api/v1/users/..%2Finstances%2Fcanary1",
    "/api/v1/processes?selector=canary1/all",
    "/api/v1/processes?selector=seen/all&selector=canary1/all",
    "/api/v1/processes?selector=%5Cc%5Ca%5Cn%5Ca%5Cr%5Cy1/all",
    "/api/v1/processes?selector=seen/api:*%0acanary1/all",
    "/api/v1/processes?selector=canary5%3Dcanary5",
    "/api/v1/processes?selector=canary5!%3Dx",
    "/api/v1/processes?selector=state%3DFATAL&sort=state",
    "/api/v1/events?selector=*/*",
    "/api/v1/events?selector=canary1/canary2:canary3%20all",
  ];
  for (const path of paths) {
    const answer = await world.ask(path, { token: eve });
    const text = await answer.text();
    const echo = decodeURIComponent(decodeURIComponent(path.replaceAll("%00", "").replaceAll("+", " ")));
    if (answer.status === 200) assert.doesNotMatch(text, /canary/, path);
    else {
      assert.ok([400, 403, 404].includes(answer.status), `${path}: ${answer.status}`);
      if (/canary[^1]/.test(text)) assert.ok(/canary[^1]/.test(echo), `${path}: ${text}`);
    }
  }
  for (const selector of [
    "canary1/all",
    "all",
    "state=FATAL",
    "*/*:*",
    "seen/../canary1",
    "seen/api:* canary1/all",
    "canary5=canary5",
  ]) {
    const body = { verb: "stop", selector, dryRun: true };
    const text = await (await world.ask(API_PATHS.operations, { token: eve, method: "POST", body })).text();
    assert.doesNotMatch(text.replaceAll(JSON.stringify(selector).slice(1, -1), ""), /canary/, selector);
  }
});

test("a process whose name holds a colon cannot stand for another", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: [{ group: "a", name: "b:c" }] });
  const eve = await world.user("eve", { role: "operator", selector: "web1/a\\:b:c" });
  assert.equal((await world.ask("/api/v1/instances/web1/processes/a%3Ab/c", { token: eve })).status, 404);
});

test("refusals and hidden things leave no trace in what the caller can see", async (t) => {
  const { world } = await hiddenWorld(t);
  const eve = await world.user("eve", { role: "operator", selector: "seen/all" });
  const made = await world.get<ApiToken>(API_PATHS.tokens, { token: eve, method: "POST", body: { name: "x" } });
  assert.equal(made.user, "eve");
  const summary = await world.get<Record<string, unknown>>(API_PATHS.fleet, { token: eve });
  assert.deepEqual(
    { ...summary, atMs: 0 },
    {
      atMs: 0,
      instances: { total: 0, live: 0, late: 0, lost: 0 },
      processes: 0,
      counts: {},
      alarms: [],
      verdict: "empty",
      trouble: [],
      troubleTotal: 0,
    },
  );
});

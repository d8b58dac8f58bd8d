// Searching logs through the controller, with agents that say what the test wants: bounds, grants, credit, and whoever goes meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { ApiToken, LogMatch, LogSearchEnd, LogSearchInstance } from "@fleetvisor/proto/api/v1";
import type { LogMatch as MatchMessage } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { type ControllerInside, controllerInside } from "../helpers/controller-inside.js";
import { eventually } from "../helpers/eventually.js";
import type { Scope } from "../helpers/scope.js";
import { enrol, openSession, processInfo, type ScriptedSession } from "../helpers/scripted-agent.js";
import { accessWorld, listenTo } from "./access-world.js";

interface Heard {
  readonly matches: readonly LogMatch[];
  readonly instances: readonly LogSearchInstance[];
  readonly end: LogSearchEnd | null;
}

/** Reads the events of an answer that is over. */
function heardIn(text: string): Heard {
  const events = [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, event, data]) => ({
    event,
    data: data ?? "",
  }));
  const of = <T>(name: string) => events.filter(({ event }) => event === name).map(({ data }) => JSON.parse(data) as T);
  return { matches: of("match"), instances: of("instance"), end: of<LogSearchEnd>("end")[0] ?? null };
}

interface Asked {
  readonly token?: string;
  readonly signal?: AbortSignal;
}

function search(controller: ControllerInside, query: Readonly<Record<string, string>>, { token, signal }: Asked = {}) {
  const url = new URL(API_PATHS.logSearch, controller.url);
  url.search = new URLSearchParams({ selector: "all", pattern: "x", ...query }).toString();
  const headers = { authorization: `Bearer ${token ?? controller.token}` };
  return fetch(url, { headers, ...(signal === undefined ? {} : { signal }) });
}

const finished = async (response: Promise<Response>) => heardIn(await (await response).text());

const match = (line: string, change: Partial<MatchMessage> = {}): MatchMessage => ({
  group: "api",
  name: "api",
  channel: "stdout",
  backup: 0,
  offset: 0,
  line: Buffer.from(line),
  cut: false,
  ...change,
});

async function agentNamed(t: Scope, controller: ControllerInside, name: string, capabilities = ["log-search"]) {
  const papers = await enrol(controller, name);
  const processes = [processInfo(), processInfo({ group: "db", name: "db", hasStdoutLog: true })];
  const session = await openSession(t, controller, papers, { hello: { name, capabilities }, processes });
  await eventually(async () => {
    const { items } = await controller.api.get<{ items: { instance: string }[] }>(API_PATHS.processes);
    return items.some(({ instance }) => instance === name);
  });
  return session;
}

function over(session: ScriptedSession, streamId: number, change: { readonly error?: string } = {}): void {
  const nothing = { code: 0, searchedBytes: 100, searchedFiles: 1, skippedBytes: 7, full: false, unreadable: [] };
  session.send({ $case: "logSearchEnd", value: { streamId, error: "", ...nothing, ...change } });
}

test("agents are asked for the processes that are meant, and what they find comes with whose it is", async (t) => {
  const controller = await controllerInside(t);
  const agent = await agentNamed(t, controller, "web1");
  await agentNamed(t, controller, "old1", []);
  const answer = finished(
    search(controller, { selector: "*/api", pattern: "a+", ignoreCase: "true", channel: "both" }),
  );
  const { streamId, ...asked } = await agent.next("logSearch");
  assert.deepEqual(asked.targets, [{ group: "api", name: "api" }]);
  assert.deepEqual(
    [asked.pattern, asked.literal, asked.ignoreCase, asked.channels],
    ["a+", false, true, ["stdout", "stderr"]],
  );
  const strange = [
    match("of another process", { group: "db", name: "db" }),
    match("of no channel", { channel: "main" }),
  ];
  agent.send({ $case: "logMatches", value: { streamId, matches: [match("aaa"), ...strange] } });
  over(agent, streamId);
  const { matches, instances, end } = await answer;
  assert.deepEqual(matches, [
    { target: "web1/api:api", channel: "stdout", backup: 0, offset: 0, text: "aaa", cut: false },
  ]);
  const reasons = Object.fromEntries(instances.map(({ instance, reason }) => [instance, reason]));
  assert.deepEqual(reasons, { web1: null, old1: "the agent is too old to search its logs" });
  assert.deepEqual(end, { processes: 2, matches: 1, searchedBytes: 100, skippedBytes: 7, full: false, incomplete: 1 });
});

test("the most matches end it everywhere", async (t) => {
  const controller = await controllerInside(t);
  const [one, two] = [await agentNamed(t, controller, "web1"), await agentNamed(t, controller, "web2")];
  const answer = finished(search(controller, { selector: "*/api", maxMatches: "3" }));
  const first = await one.next("logSearch");
  const second = await two.next("logSearch");
  one.send({ $case: "logMatches", value: { streamId: first.streamId, matches: [match("1"), match("2")] } });
  await one.next("logCredit");
  two.send({
    $case: "logMatches",
    value: { streamId: second.streamId, matches: [match("3"), match("4"), match("5")] },
  });
  const { matches, end } = await answer;
  assert.equal(matches.length, 3);
  assert.equal(end?.full, true);
  assert.equal((await one.next("logClose")).streamId, first.streamId);
  assert.equal((await two.next("logClose")).streamId, second.streamId);
});

test("who goes ends the search at the agent, and an agent that goes is told as a reason", async (t) => {
  const controller = await controllerInside(t);
  const agent = await agentNamed(t, controller, "web1");
  const gone = new AbortController();
  const left = search(controller, { selector: "web1/api" }, { signal: gone.signal });
  const { streamId } = await agent.next("logSearch");
  await left;
  gone.abort();
  assert.equal((await agent.next("logClose")).streamId, streamId);

  const answer = finished(search(controller, { selector: "web1/api" }));
  const again = await agent.next("logSearch");
  agent.send({ $case: "logMatches", value: { streamId: again.streamId, matches: [match("found before")] } });
  await agent.next("logCredit");
  agent.close();
  const { matches, instances, end } = await answer;
  assert.equal(matches.length, 1);
  assert.match(instances[0]?.reason ?? "", /ended its session|connection broke/);
  assert.equal(end?.incomplete, 1);
});

test("an agent that sends more than it was granted is heard no more", async (t) => {
  const controller = await controllerInside(t);
  const agent = await agentNamed(t, controller, "web1");
  const answer = finished(search(controller, { selector: "web1/api" }));
  const { streamId, creditBytes } = await agent.next("logSearch");
  agent.send({ $case: "logMatches", value: { streamId, matches: [match("x".repeat(creditBytes + 1))] } });
  const { matches, instances } = await answer;
  assert.deepEqual(matches, []);
  assert.equal(instances[0]?.reason, "the agent sent more than was asked for");
  assert.equal((await agent.next("logClose")).streamId, streamId);
});

test("a slow reader is waited for, by several agents together, and gets everything", async (t) => {
  const controller = await controllerInside(t);
  const agents = await Promise.all(["web1", "web2", "web3"].map((name) => agentNamed(t, controller, name)));
  const answer = await search(controller, { selector: "*/api", maxMatches: "1000" });
  assert.equal(answer.status, 200);
  // Each byte is six in JSON.
  const line = "\u0001".repeat(32 * 1024);
  const batches = 30;
  const sending = agents.map(async (agent) => {
    const { streamId, creditBytes } = await agent.next("logSearch");
    let credit = creditBytes;
    for (let sent = 0; sent < batches; sent += 1) {
      while (credit < line.length) credit += (await agent.next("logCredit")).bytes;
      credit -= line.length;
      agent.send({ $case: "logMatches", value: { streamId, matches: [match(line)] } });
    }
    over(agent, streamId);
  });
  // Nothing is read for a while: what agents may send then fills the connection and waits.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const [{ matches, end }] = await Promise.all([answer.text().then(heardIn), ...sending]);
  assert.deepEqual(
    [matches.length, end?.matches, end?.incomplete],
    [agents.length * batches, agents.length * batches, 0],
  );
});

test("grants: logs are needed on all that is meant, and what is hidden is not searched", async (t) => {
  const controller = await controllerInside(t);
  const agent = await agentNamed(t, controller, "web1");
  const userWith = async (name: string, grants: readonly object[]) => {
    await controller.api.post(API_PATHS.users, { name, password: "correct horse", grants });
    const login = { username: name, password: "correct horse", tokenName: "test" };
    const answer = await fetch(new URL(API_PATHS.login, controller.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(login),
    });
    return ((await answer.json()) as ApiToken).token ?? "";
  };
  const reader = await userWith("reader", [{ verbs: ["read"], selector: "all" }]);
  const refused = await search(controller, { selector: "web1/all" }, { token: reader });
  assert.equal(refused.status, 403);
  assert.match(await refused.text(), /reader may not read the logs of web1\/api:api, web1\/db:db/);
  const some = await userWith("some", [{ verbs: ["logs"], selector: "web1/db" }]);
  const answer = finished(search(controller, { selector: "all" }, { token: some }));
  const { streamId, targets } = await agent.next("logSearch");
  assert.deepEqual(targets, [{ group: "db", name: "db" }]);
  over(agent, streamId);
  assert.equal((await answer).end?.processes, 1);
  assert.equal((await search(controller, { selector: "web1/api" }, { token: some })).status, 404);
  assert.equal((await search(controller, {}, { token: "fvt_wrong" })).status, 401);
});

test("what is wrong, or too much, is refused before anything is searched", async (t) => {
  const controller = await controllerInside(t);
  const agent = await agentNamed(t, controller, "web1");
  for (const [query, status] of [
    [{ pattern: "(" }, 400],
    [{ pattern: "" }, 400],
    [{ pattern: "x".repeat(1025) }, 400],
    [{ selector: "nope/all" }, 404],
    [{ channel: "main" }, 400],
    [{ maxMatches: "0" }, 400],
  ] as const) {
    assert.equal((await search(controller, query)).status, status, JSON.stringify(query).slice(0, 80));
  }
  const gone = new AbortController();
  const open = await Promise.all([1, 2, 3, 4].map(() => search(controller, {}, { signal: gone.signal })));
  assert.deepEqual(
    open.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  assert.equal((await search(controller, {})).status, 429);
  for (const _ of open) await agent.next("logSearch");
  gone.abort();
  for (const _ of open) await agent.next("logClose");
  assert.equal((await search(controller, { selector: "nope/all" })).status, 404, "there is room again");
});

test("a search whose stream is refused does not count as one that runs", async (t) => {
  const world = await accessWorld(t, {}, { streams: { ofUser: 1, inAll: 10 } });
  world.hosts({ name: "web1", processes: [{ group: "api", name: "api" }] });
  const path = `${API_PATHS.logSearch}?selector=all&pattern=x`;
  const open = await listenTo(t, world, API_PATHS.stream);
  for (let tries = 0; tries < 6; tries += 1) {
    const refused = await world.ask(path);
    assert.equal(refused.status, 429);
    assert.match(await refused.text(), /too many streams are open/, `try ${tries}`);
  }
  open.close();
  await eventually(async () => (await world.ask(path)).status === 200);
});

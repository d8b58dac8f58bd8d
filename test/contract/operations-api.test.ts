// Operations over the API: who may steer one and who may have whole instances changed, what is told of batches to whom, and what an
// operation on many targets costs those who listen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import {
  type AuditPage,
  MOST_TARGETS_TOLD,
  type Operation,
  type OperationList,
  type OperationProgress,
  type OperationTarget,
  type OperationTargetList,
} from "@fleetvisor/proto/api/v1";
import { eventually } from "../helpers/eventually.js";
import { accessWorld, listenTo } from "./access-world.js";

type World = Awaited<ReturnType<typeof accessWorld>>;

const api = (...names: string[]) => names.map((name) => ({ group: "api", name }));

const begin = (world: World, body: Record<string, unknown>, token?: string) =>
  world.get<Operation>(API_PATHS.operations, { method: "POST", body, ...(token === undefined ? {} : { token }) });

const steer = (world: World, id: string, control: string, token?: string) =>
  world.ask(apiPath("operationControl", { id, control }), {
    method: "POST",
    ...(token === undefined ? {} : { token }),
  });

/** Page after page, each with the cursor of the one before. */
async function targetsOf(world: World, id: string, query: Record<string, string>, token?: string) {
  const all: OperationTarget[] = [];
  let pages = 0;
  for (let cursor: string | null = query.cursor ?? ""; cursor !== null; pages += 1) {
    const asked = new URLSearchParams({ ...query, ...(cursor === "" ? {} : { cursor }) });
    const path = `${apiPath("operationTargets", { id })}?${asked}`;
    const page: OperationTargetList = await world.get(path, token === undefined ? {} : { token });
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return { all, pages };
}

const messageOf = async (answer: Response) => ((await answer.json()) as { error: { message: string } }).error.message;

/** One that waits an hour after its first batch. */
const SLOW = { verb: "restart", batch: "1", pauseMs: 3_600_000 };

test("an operation is steered by who began it and by who may do the same to all of its targets, and by nobody else", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: api("a", "b") }, { name: "web2", processes: api("a") });
  const bob = await world.user("bob", { verbs: ["restart"], selector: "all" });
  const ann = await world.user("ann", { verbs: ["restart"], selector: "web1/all" });
  const eve = await world.user("eve", { role: "viewer", selector: "all" });
  const mine = await begin(world, { ...SLOW, selector: "web1/all" }, ann);
  const theirs = await begin(world, { ...SLOW, selector: "all" });
  await eventually(() => world.orders.length === 2);

  assert.equal((await steer(world, mine.id, "pause", ann)).status, 200, "her own");
  assert.equal((await steer(world, mine.id, "resume", bob)).status, 200, "he may restart all of it");
  const beyond = await steer(world, theirs.id, "abort", ann);
  assert.deepEqual(
    [beyond.status, await messageOf(beyond)],
    [403, `ann may not abort operation ${theirs.id}: may not restart all of its targets`],
  );
  assert.equal((await steer(world, theirs.id, "pause", eve)).status, 403, "seeing is not steering");
  assert.equal((await steer(world, "nothing", "pause", eve)).status, 404);
  assert.equal((await steer(world, theirs.id, "explode")).status, 400);
  const { state, reason, counts } = (await (await steer(world, theirs.id, "abort", bob)).json()) as Operation;
  assert.deepEqual(
    [state, reason, counts],
    ["aborted", "not begun: bob aborted the operation", { succeeded: 1, skipped: 2 }],
  );
  const over = await steer(world, theirs.id, "resume");
  assert.deepEqual([over.status, await messageOf(over)], [409, `cannot resume operation ${theirs.id}: it is over`]);

  const rows = (await world.get<AuditPage>(`${API_PATHS.audit}?limit=100`)).items
    .filter(({ action, outcome }) => action.startsWith("operation.") || outcome === "refused")
    .map(({ actor, action, subject, outcome }) => `${actor} ${action} ${subject} ${outcome}`)
    .reverse();
  assert.deepEqual(rows.slice(0, 5), [
    "ann operation.restart web1/all done",
    "admin operation.restart all done",
    `ann operation.pause ${mine.id} (restart) done`,
    `bob operation.resume ${mine.id} (restart) done`,
    `ann request POST /api/v1/operations/${theirs.id}/abort: ann may not abort operation ${theirs.id}: may not restart all of its targets refused`,
  ]);
  assert.ok(rows.includes(`bob operation.abort ${theirs.id} (restart) done`));
});

test("whole instances are changed by who may configure them as such, and not by who may do everything to some of their processes", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: api("a") }, { name: "web2", processes: api("a") });
  const operator = await world.user("operator", { role: "operator", selector: "all" });
  const part = await world.user("part", { role: "admin", selector: "web1/api:*" });
  const whole = await world.user("whole", { role: "admin", selector: "web1/all" });
  const dry = async (body: Record<string, unknown>, token: string) => {
    const answer = await world.ask(API_PATHS.operations, { method: "POST", body: { ...body, dryRun: true }, token });
    return answer.ok ? ((await answer.json()) as Operation).targets : `${answer.status} ${await messageOf(answer)}`;
  };
  const reload = { verb: "reload", selector: "web1" };
  assert.equal(await dry(reload, operator), "403 operator may not configure web1");
  assert.equal(await dry(reload, part), "403 part may not configure web1");
  const targets = await dry(reload, whole);
  assert.ok(typeof targets === "object");
  assert.deepEqual(
    targets.map(({ target, instance, group, name }) => [target, instance, group, name]),
    [["web1", "web1", null, null]],
  );
  assert.equal(await dry({ ...reload, selector: "web2" }, whole), "404 no instance matches web2");
  assert.equal(await dry({ verb: "add", selector: "web1" }, whole), "400 verb add needs groups");
  assert.match(String(await dry({ verb: "reload", selector: "web1/api:a" }, whole)), /^400 .*whole instances/);
  assert.equal(typeof (await dry({ verb: "clear", selector: "web1/api:*" }, operator)), "object");
});

test("who sees a part of an operation is told nothing of the batches between, nor how it goes about the rest", async (t) => {
  const world = await accessWorld(t);
  const hosts = ["a1", "b1", "c1", "d1"].map((name) => ({ name, processes: api("a") }));
  world.hosts(...hosts);
  const ann = await world.user("ann", { role: "viewer", selector: "b1/all d1/all" });
  const { id } = await begin(world, { ...SLOW, selector: "all", pauseMs: 1, maxFailures: 3 });
  const seen = await eventually(async () => {
    const operation = await world.get<Operation>(apiPath("operation", { id }), { token: ann });
    return operation.finishedAtMs !== null && operation;
  });
  assert.deepEqual(
    [
      seen.batches,
      seen.batch,
      seen.plan,
      seen.resumesAtMs,
      seen.counts,
      seen.targets.map(({ target, batch }) => `${target} ${batch}`),
    ],
    [2, 2, null, null, { succeeded: 2 }, ["b1/api:a 1", "d1/api:a 2"]],
  );
  const all = await world.get<Operation>(apiPath("operation", { id }));
  assert.deepEqual(all.plan, { batch: "1", pauseMs: 1, waitRunningMs: 0, maxFailures: 3, timeoutMs: 60_000 });
});

test("an operation on ten thousand targets is told by what changes, and what it costs a listener is bounded", async (t) => {
  const world = await accessWorld(t);
  const names = Array.from({ length: 100 }, (_, at) => `p${at}`);
  world.hosts(...Array.from({ length: 100 }, (_, at) => ({ name: `web${at}`, processes: api(...names) })));
  const part = await world.user("part", { role: "viewer", selector: "web7/all" });
  const listener = await listenTo(t, world, API_PATHS.stream, {});
  const some = await listenTo(t, world, API_PATHS.stream, { token: part });
  const { id, targets } = await begin(world, { verb: "restart", selector: "all" });
  assert.equal(targets.length, MOST_TARGETS_TOLD, "the first; the others come in pages");
  const told = (heard: typeof listener.heard) =>
    heard.flatMap(({ type, data }) => (type === "operation-progress" ? [data as unknown as OperationProgress] : []));
  await eventually(() => told(listener.heard).some(({ state }) => state === "succeeded"));
  await eventually(() => told(some.heard).some(({ state }) => state === "succeeded"));
  assert.equal(listener.heard.filter(({ type }) => type === "operation").length, 0, "never the whole of it");
  assert.ok(
    told(listener.heard).some(({ tooMany }) => tooMany),
    "thousands that change together are not spelled out",
  );
  const sizes = told(listener.heard).map((event) => JSON.stringify(event).length);
  assert.ok(Math.max(...sizes) < 128 * 1024, `the largest has ${Math.max(...sizes)} characters`);
  assert.equal(listener.state.over, false, "nobody was cut off");
  // What a reader that puts the events together has in the end is what is so.
  const now = new Map(
    told(some.heard).flatMap(({ changed }) => changed.map(({ target, result }) => [target, result] as const)),
  );
  assert.deepEqual([now.size, [...new Set(now.values())]], [100, ["succeeded"]]);
  const seen = told(some.heard).flatMap(({ changed }) => changed.map(({ instance }) => instance));
  assert.deepEqual([...new Set(seen)], ["web7"]);
  assert.ok(told(some.heard).every(({ counts }) => Object.values(counts ?? {}).reduce((a, b) => a + b, 0) === 100));

  const whole = await world.get<Operation>(apiPath("operation", { id }));
  assert.deepEqual([whole.targets.length, whole.counts], [MOST_TARGETS_TOLD, { succeeded: 10_000 }]);
  const rest = await targetsOf(world, id, { limit: "1000", cursor: whole.moreTargets ?? "" });
  assert.deepEqual(
    [rest.pages, new Set([...whole.targets, ...rest.all].map(({ target }) => target)).size],
    [10, 10_000],
  );
  const { items } = await world.get<OperationList>(API_PATHS.operations);
  assert.deepEqual(
    items.map((one) => [one.id, one.targets.length, one.counts]),
    [[id, 0, { succeeded: 10_000 }]],
  );
});

test("targets of an operation come in pages, narrowed by what became of them, to each the part that is theirs", async (t) => {
  const world = await accessWorld(t);
  const names = ["a", "b", "c"];
  const hosts = ["web1", "web2", "web3"].map((name) => ({ name, processes: api(...names) }));
  world.hosts(...hosts);
  const part = await world.user("part", { role: "viewer", selector: "web1/api:a web3/all" });
  const none = await world.user("none", { role: "viewer", selector: "web9/all" });
  const stays = await begin(world, { ...SLOW, batch: "4", selector: "all" });
  await steer(world, stays.id, "pause");
  await eventually(async () => {
    const { counts } = await world.get<Operation>(apiPath("operation", { id: stays.id }));
    return counts?.succeeded === 4;
  });
  await steer(world, stays.id, "abort");
  const told = async (query: Record<string, string>, token?: string) => {
    const { all, pages } = await targetsOf(world, stays.id, query, token);
    return [pages, all.map(({ instance, name }) => `${instance.slice(3)}${name}`).join(" ")];
  };
  assert.deepEqual(await told({}), [1, "1a 1b 1c 2a 2b 2c 3a 3b 3c"]);
  assert.deepEqual(await told({ limit: "4" }), [3, "1a 1b 1c 2a 2b 2c 3a 3b 3c"]);
  assert.deepEqual(await told({ limit: "2", result: "succeeded" }), [2, "1a 1b 1c 2a"]);
  assert.deepEqual(await told({ result: "failed,skipped" }), [1, "2b 2c 3a 3b 3c"]);
  assert.deepEqual(await told({ result: "failed,unknown" }), [1, ""]);
  assert.deepEqual(await told({ limit: "2" }, part), [2, "1a 3a 3b 3c"]);
  assert.deepEqual(await told({ limit: "2", result: "skipped" }, part), [2, "3a 3b 3c"]);
  const path = apiPath("operationTargets", { id: stays.id });
  assert.equal((await world.ask(path, { token: none })).status, 404);
  assert.equal((await world.ask(apiPath("operationTargets", { id: "nothing" }))).status, 404);
  for (const query of [
    "limit=0",
    "limit=1001",
    "cursor=x",
    "cursor=-1",
    "cursor=1e3",
    "result=",
    "result=done",
    "targets=none",
  ]) {
    assert.equal((await world.ask(`${path}?${query}`)).status, 400, query);
  }
  for (const path of [API_PATHS.operations, apiPath("operation", { id: stays.id })]) {
    assert.equal((await world.ask(`${path}?targets=none`)).status, 400, "there is no such parameter any more");
  }
});

test("operations are listed in pages, narrowed by state, verb and user, and each sees the same of a part as of the whole", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: api("a", "b") }, { name: "web2", processes: api("a") });
  const ann = await world.user("ann", { verbs: ["read", "restart", "stop"], selector: "web1/all" });
  const ids: string[] = [];
  for (const [verb, selector, token] of [
    ["restart", "web1/all", ann],
    ["stop", "web2/all", undefined],
    ["stop", "all", undefined],
    ["restart", "web1/api:a", ann],
    ["restart", "web2/api:a", undefined],
  ] as const) {
    ids.unshift((await begin(world, { verb, selector, waitMs: 5_000 }, token)).id);
    // Ids say nothing of age, so those of one millisecond would lie in any order.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const list = (query: string, token?: string) =>
    world.get<OperationList>(`${API_PATHS.operations}?${query}`, token === undefined ? {} : { token });
  async function pages(query: string, token?: string): Promise<string[][]> {
    const found: string[][] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: OperationList = await list(`${query}${cursor === "" ? "" : `&cursor=${cursor}`}`, token);
      found.push(page.items.map(({ id }) => String(ids.indexOf(id))));
      assert.ok(page.items.every(({ targets }) => targets.length === 0));
      cursor = page.nextCursor ?? null;
    }
    return found;
  }
  assert.deepEqual(await pages("limit=2"), [["0", "1"], ["2", "3"], ["4"]]);
  assert.deepEqual(await pages("limit=5"), [["0", "1", "2", "3", "4"]], "no page with nothing on it");
  assert.deepEqual(await pages("verb=stop"), [["2", "3"]]);
  assert.deepEqual(await pages("user=ann&limit=1"), [["1"], ["4"]]);
  assert.deepEqual(await pages("state=running"), [[]]);
  assert.deepEqual(await pages("limit=2", ann), [["1", "2"], ["4"]], "her part alone");
  assert.deepEqual(await pages("limit=3", ann), [["1", "2", "4"]], "what she cannot see makes no page");
  const [whole] = (await list("verb=stop&limit=1")).items;
  const [part] = (await list("verb=stop&limit=1", ann)).items;
  assert.deepEqual([whole?.counts, part?.counts], [{ succeeded: 3 }, { succeeded: 2 }]);
  for (const wrong of ["cursor=x", "cursor=1.", "state=odd", "verb=explode", "limit=0"]) {
    assert.equal((await world.ask(`${API_PATHS.operations}?${wrong}`)).status, 400, wrong);
  }
});

test("a preview names as many targets as are asked for, and tells of all of them where and in which batches they are", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: api("a", "b") }, { name: "web2", processes: api("a") });
  const dry = (body: Record<string, unknown>) =>
    world.get<Operation>(API_PATHS.operations, {
      method: "POST",
      body: { verb: "restart", selector: "all", dryRun: true, ...body },
    });
  const { targets, impact, counts } = await dry({ mostTargets: 1, batch: "2" });
  assert.deepEqual(
    targets.map(({ target }) => target),
    ["web1/api:a"],
  );
  assert.deepEqual(impact, {
    targets: 3,
    instances: 2,
    most: [
      { instance: "web1", targets: 2 },
      { instance: "web2", targets: 1 },
    ],
    batches: 2,
    batchSize: 2,
  });
  assert.deepEqual(counts, { pending: 3 });
  const whole = await dry({});
  assert.deepEqual([whole.targets.length, whole.impact], [3, undefined]);
  assert.equal((await dry({ mostTargets: 0 })).targets.length, 0);
});

// What is taken back is gone at once, also for who asked before and waits: answers that are waited for, downloads, and streams that
// open in the very moment.
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { ApiTokenList, GrantList, Operation } from "@fleetvisor/proto/api/v1";
import type { FastifyRequest } from "fastify";
import { Access } from "../../controller/src/access/access.js";
import { Streams } from "../../controller/src/api/streams.js";
import { eventually } from "../helpers/eventually.js";
import { type AccessWorld, accessWorld } from "./access-world.js";

/** An operation that goes on for an hour, and somebody's question for its end. */
async function waitedFor(world: AccessWorld) {
  world.hosts({ name: "web1", processes: [{ group: "api", name: "a" }] }, { name: "web2", processes: [] });
  world.hosts({ name: "web3", processes: [{ group: "api", name: "a" }] });
  const slow = { verb: "restart", selector: "web1/all web3/all", batch: "1", pauseMs: 3_600_000 };
  const { id } = await world.get<Operation>(API_PATHS.operations, { method: "POST", body: slow });
  const wait = (token: string) => world.ask(`${apiPath("operation", { id })}?waitMs=300000`, { token });
  return { id, wait };
}

const take = (world: AccessWorld, path: string, method = "DELETE") =>
  world.ask(path, { method }).then(({ status }) => assert.equal(status, 204));

/** Whether it has an answer. */
function stateOf(asked: Promise<Response>) {
  const state = { answered: false };
  void asked.then(() => {
    state.answered = true;
  });
  return state;
}

test("who waits for the end of an operation is answered at once when that is taken back, by what is left of it", async (t) => {
  const world = await accessWorld(t);
  const { wait } = await waitedFor(world);
  const all = { role: "viewer", selector: "all" } as const;
  const [none, gone, kept, disabled] = [
    await world.user("none", all),
    await world.user("gone", all),
    await world.user("kept", all),
    await world.user("disabled", all),
  ];
  const asked = [wait(none), wait(gone), wait(disabled), wait(kept)] as const;
  const other = stateOf(asked[3]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const { items } = await world.get<GrantList>(`${API_PATHS.grants}?user=none`);
  await take(world, `${API_PATHS.grants}/${items[0]?.id}`);
  assert.equal((await asked[0]).status, 404, "no grant covers it any more");
  const tokens = await world.get<ApiTokenList>(`${API_PATHS.tokens}?all=true`);
  await take(world, `${API_PATHS.tokens}/${tokens.items.find(({ user }) => user === "gone")?.id}`);
  assert.equal((await asked[1]).status, 401, "the token is no more");
  await take(world, "/api/v1/users/disabled/disable", "POST");
  assert.equal((await asked[2]).status, 401, "and the user is kept out");
  assert.equal(other.answered, false, "whom it does not concern waits on");
  const more = { user: "kept", role: "operator", selector: "web1/all" };
  assert.equal((await world.ask(API_PATHS.grants, { method: "POST", body: more })).status, 200);
  const { targets } = (await (await asked[3]).json()) as Operation;
  assert.equal(targets.length, 2, "who may more is told what is so, and asks again");
});

test("who begins an operation and waits for it is told nothing of it once the token is gone", async (t) => {
  const world = await accessWorld(t);
  await waitedFor(world);
  const ann = await world.user("ann", { role: "operator", selector: "all" });
  const body = { verb: "restart", selector: "all", batch: "1", pauseMs: 3_600_000, waitMs: 300_000 };
  const asked = world.ask(API_PATHS.operations, { method: "POST", token: ann, body });
  await eventually(() => world.orders.length >= 2);
  await take(world, "/api/v1/users/ann");
  assert.equal((await asked).status, 401);
});

test("a download of the database ends with the right to have it", async (t) => {
  const world = await accessWorld(t);
  const content = new Readable({ read() {} });
  content.push("some of it");
  t.mock.method(world.store, "copy", async () => ({ sizeBytes: 1_000_000, content }));
  const root = await world.user("root", { role: "admin", selector: "all" });
  const answer = await world.ask(API_PATHS.backup, { token: root });
  assert.equal(answer.status, 200);
  const whole = answer.text().then(
    () => "whole",
    () => "cut",
  );
  await take(world, "/api/v1/users/root/disable", "POST");
  // Long before the test's own patience with an answer is over.
  await eventually(() => content.destroyed, { withinMs: 10_000 });
  assert.equal(await whole, "cut");
});

test("a stream that opens after its right was taken back, by a request that began before, ends", async (t) => {
  const world = await accessWorld(t);
  const access = new Access(world.store);
  const streams = new Streams(access);
  const token = await world.user("ann", { role: "viewer", selector: "all" });
  const credentials = { authorization: `Bearer ${token}`, cookie: undefined };
  const request = {
    actor: await access.authenticate(credentials),
    headers: { authorization: credentials.authorization },
    cookies: {},
    routeOptions: { config: {} },
  } as unknown as FastifyRequest;
  const open = () => {
    const state = { ended: false };
    const end = () => {
      state.ended = true;
    };
    t.after(streams.keep(request, { end, stillHere: () => {} }, () => true));
    return state;
  };
  const before = open();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(before.ended, false);
  const { items } = await world.get<GrantList>(`${API_PATHS.grants}?user=ann`);
  await world.store.deleteGrant(items[0]?.id ?? "");
  const after = open();
  // Streams are looked at every 15 s in any case.
  await eventually(() => after.ended, { withinMs: 10_000 });
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import type { Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import { ApiClient } from "./client.js";
import { followOperation, withTargets } from "./operation.js";

const MANY = 2_500;
const TOLD = 200;

const targets = Array.from({ length: MANY }, (_, at): OperationTarget => {
  const instance = `web-${at}`;
  const done = { result: "succeeded", code: 80, message: "OK", finishedAtMs: 1 } as const;
  return { target: `${instance}/api:api`, instance, group: "api", name: "api", ...done };
});

const running: Operation = {
  ...{ id: "op", verb: "restart", selector: "all", signal: null, user: "ann", state: "running" },
  ...{ createdAtMs: 0, finishedAtMs: null, counts: { sent: MANY } },
  targets: targets.slice(0, TOLD).map((target) => ({ ...target, result: "sent", finishedAtMs: null })),
  moreTargets: String(TOLD),
};
const over: Operation = {
  ...running,
  ...{ state: "succeeded", finishedAtMs: 1, counts: { succeeded: MANY }, targets: targets.slice(0, TOLD) },
};

/** A controller that tells of the operation so often that it runs, then that it is over; its pages as `pages` says. */
async function controller(t: TestContext, turns: number, pages = true) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams, search } = new URL(request.url ?? "", "http://x");
    asked.push(`${pathname.replace("/api/v1/operations/op", "")}${search}`);
    let answer: unknown = asked.length > turns ? over : running;
    if (pathname.endsWith("/targets")) {
      const [from, limit] = [Number(searchParams.get("cursor")), Number(searchParams.get("limit"))];
      answer = {
        items: targets.slice(from, from + limit),
        nextCursor: from + limit < MANY ? String(from + limit) : null,
      };
      if (!pages) response.statusCode = 500;
    }
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const client = new ApiClient({ url: `http://127.0.0.1:${address.port}`, token: "t", plainHttp: false });
  return { client, asked };
}

function following() {
  const told: number[] = [];
  const signal = new AbortController().signal;
  const onProgress = async (operation: Operation) => void told.push(operation.targets.length);
  return { told, isWatched: false, signal, onProgress, onBroken: async () => {} };
}

test("an operation on many targets is followed by its counts and has all of them when it is over", async (t) => {
  const { client, asked } = await controller(t, 2);
  const follower = following();
  const end = await followOperation(client, running, follower);
  assert.deepEqual([end.state, end.targets, end.moreTargets], ["succeeded", targets, undefined]);
  assert.deepEqual(follower.told, [0, 0, 0], "some of them are not told of as if they were all");
  assert.deepEqual(asked.slice(-3), [
    "/targets?limit=1000&cursor=200",
    "/targets?limit=1000&cursor=1200",
    "/targets?limit=1000&cursor=2200",
  ]);
});

test("where the other targets cannot be asked for it is said that there are more", async (t) => {
  const { client } = await controller(t, 0, false);
  const end = await followOperation(client, running, following());
  assert.deepEqual([end.state, end.targets.length, end.moreTargets], ["succeeded", TOLD, String(TOLD)]);
});

test("an operation that is told whole is not asked about", async (t) => {
  const { client, asked } = await controller(t, 0);
  const { moreTargets: _, ...whole } = over;
  assert.deepEqual(await withTargets(client, whole), whole);
  assert.deepEqual(asked, []);
});

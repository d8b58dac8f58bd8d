// Calls over the link: answers in pieces and in turns, never ahead of a stream that is behind, and bounded.
import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { RpcCall, RpcReply } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { ChildLog } from "../run/child-log.js";
import type { Caller } from "../xmlrpc/rpc-context.js";
import { RpcCalls } from "./rpc-calls.js";

const KIB = 1024;

function world(answer: (request: string, caller: Caller) => Promise<string>) {
  const replies: RpcReply[] = [];
  const stream = { clear: true, takes: Number.POSITIVE_INFINITY };
  const calls = new RpcCalls(
    { mainLog: new ChildLog(null), answer },
    {
      isClear: () => stream.clear && replies.length < stream.takes,
      send: ({ value }) => void replies.push(value),
    },
  );
  const call = (callId: number, request = "", more: Partial<RpcCall> = {}) =>
    calls.take({ callId, request: Buffer.from(request), orderId: "", scope: undefined, ...more });
  const told = () => replies.map(({ callId, piece, last }) => `${callId}:${piece.length / KIB}${last ? "." : ""}`);
  return { calls, call, replies, stream, told };
}

test("an answer comes in pieces, two of them in turns", async () => {
  const { call, told, stream, calls } = world(async (request) => "x".repeat(Number(request) * KIB));
  stream.clear = false;
  call(1, "130");
  call(2, "64");
  await turn();
  assert.deepEqual(told(), []);
  stream.clear = true;
  calls.pump();
  assert.deepEqual(told(), ["1:64", "2:64.", "1:64", "1:2."]);
});

test("a stream that is behind is not sent more until it has drained", async () => {
  const { call, told, stream, calls } = world(async () => "x".repeat(256 * KIB));
  stream.takes = 1;
  call(1);
  await turn();
  assert.deepEqual(told(), ["1:64"]);
  stream.takes = 3;
  calls.pump();
  assert.deepEqual(told(), ["1:64", "1:64", "1:64"]);
});

test("an answer that is too large, and a call that fails, are told as that", async () => {
  const { call, replies } = world(async (request) => {
    if (request === "") throw new Error("unmarshallable");
    return "x".repeat(17 * KIB * KIB);
  });
  call(1);
  call(2, "large");
  await turn();
  assert.deepEqual(
    replies.map(({ callId, last, error }) => ({ callId, last, error })),
    [
      { callId: 1, last: true, error: "unmarshallable" },
      { callId: 2, last: true, error: "its answer has 17825792 bytes, more than 16777216: ask for less" },
    ],
  );
});

test("more calls than there may be are refused, and one that is done makes room", async () => {
  const waiting: (() => void)[] = [];
  const { call, replies } = world(() => new Promise((resolve) => waiting.push(() => resolve("done"))));
  for (let id = 1; id <= 257; id++) call(id);
  assert.deepEqual(
    replies.map(({ callId, error }) => [callId, error]),
    [[257, "more than 256 calls are under way"]],
  );
  waiting[0]?.();
  await turn();
  call(258);
  assert.equal(replies.length, 2);
  assert.equal(waiting.length, 257);
});

test("after the end of the connection nothing is sent", async () => {
  const { call, replies, calls } = world(async () => "answer");
  call(1);
  calls.close();
  await turn();
  assert.deepEqual(replies, []);
});

test("a call is answered for its caller: the processes there are, and the order", async () => {
  const seen: string[] = [];
  const { call } = world(async (_, { orderId, covers }) => {
    seen.push(`${orderId} ${covers("api", "one")} ${covers("api", "two")}`);
    return "";
  });
  call(1);
  call(2, "", { orderId: "order", scope: { processes: [{ group: "api", name: "one" }] } });
  call(3, "", { scope: { processes: [] } });
  assert.deepEqual(seen, ["null true true", "order true false", "null false false"]);
});

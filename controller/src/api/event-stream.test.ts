// One reader of server-sent events, and the hub that feeds many: cut off, resumed, never in each other's way.
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "@fleetvisor/proto/api/v1";
import type { FastifyReply } from "fastify";
import { EventStream, frame } from "./event-stream.js";
import { LiveHub } from "./live-hub.js";

const MIB = 1024 * 1024;

/** A connection whose reader takes nothing until `read`. */
class FakeRaw extends EventEmitter {
  written = "";
  headers: Record<string, string> = {};
  writableLength = 0;
  destroyed = false;
  ended = false;

  writeHead(_: number, headers: Record<string, string>): void {
    this.headers = headers;
  }
  flushHeaders(): void {}
  write(text: string): boolean {
    if (this.destroyed) return false;
    this.written += text;
    this.writableLength += text.length;
    return this.writableLength < 16 * 1024;
  }
  read(): void {
    this.writableLength = 0;
    this.emit("drain");
  }
  end(): void {
    this.ended = true;
    this.destroy();
  }
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit("close");
  }
}

function open(onEnd: () => void = () => {}) {
  const raw = new FakeRaw();
  const stream = new EventStream({ raw, hijack() {} } as unknown as FastifyReply, onEnd);
  return { raw, stream };
}

const summary = ({ raw }: { raw: FakeRaw }) =>
  raw.written
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => /^event: (.*)$/m.exec(block)?.[1])
    .join(" ");
const lastId = ({ raw }: { raw: FakeRaw }) => [...raw.written.matchAll(/^id: (.*)$/gm)].at(-1)?.[1];
/** Events that come together leave together, within a hundredth of a second. */
const sent = () => sleep(25);
const removed = (hub: LiveHub, name: string) => hub.publish("instance-removed", { name });

test("an event is one data line, whatever it holds", () => {
  assert.equal(frame("x", { text: "a\nb\r\n" }, "r.1"), 'id: r.1\nevent: x\ndata: {"text":"a\\nb\\r\\n"}\n\n');
});

test("the end is told once, whoever ends it, and later writes are lost without harm", () => {
  let ends = 0;
  const { raw, stream } = open(() => {
    ends += 1;
  });
  stream.end();
  stream.end();
  raw.destroy();
  assert.equal(stream.write("more"), true);
  assert.deepEqual([ends, raw.written], [1, ""]);
});

test("a reader that leaves too much unread is cut off, one that reads is not, however large one event is", () => {
  const deaf = open();
  for (let part = 0; part < 40 && !deaf.raw.destroyed; part++) deaf.stream.write("x".repeat(64 * 1024));
  assert.equal(deaf.raw.destroyed, true);
  assert.ok(deaf.raw.written.length <= MIB + 128 * 1024);
  const reads = open();
  for (let part = 0; part < 5; part++) {
    reads.stream.write("x".repeat(2 * MIB));
    reads.raw.read();
  }
  assert.equal(reads.raw.destroyed, false);
});

test("events that come together leave in one write, the first after a quiet time at once", async () => {
  const { raw, stream } = open();
  let writes = 0;
  const write = raw.write.bind(raw);
  raw.write = (text) => {
    writes += 1;
    return write(text);
  };
  stream.write("a");
  await new Promise(setImmediate);
  assert.deepEqual([writes, raw.written], [1, "a"]);
  for (const text of ["b", "c", "d"]) stream.write(text);
  await sent();
  assert.deepEqual([writes, raw.written], [2, "abcd"]);
  stream.write("e");
  stream.end();
  assert.equal(raw.written, "abcde");
});

test("everybody who waits for the reader to catch up is told once, with one listener on the connection", () => {
  const { raw, stream } = open();
  let told = 0;
  for (let time = 0; time < 50; time++) {
    stream.write("x".repeat(1_000));
    stream.onceDrained(() => {
      told += 1;
    });
  }
  assert.equal(raw.listenerCount("drain"), 1);
  raw.read();
  raw.read();
  assert.equal(told, 50);
});

test("who comes back is sent what was missed; from another start, or too late, a reset", async () => {
  const hub = new LiveHub();
  const first = open();
  hub.add(first.stream, undefined);
  removed(hub, "a");
  await sent();
  const seen = lastId(first);
  hub.remove(first.stream);
  removed(hub, "b");
  removed(hub, "c");
  const second = open();
  hub.add(second.stream, seen);
  await sent();
  assert.equal(summary(second), "hello instance-removed instance-removed");
  assert.match(second.raw.written, /"b"[\s\S]*"c"/);
  const strange = open();
  new LiveHub().add(strange.stream, seen);
  await sent();
  assert.equal(summary(strange), "hello reset");
  for (let time = 0; time < 6_000; time++) removed(hub, "d");
  const late = open();
  hub.add(late.stream, seen);
  await sent();
  assert.equal(summary(late), "hello reset");
  removed(hub, "e");
  await sent();
  assert.equal(summary(late), "hello reset instance-removed");
});

test("a reader up to date is sent nothing twice", async () => {
  const hub = new LiveHub();
  const first = open();
  hub.add(first.stream, undefined);
  removed(hub, "a");
  await sent();
  const second = open();
  hub.add(second.stream, lastId(first));
  await sent();
  assert.equal(summary(second), "hello");
});

test("large events are not kept: memory for readers that come back stays small", async () => {
  const hub = new LiveHub();
  const before = open();
  hub.add(before.stream, undefined);
  await sent();
  const seen = lastId(before);
  hub.remove(before.stream);
  const large = { selector: "x".repeat(MIB) } as unknown as Operation;
  for (let time = 0; time < 200; time++) hub.publish("operation", large);
  assert.ok(hub.keptChars <= 256 * 1024, `${hub.keptChars} characters kept`);
  const back = open();
  hub.add(back.stream, seen);
  await sent();
  assert.equal(summary(back), "hello reset");
});

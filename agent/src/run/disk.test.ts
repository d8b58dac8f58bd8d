// A disk that answers late or never, played by a thread that does what the test says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Disk, type DiskLimits } from "./disk.js";
import { type DiskNews, type DiskOrder, DONE, ERRNO, READY } from "./disk-orders.js";

const LIMITS: DiskLimits = { waitMs: 100, fullBytes: 1_000, mostBytes: 4_000, shareBytes: 0, lookMs: 10, stallMs: 50 };

/** A disk, and a thread that does nothing until it is told to. */
function world(limits: Partial<DiskLimits> = {}) {
  const orders: DiskOrder[] = [];
  const problems: string[] = [];
  let numbers = new Int32Array(new SharedArrayBuffer(12));
  let answersWith: number | null = null;
  let hear: (news: DiskNews) => void = () => {};
  const done = (ticket: number, errno: number) => {
    Atomics.store(numbers, ERRNO, errno);
    Atomics.store(numbers, DONE, ticket);
  };
  const disk = new Disk(
    (shared, hearNews) => {
      numbers = new Int32Array(shared);
      Atomics.store(numbers, READY, 1);
      hear = hearNews;
      return {
        gone: Promise.resolve(),
        post(order) {
          orders.push(order);
          if (answersWith !== null && "ticket" in order) done(order.ticket, answersWith);
        },
      };
    },
    (message) => problems.push(message),
    { ...LIMITS, ...limits },
  );
  const log = disk.add("/mnt/a.log", { maxBytes: 0, backups: 0 });
  return {
    disk,
    log,
    orders,
    problems,
    hear: (news: DiskNews) => hear(news),
    /** From now on all is done at once. */
    answer(errno = 0): void {
      answersWith = errno;
    },
    /** All that was posted so far is done. */
    catchUp(): void {
      const last = orders.findLast((order) => "ticket" in order);
      if (last !== undefined && "ticket" in last) done(last.ticket, 0);
    },
    hang(): void {
      answersWith = null;
    },
  };
}

const bytesOf = (orders: readonly DiskOrder[]) =>
  orders.map((order) => (order.type === "write" ? Buffer.from(order.bytes).toString() : "")).join("");

test("what is asked of a disk that answers is done when the call returns, with its errno", () => {
  const w = world();
  w.answer(21);
  assert.deepEqual(w.disk.ask(w.log, "open"), { type: "done", errno: 21 });
  w.answer();
  assert.deepEqual(w.disk.create("/mnt/b.log"), { type: "done", errno: 0 });
  assert.equal(w.disk.settle(), true);
});

test("what was written goes before what is asked next, small pieces of several logs together, a large one by itself", () => {
  const w = world({ fullBytes: 100_000, mostBytes: 100_000 });
  const other = w.disk.add("/mnt/b.log", { maxBytes: 0, backups: 0 });
  w.answer();
  w.disk.write(w.log, Buffer.from("one "));
  w.disk.write(other, Buffer.from("two "));
  w.disk.settle();
  const large = Buffer.alloc(40_000, "x");
  w.disk.write(w.log, Buffer.from("three "));
  w.disk.write(w.log, large);
  large.fill("y");
  w.disk.settle();
  const sent = w.orders.filter((order) => order.type !== "log");
  assert.deepEqual(
    sent.map(({ type }) => type),
    ["write", "settle", "write", "write", "settle"],
  );
  assert.equal(bytesOf(sent), `one two three ${"x".repeat(40_000)}`);
  const [first] = sent;
  assert.ok(first?.type === "write");
  assert.deepEqual([...first.pieces], [w.log, 4, other, 4]);
});

test("a disk that does not answer is waited for once, and again when it has caught up", () => {
  const w = world({ waitMs: 200 });
  const started = performance.now();
  for (let i = 0; i < 50; i++) assert.equal(w.disk.ask(w.log, "open").type, "later");
  assert.ok(performance.now() - started < 50 * 200);
  w.catchUp();
  w.answer();
  assert.equal(w.disk.ask(w.log, "open").type, "done");
});

test("a log that could not be opened is told when nobody waits for that any more, and only then", () => {
  const w = world();
  w.disk.ask(w.log, "open");
  const ticket = w.orders.flatMap((order) => ("ticket" in order ? [order.ticket] : [])).at(-1) ?? 0;
  w.hear({ type: "not-opened", ticket, log: w.log, errno: 21 });
  w.hear({ type: "not-opened", ticket: ticket + 1, log: w.log, errno: 21 });
  assert.deepEqual(w.problems, ["cannot open log /mnt/a.log: EISDIR"]);
});

test("a slow disk is full, a hanging one loses what comes: memory has a limit, and both ends are told once", async () => {
  const w = world();
  const kilobyte = Buffer.alloc(1_000, "k");
  w.disk.write(w.log, kilobyte);
  assert.equal(w.disk.isFull, false);
  w.disk.write(w.log, kilobyte);
  assert.equal(w.disk.isFull, true, "whoever can wait should");
  while (w.problems.length === 0) await sleep(10);
  assert.match(w.problems[0] ?? "", /^the disk of \/mnt\/a\.log does not answer/);
  assert.equal(w.disk.isFull, false, "nobody waits for a disk that hangs");
  for (let i = 0; i < 100; i++) w.disk.write(w.log, kilobyte);
  await sleep(100);
  assert.equal(bytesOf(w.orders).length, 2_000);
  w.catchUp();
  w.answer();
  while (w.problems.length === 1) await sleep(10);
  assert.match(w.problems[1] ?? "", /answers again; 100000 bytes for logs on it were lost$/);
  w.disk.write(w.log, Buffer.from("and on"));
  w.disk.settle();
  assert.ok(bytesOf(w.orders).endsWith("kand on"));
  assert.equal(w.problems.length, 2);
});

test("a log that says little loses nothing because another on a hanging disk pours", async () => {
  const w = world({ shareBytes: 100 });
  const quiet = w.disk.add("/mnt/quiet.log", { maxBytes: 0, backups: 0 });
  for (let i = 0; i < 9; i++) w.disk.write(w.log, Buffer.alloc(1_000, "x"));
  while (w.problems.length === 0) await sleep(10);
  for (let i = 0; i < 9; i++) {
    w.disk.write(w.log, Buffer.alloc(1_000, "x"));
    w.disk.write(quiet, Buffer.from("a line of it\n"));
  }
  await sleep(10);
  assert.equal(bytesOf(w.orders).replaceAll("x", ""), "a line of it\n".repeat(7));
});

test("what is asked for ever of a hanging disk is left out, and made up for when it answers", () => {
  const w = world();
  const other = w.disk.add("/mnt/b.log", { maxBytes: 0, backups: 0 });
  for (let i = 0; i < 20_000; i++) w.disk.ask(w.log, i % 2 === 0 ? "open" : "close");
  w.disk.ask(other, "open");
  const asked = w.orders.length;
  assert.ok(asked < 10_010, `${asked} orders`);
  w.catchUp();
  w.answer();
  w.disk.settle();
  const acts = w.orders.slice(asked).flatMap((order) => (order.type === "act" ? [`${order.log} ${order.action}`] : []));
  assert.deepEqual(acts, [`${w.log} close`, `${other} open`]);
});

test("a disk that is merely slow, whoever does not wait, loses nothing up to a limit", () => {
  const w = world({ stallMs: 60_000 });
  for (let i = 0; i < 10; i++) w.disk.write(w.log, Buffer.alloc(1_000));
  w.disk.settle();
  assert.equal(bytesOf(w.orders).length, 4_000);
});

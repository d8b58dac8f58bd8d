// Who comes in when many come at once.
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DOOR_LIMITS, Door, type DoorLimits } from "./door.js";

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let time = 0; time < 400; time++) {
    if (holds()) return;
    await sleep(5);
  }
  assert.fail(what);
}

async function open(t: TestContext, limits: Partial<DoorLimits>) {
  const taken: Socket[] = [];
  const door = new Door({ host: "127.0.0.1", port: 0 }, (socket) => taken.push(socket), { ...DOOR_LIMITS, ...limits });
  await door.start();
  const clients: { socket: Socket; closed: boolean }[] = [];
  t.after(async () => {
    await door.stop();
    for (const { socket } of clients) socket.destroy();
    for (const socket of taken) socket.destroy();
  });
  const come = (times: number) => {
    for (let time = 0; time < times; time++) {
      const client = { socket: connect(door.port, "127.0.0.1"), closed: false };
      client.socket.on("error", () => {});
      client.socket.on("close", () => {
        client.closed = true;
      });
      client.socket.resume();
      clients.push(client);
    }
  };
  const enter = (place: number) => door.entered(`${taken[place]?.remoteAddress}:${taken[place]?.remotePort}`);
  return { door, taken, clients, come, enter, closed: () => clients.filter(({ closed }) => closed).length };
}

test("so many are on their way in at a time, the next when one has entered or gone", async (t) => {
  const { taken, come, enter } = await open(t, { entering: 2, placeMs: 60_000, enterMs: 120_000 });
  come(5);
  await until(() => taken.length === 2, "two are let in");
  await sleep(30);
  assert.equal(taken.length, 2);
  enter(0);
  enter(0);
  await until(() => taken.length === 3, "one follows the one that entered");
  taken[1]?.destroy();
  await until(() => taken.length === 4, "one follows the one that went");
  await sleep(30);
  assert.equal(taken.length, 4);
});

test("who stays silent keeps the others out for a moment only, and is sent away in the end", async (t) => {
  const { taken, come, closed, enter } = await open(t, { entering: 1, placeMs: 20, enterMs: 200 });
  come(4);
  await until(() => taken.length === 4, "all have their turn");
  assert.equal(closed(), 0);
  enter(3);
  await until(() => closed() === 3, "the silent ones are closed");
  await sleep(250);
  assert.equal(closed(), 3);
});

test("beyond the limits a connection is closed at once and the others go on", async (t) => {
  const { door, taken, come, closed } = await open(t, { connections: 6, waiting: 3, entering: 1, placeMs: 60_000 });
  come(4);
  await until(() => taken.length === 1, "one is let in");
  await sleep(30);
  come(4);
  await until(() => closed() === 4, "four are too many");
  assert.equal(door.refused, 4);
  assert.equal(taken.length, 1);
});

test("the stop lets nobody in any more and leaves who entered alone", async (t) => {
  const { door, taken, come, closed, enter } = await open(t, { entering: 1, placeMs: 60_000 });
  come(1);
  await until(() => taken.length === 1, "one is let in");
  enter(0);
  come(3);
  await until(() => taken.length === 2, "the next is let in");
  await door.stop();
  await until(() => closed() === 3, "who had not entered is closed");
  assert.equal(taken[0]?.destroyed, false);
});

test("an address that is in use is told in words", async (t) => {
  const { door } = await open(t, {});
  const second = new Door({ host: "127.0.0.1", port: door.port }, () => {});
  await assert.rejects(second.start(), /cannot listen for agents on 127\.0\.0\.1:\d+: the address is in use/);
  await second.stop();
});

// Orders of a controller on a real supervisor: each done once, in supervisord's order, its result remembered, late ones told as late.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Order, type OrderResult, Verb } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { Orders } from "../../agent/src/link/orders.js";
import { systemClock } from "../../agent/src/run/clock.js";
import type { ActivityLog } from "../../agent/src/run/ports.js";
import { PosixSpawner } from "../../agent/src/run/spawner.js";
import type { ChannelSpec, GroupSpec } from "../../agent/src/run/spec.js";
import { Supervisor } from "../../agent/src/run/supervisor.js";
import { eventually } from "../helpers/eventually.js";
import type { Scope } from "../helpers/scope.js";
import { tempDir } from "../helpers/temp-dir.js";

const quiet = () => {};
const log: ActivityLog = {
  isDebug: false,
  ...{ critical: quiet, error: quiet, warn: quiet, info: quiet, debug: quiet, trace: quiet },
};
const channel: ChannelSpec = {
  logfile: null,
  rotation: { maxBytes: 0, backups: 0 },
  ...{ syslog: false, eventsEnabled: false, captureMaxBytes: 0 },
};

/** A group of one program that runs until it is stopped. */
function group(name: string, priority: number, command: string): GroupSpec {
  return {
    name,
    priority,
    listener: null,
    socket: null,
    processes: [
      {
        name,
        priority: 999,
        rules: {
          autorestart: false,
          ...{ startMs: 0, startRetries: 3, exitCodes: [0], stopSignal: 15, stopWaitMs: 60_000 },
          ...{ stopAsGroup: false, killAsGroup: false },
        },
        autostart: false,
        command,
        ...{ directory: null, umask: null, account: null, environment: {}, serverUrl: null, redirectStderr: false },
        stdout: channel,
        stderr: channel,
      },
    ],
  };
}

/** A supervisor with programs `last` and `first`, told apart by the priority of their groups, and the way to order it about. */
function setUp(t: Scope) {
  const spawner = new PosixSpawner({ childOpenFiles: null });
  spawner.start(quiet);
  const supervisor = new Supervisor({
    clock: systemClock,
    spawner,
    log,
    ...{ identifier: "orders", childLogDir: tempDir(t), stripAnsi: false, syslog: quiet },
  });
  supervisor.addGroup(group("last", 20, "/bin/sleep 1000"));
  supervisor.addGroup(group("first", 10, "/bin/sleep 1000"));
  const trail: string[] = [];
  supervisor.subscribe((event) => {
    if (event.type === "state") trail.push(`${event.change.process.name} ${event.change.event.to}`);
  });
  const answers: OrderResult[] = [];
  const orders = new Orders(supervisor, (result) => answers.push(result));
  t.after(async () => {
    for (const process of supervisor.processes)
      if (process.value.pid > 0) globalThis.process.kill(process.value.pid, 9);
    await supervisor.shutdown("SHUTDOWN");
    spawner.stop();
  });
  const order = (id: string, verb: Verb, names: readonly string[], more: Partial<Order> = {}): void =>
    orders.take({
      ...{ id, verb, epoch: 1, timeoutMs: 20_000, signal: "", wait: true, groups: [] },
      targets: names.map((name) => ({ group: name, name })),
      ...more,
    });
  const answer = (id: string) => eventually(() => answers.find(({ orderId }) => orderId === id));
  return { supervisor, trail, answers, orders, order, answer };
}

test("an order given twice is done once and answered twice with the same", async (t) => {
  const { supervisor, answers, order, answer } = setUp(t);
  order("a", Verb.START, ["first"]);
  const result = await answer("a");
  const pid = supervisor.process("first", "first")?.value.pid;
  order("a", Verb.START, ["first"]);
  assert.deepEqual(answers, [result, result]);
  assert.equal(supervisor.process("first", "first")?.value.pid, pid);
  assert.deepEqual(result.targets, [{ group: "first", name: "first", code: FAULTS.SUCCESS, message: "OK" }]);
});

test("groups start by priority and stop the other way round, however they are named in the order", async (t) => {
  const { trail, order, answer } = setUp(t);
  order("a", Verb.START, ["last", "first"]);
  await answer("a");
  order("b", Verb.STOP, ["first", "last"]);
  await answer("b");
  assert.deepEqual(
    trail.filter((line) => / (STARTING|STOPPING)$/.test(line)),
    ["first STARTING", "last STARTING", "last STOPPING", "first STOPPING"],
  );
});

test("an order without targets means all, and one that is not here is told beside those that are", async (t) => {
  const { order, answer } = setUp(t);
  order("a", Verb.START, []);
  assert.deepEqual(
    (await answer("a")).targets.map(({ name, code }) => [name, code]),
    [
      ["first", FAULTS.SUCCESS],
      ["last", FAULTS.SUCCESS],
    ],
  );
  order("b", Verb.STOP, ["nobody", "first"]);
  assert.deepEqual(
    (await answer("b")).targets.map(({ name, code, message }) => [name, code, message]),
    [
      ["first", FAULTS.SUCCESS, "OK"],
      ["nobody", FAULTS.BAD_NAME, "BAD_NAME: nobody"],
    ],
  );
});

test("what is not over in time is told as it stands, and goes on", async (t) => {
  const { supervisor, order, answer } = setUp(t);
  const ready = join(tempDir(t), "ready");
  supervisor.addGroup(group("stubborn", 30, `/bin/sh -c "trap '' TERM; >${ready}; while :; do sleep 0.05; done"`));
  order("a", Verb.START, ["stubborn"]);
  // Until the shell has set its trap a signal would end it.
  await eventually(() => existsSync(ready));
  order("b", Verb.STOP, ["stubborn"], { timeoutMs: 50 });
  const [target] = (await answer("b")).targets;
  assert.equal(target?.code, FAULTS.FAILED);
  assert.match(target?.message ?? "", /still STOPPING after 50 ms/);
  assert.equal(supervisor.process("stubborn", "stubborn")?.value.state, "STOPPING");
});

test("an order of an older session than the newest is not obeyed", async (t) => {
  const { supervisor, answers, orders, order } = setUp(t);
  orders.raiseEpoch(2);
  order("a", Verb.START, ["first"], { epoch: 1 });
  assert.equal(supervisor.process("first", "first")?.value.state, "STOPPED");
  assert.deepEqual(answers, []);
});

test("a signal by name, and one that is none", async (t) => {
  const { order, answer } = setUp(t);
  order("a", Verb.START, ["first"]);
  await answer("a");
  order("b", Verb.SIGNAL, ["first"], { signal: "nonsense" });
  assert.equal((await answer("b")).targets[0]?.code, FAULTS.BAD_SIGNAL);
  order("c", Verb.SIGNAL, ["first"], { signal: "KILL" });
  assert.equal((await answer("c")).targets[0]?.code, FAULTS.SUCCESS);
});

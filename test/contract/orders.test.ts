// Orders of a controller on a real supervisor: each done once, in supervisord's order, its result remembered, late ones told as late.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Order, type OrderResult, Verb } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FAULTS, Fault } from "@fleetvisor/proto/vocabulary/faults";
import { type OrderedDaemon, Orders } from "../../agent/src/link/orders.js";
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
  ...{ critical: quiet, error: quiet, warn: quiet, info: quiet, debug: quiet, trace: quiet, blather: quiet },
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
    ...{ identifier: () => "orders", childLogDir: tempDir(t), stripAnsi: false, syslog: quiet },
  });
  supervisor.addGroup(group("last", 20, "/bin/sleep 1000"));
  supervisor.addGroup(group("first", 10, "/bin/sleep 1000"));
  const trail: string[] = [];
  supervisor.subscribe((event) => {
    if (event.type === "state") trail.push(`${event.change.process.name} ${event.change.event.to}`);
  });
  const answers: OrderResult[] = [];
  /** The configuration file as it is, and as it was last read. */
  const config: { file: GroupSpec[] | "broken"; read: GroupSpec[] } = { file: [], read: [] };
  const ended: string[] = [];
  const daemon: OrderedDaemon = {
    configured: () => config.read,
    reread() {
      if (config.file === "broken") throw new Fault("CANT_REREAD", "no such section");
      config.read = config.file;
    },
    shutdown: () => void ended.push("shutdown"),
    restart: () => {
      daemon.reread();
      ended.push("restart");
    },
  };
  const orders = new Orders(supervisor, daemon, (result) => answers.push(result));
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
  return { supervisor, trail, answers, orders, order, answer, config, ended };
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

const started = (spec: GroupSpec): GroupSpec => ({
  ...spec,
  processes: spec.processes.map((process) => ({ ...process, autostart: true })),
});

test("an update adds, changes and removes groups as supervisorctl does, in the name of the order, and tells what it did", async (t) => {
  const { supervisor, order, answer, config } = setUp(t);
  const causes: (string | null)[] = [];
  order("a", Verb.START, ["first", "last"]);
  await answer("a");
  supervisor.subscribe((event) => {
    if (event.type === "state") causes.push(event.change.orderId);
  });
  config.file = [started(group("last", 20, "/bin/sleep 2000")), started(group("new", 30, "/bin/sleep 1000"))];
  order("b", Verb.UPDATE, []);
  const { targets } = await answer("b");
  const message = "removed first; changed last; added new";
  assert.deepEqual(targets, [{ group: "", name: "", code: FAULTS.SUCCESS, message }]);
  assert.deepEqual(
    supervisor.processes.map(({ name, spec }) => `${name}: ${spec.command}`),
    ["last: /bin/sleep 2000", "new: /bin/sleep 1000"],
  );
  assert.deepEqual([...new Set(causes)], ["b"]);
  order("c", Verb.UPDATE, []);
  assert.equal((await answer("c")).targets[0]?.message, "nothing has changed");
});

test("an update of some groups leaves the others, a broken file changes nothing", async (t) => {
  const { supervisor, order, answer, config } = setUp(t);
  config.file = [group("one", 20, "/bin/true"), group("two", 30, "/bin/true")];
  order("a", Verb.UPDATE, [], { groups: ["two"] });
  assert.equal((await answer("a")).targets[0]?.message, "added two");
  order("b", Verb.UPDATE, [], { groups: ["nothing"] });
  assert.equal((await answer("b")).targets[0]?.message, "BAD_NAME: nothing");
  config.file = "broken";
  for (const [id, verb] of [
    ["c", Verb.UPDATE],
    ["d", Verb.ADD],
    ["e", Verb.RELOAD],
  ] as const) {
    order(id, verb, [], { groups: verb === Verb.ADD ? ["one"] : [] });
    assert.equal((await answer(id)).targets[0]?.message, "CANT_REREAD: no such section");
  }
  assert.deepEqual(
    supervisor.groups.map(({ name }) => name),
    ["last", "first", "two"],
  );
});

test("groups are added and removed by name, each refusal as supervisord words it", async (t) => {
  const { order, answer, config, supervisor } = setUp(t);
  config.file = [group("one", 20, "/bin/true"), started(group("two", 30, "/bin/sleep 1000"))];
  const told = async (id: string, verb: Verb, ...groups: string[]) => {
    order(id, verb, [], { groups });
    const { targets } = await answer(id);
    return targets.map(({ code, message }) => `${code} ${message}`).join();
  };
  assert.equal(await told("a", Verb.ADD, "one", "two"), "80 added one, two");
  assert.equal(await told("b", Verb.ADD, "one", "two"), "90 ALREADY_ADDED: one, two");
  assert.equal(await told("c", Verb.REMOVE, "two"), "91 STILL_RUNNING: two");
  assert.equal(await told("d", Verb.REMOVE, "one", "two"), "91 STILL_RUNNING: two");
  assert.equal(supervisor.group("one"), null);
  assert.equal(await told("e", Verb.REMOVE, "one"), "10 BAD_NAME: one");
});

test("a reload or a shutdown is answered as it begins, and given twice is done once", async (t) => {
  const { order, answer, ended, answers } = setUp(t);
  order("a", Verb.RELOAD, []);
  assert.deepEqual((await answer("a")).targets, [
    { group: "", name: "", code: FAULTS.SUCCESS, message: "begins anew" },
  ]);
  order("a", Verb.RELOAD, []);
  order("b", Verb.SHUTDOWN, []);
  await answer("b");
  assert.deepEqual(ended, ["restart", "shutdown"]);
  assert.equal(answers.length, 3);
});

test("an order of epoch 0 only asks: what is remembered is told, anything else is not done", async (t) => {
  const { supervisor, answers, orders, order, answer } = setUp(t);
  orders.raiseEpoch(3);
  order("a", Verb.SIGNAL, ["first"], { signal: "HUP", epoch: 3 });
  const told = await answer("a");
  order("a", Verb.UNSPECIFIED, [], { epoch: 0 });
  order("b", Verb.START, ["first"], { epoch: 0 });
  assert.deepEqual(answers, [told, told]);
  assert.equal(supervisor.process("first", "first")?.value.state, "STOPPED");
});

test("logs are emptied, and a verb that only a newer agent knows is refused by name", async (t) => {
  const { order, answer, supervisor } = setUp(t);
  const logfile = join(tempDir(t), "log");
  const noisy = group("noisy", 30, `/bin/sh -c "echo words; exec sleep 1000"`);
  supervisor.addGroup({
    ...noisy,
    processes: noisy.processes.map((process) => ({ ...process, stdout: { ...channel, logfile } })),
  });
  order("a", Verb.START, ["noisy"]);
  await answer("a");
  await eventually(() => readFileSync(logfile, "utf8") === "words\n");
  order("b", Verb.CLEAR, ["noisy"]);
  assert.equal((await answer("b")).targets[0]?.message, "OK");
  assert.equal(readFileSync(logfile, "utf8"), "");
  order("c", 99 as Verb, ["noisy"]);
  assert.equal((await answer("c")).targets[0]?.code, FAULTS.UNKNOWN_METHOD);
});

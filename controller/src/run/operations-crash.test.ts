// A controller that is killed at every single write of a rolling restart, before it and after it: whatever it had done, the next one goes on
// at the same batch, and no host is restarted twice. Hosts are played; they do an order at most once, as agents do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { livenessTimes } from "../core/liveness.js";
import { AT_ONCE } from "../core/operation.fixture.js";
import type { Operation } from "../core/operation.js";
import { aProcess, SUPERVISOR } from "../core/rows.fixture.js";
import { Agents, type EndableWire } from "../instances/agents.js";
import { MemoryStore } from "../store/memory.js";
import { LiveFleet } from "./live-fleet.js";
import { type OperationStore, Operations } from "./operations.js";

const HOSTS = 30;
const BATCH = 5;
const log = pino({ level: "silent" });

/** One start of a controller. A dead one writes nothing, sends nothing and hears nothing. */
class Life {
  isDead = false;
  readonly fleet = new LiveFleet(livenessTimes(60_000), log);
  readonly agents = new Agents();
  readonly operations: Operations;

  constructor(store: (life: Life) => OperationStore) {
    this.operations = new Operations({ ...this, store: store(this), log, onChange() {} });
  }
}

class Host {
  restarts = 0;
  pid = 100;
  seq = 0;
  readonly #remembered = new Set<string>();
  readonly id: string;
  readonly name: string;
  readonly #trail: string[];

  constructor(at: number, trail: string[]) {
    this.id = `a${at}`;
    this.name = `web${String(at).padStart(2, "0")}`;
    this.#trail = trail;
  }

  #row() {
    return aProcess({ pid: this.pid, sinceMs: this.pid });
  }

  connect(life: Life, epoch: number): void {
    const wire: EndableWire = {
      epoch,
      bootId: "b",
      capabilities: new Set(),
      send: (body) => {
        if (body.$case === "order") setImmediate(() => this.#take(life, body.value.id, body.value.epoch >= epoch));
      },
      goodbye() {},
    };
    life.fleet.hello({ id: this.id, name: this.name, labels: {}, hostName: "", version: "1" }, "b");
    life.fleet.snapshot(this.name, { seq: this.seq, supervisor: SUPERVISOR, processes: [this.#row()] });
    life.agents.attach(this.id, wire);
  }

  /** What left before the kill arrives all the same. */
  #take(life: Life, orderId: string, mayDo: boolean): void {
    if (!this.#remembered.has(orderId)) {
      if (!mayDo) return;
      this.#remembered.add(orderId);
      this.restarts += 1;
      this.pid += 1;
      this.seq += 1;
      this.#trail.push(this.name);
      if (!life.isDead) {
        const fact = { type: "state-change", from: "STARTING", process: this.#row(), end: null, orderId } as const;
        life.fleet.reports(this.name, [{ seq: this.seq, atMs: 1, fact }]);
      }
    }
    if (life.isDead) return;
    life.fleet.heard(this.name);
    life.agents.instance(this.id).answer({ orderId, targets: [{ group: "g", name: "a", code: 80, message: "OK" }] });
  }
}

/** Restarts the whole fleet in batches, killing the controller at one of its writes; -1 for never. Tells how many writes it took. */
async function rollingRestart(killAt: number, isKept: boolean): Promise<number> {
  const disk = new MemoryStore();
  await disk.start();
  const trail: string[] = [];
  const hosts = Array.from({ length: HOSTS }, (_, at) => new Host(at, trail));
  let writes = 0;
  const storeOf = (life: Life): OperationStore => ({
    operation: (id) => disk.operation(id),
    operationTargets: (id, page) => disk.operationTargets(id, page),
    operations: (limit, before) => disk.operations(limit, before),
    runningOperations: () => disk.runningOperations(),
    isRecorded: () => true,
    unsettledOperations: (sinceMs, limit) => disk.unsettledOperations(sinceMs, limit),
    async saveOperation(operation: Operation) {
      const isLast = writes++ === killAt && !life.isDead;
      if (!life.isDead && (!isLast || isKept)) await disk.saveOperation(structuredClone(operation));
      if (isLast) life.isDead = true;
      if (life.isDead) await new Promise(() => {});
    },
  });
  let life = new Life(storeOf);
  await life.operations.start();
  for (const host of hosts) host.connect(life, 1);
  const asked = { verb: "restart", selector: "all", signal: null, groups: [], user: "ann" } as const;
  const plan = { ...AT_ONCE, batch: String(BATCH), waitRunningMs: 5, maxFailures: 0 };
  const operation = life.operations.plan({ ...asked, plan });
  void life.operations.begin(operation);

  const lives = [life];
  for (let tries = 0; tries < 2_000; tries++) {
    await sleep(2);
    if (life.isDead) {
      life = new Life(storeOf);
      lives.push(life);
      for (const { id, name } of hosts) {
        life.fleet.remember({
          id,
          name,
          labels: {},
          hostName: "",
          version: "1",
          epoch: 1,
          bootId: "b",
          up: true,
          lastHeardAtMs: 1,
          createdAtMs: 1,
        });
      }
      await life.operations.start();
      for (const host of hosts) host.connect(life, 2);
      // One that was killed before it kept the operation has promised nothing.
      if ((await disk.operation(operation.id)) === null) break;
    }
    if ((await disk.operation(operation.id))?.finishedAtMs) break;
  }
  const end = await disk.operation(operation.id);
  const when = `killed at write ${killAt}, ${isKept ? "kept" : "lost"}`;
  if (end === null) {
    assert.deepEqual([killAt, isKept, trail], [0, false, []], when);
  } else {
    assert.deepEqual([...new Set(end.targets.map(({ result }) => result))], ["succeeded"], when);
    for (const { name, restarts } of hosts) assert.equal(restarts, 1, `${name}, ${when}`);
    // By its own trail: nobody of a batch before everybody of the one before.
    const batches = trail.map((name) => Math.floor(hosts.findIndex((host) => host.name === name) / BATCH));
    assert.deepEqual(
      batches,
      [...batches].sort((a, b) => a - b),
      when,
    );
  }
  for (const each of lives) {
    each.isDead = true;
    await each.operations.stop();
    each.fleet.stop();
  }
  return writes;
}

test("a rolling restart over 30 hosts survives a controller killed at any of its writes, and repeats nothing", async () => {
  const writes = await rollingRestart(-1, true);
  assert.ok(writes >= 2 * (HOSTS / BATCH), `${writes} writes`);
  for (let killAt = 0; killAt < writes; killAt++) {
    await rollingRestart(killAt, true);
    await rollingRestart(killAt, false);
  }
});

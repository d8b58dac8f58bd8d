// Operations carried out on instances that a test plays: what is written down when, how often, and that nothing is kept for ever.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep, setImmediate as tick } from "node:timers/promises";
import { pino } from "pino";
import { livenessTimes } from "../core/liveness.js";
import { AT_ONCE } from "../core/operation.fixture.js";
import { isDone, type Operation, type OperationPlan, orderIdOf } from "../core/operation.js";
import { aProcess, SUPERVISOR } from "../core/rows.fixture.js";
import { Agents, type EndableWire } from "../instances/agents.js";
import { MemoryStore } from "../store/memory.js";
import { LiveFleet } from "./live-fleet.js";
import { Operations } from "./operations.js";

/** A store that writes each save down and can be slow. */
class SlowStore extends MemoryStore {
  readonly saves: Operation[] = [];
  delayMs = 0;

  override async saveOperation(operation: Operation): Promise<void> {
    if (this.delayMs > 0) await sleep(this.delayMs);
    this.saves.push(operation);
    await super.saveOperation(operation);
  }
}

async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await sleep(5);
}

async function world(instances: number) {
  const store = new SlowStore();
  await store.start();
  const log = pino({ level: "silent" });
  const fleet = new LiveFleet(livenessTimes(5_000), log);
  const agents = new Agents();
  const operations = new Operations({ store, fleet, agents, log, onChange() {} });
  await operations.start();
  /** Orders that left, by agent id. */
  const left = new Map<string, string[]>();
  const wires: EndableWire[] = [];
  for (let at = 0; at < instances; at++) {
    const id = `a${at}`;
    const wire: EndableWire = {
      epoch: 1,
      bootId: "b",
      capabilities: new Set(),
      send(body) {
        if (body.$case === "order") left.set(id, [...(left.get(id) ?? []), body.value.id]);
      },
      goodbye() {},
    };
    wires.push(wire);
    fleet.hello({ id, name: `web${at}`, labels: {}, hostName: "", version: "" }, "b");
    fleet.snapshot(`web${at}`, { seq: 0, supervisor: SUPERVISOR, processes: [aProcess()] });
    agents.attach(id, wire);
  }
  const answer = (id: string) => {
    for (const orderId of left.get(id) ?? []) {
      agents.instance(id).answer({ orderId, targets: [{ group: "g", name: "a", code: 80, message: "OK" }] });
    }
  };
  const wireOf = (at: number): EndableWire => {
    const wire = wires[at];
    if (wire === undefined) throw new Error(`no agent ${at}`);
    return wire;
  };
  const begin = async (plan: Partial<OperationPlan> = {}) => {
    const request = { verb: "restart", selector: "all", signal: null, groups: [], user: "admin" } as const;
    const operation = operations.plan({ ...request, plan: { ...AT_ONCE, ...plan } });
    await operations.begin(operation);
    return operation.id;
  };
  return { store, fleet, agents, operations, left, answer, begin, wireOf };
}

test("an order leaves only once its leaving is kept", async () => {
  const w = await world(1);
  w.store.delayMs = 40;
  await w.begin();
  await sleep(20);
  assert.equal(w.left.size, 0);
  await sleep(60);
  assert.equal(w.left.size, 1);
  assert.equal(w.store.saves.at(-1)?.targets[0]?.result, "sent");
  w.fleet.stop();
});

test("while its end is being written an operation reads as ended", async () => {
  const w = await world(1);
  const id = await w.begin();
  await sleep(10);
  w.store.delayMs = 50;
  w.answer("a0");
  assert.equal((await w.operations.find(id, 1_000))?.finishedAtMs !== null, true);
  assert.notEqual((await w.operations.find(id))?.finishedAtMs, null);
  assert.notEqual((await w.operations.latest(1))[0]?.finishedAtMs, null);
  await sleep(80);
  assert.notEqual((await w.store.operation(id))?.finishedAtMs, null);
  w.fleet.stop();
});

test("a thousand instances that answer one after the other are not a thousand writes", async () => {
  const w = await world(1_000);
  const id = await w.begin();
  while (w.left.size < 1_000) await tick();
  for (let at = 0; at < 1_000; at++) {
    w.answer(`a${at}`);
    await tick();
  }
  const done = await w.operations.find(id, 5_000);
  assert.ok(done?.targets.every(({ result }) => result === "succeeded"));
  assert.ok(w.store.saves.length < 40, `${w.store.saves.length} writes`);
  w.fleet.stop();
});

test("a stop keeps the answers that came, and the next start asks about the others by the same ids", async () => {
  const w = await world(200);
  const id = await w.begin();
  while (w.left.size < 200) await tick();
  for (let at = 0; at < 100; at++) w.answer(`a${at}`);
  w.agents.goodbye("the controller is stopping", 500);
  await w.operations.stop();
  const kept = await w.store.operation(id);
  const results = (operation: Operation | null) => operation?.targets.map(({ result }) => result).sort();
  assert.deepEqual(results(kept), [...Array(100).fill("sent"), ...Array(100).fill("succeeded")]);

  const agents = new Agents();
  const asked: string[] = [];
  const next = new Operations({ ...w, agents, log: pino({ level: "silent" }), onChange() {} });
  await next.start();
  for (const agentId of w.left.keys()) {
    const send = (body: Parameters<EndableWire["send"]>[0]) =>
      void (body.$case === "order" && asked.push(body.value.id));
    agents.attach(agentId, { epoch: 2, bootId: "b", capabilities: new Set(), send, goodbye() {} });
  }
  const firstAsked = [...w.left].slice(100).map(([, [orderId]]) => orderId);
  assert.deepEqual(asked.sort(), firstAsked.sort());
  for (const orderId of asked) {
    const agentId = orderId.split("/")[1] ?? "";
    agents.instance(agentId).answer({ orderId, targets: [{ group: "g", name: "a", code: 80, message: "OK" }] });
  }
  assert.deepEqual(results(await next.find(id, 5_000)), Array(200).fill("succeeded"));
  w.fleet.stop();
});

test("a controller killed after another start of the agent came, and before that was acted on, does not give the order to it", async () => {
  const w = await world(1);
  const id = await w.begin();
  while (w.left.size < 1) await tick();
  assert.equal((await w.store.operation(id))?.targets[0]?.sentTo, "b");
  const agents = new Agents();
  const next = new Operations({ ...w, agents, log: pino({ level: "silent" }), onChange() {} });
  await next.start();
  const asked: string[] = [];
  const send = (body: Parameters<EndableWire["send"]>[0]) => void asked.push(body.$case);
  agents.attach("a0", { epoch: 3, bootId: "b2", capabilities: new Set(), send, goodbye() {} });
  const { result, message } = (await next.find(id, 5_000))?.targets[0] ?? {};
  assert.deepEqual([asked, result, message], [[], "unknown", "the agent was started anew before it answered"]);
  w.fleet.stop();
});

test("what an agent still knows of a target that was told as unknown settles it, before and after a restart of the controller", async () => {
  const answers = (orderId: string) => ({ orderId, targets: [{ group: "g", name: "a", code: 80, message: "OK" }] });
  const w = await world(2);
  const id = await w.begin({ timeoutMs: 1 });
  while (w.left.size < 2) await tick();
  // The answer's time and its grace are over.
  w.agents.detach("a0", w.wireOf(0), "gone");
  w.agents.detach("a1", w.wireOf(1), "gone");
  const lost = await w.operations.find(id, 10_000);
  assert.deepEqual(
    lost?.targets.map(({ result }) => result),
    ["unknown", "unknown"],
  );
  const asked: string[] = [];
  const back = (agents: Agents, at: number, bootId: string) => {
    const send: EndableWire["send"] = (body) => {
      if (body.$case !== "order") return;
      asked.push(`a${at} ${body.value.epoch} ${body.value.id === orderIdOf(id, `a${at}`)}`);
      agents.instance(`a${at}`).answer(answers(body.value.id));
    };
    agents.attach(`a${at}`, { ...w.wireOf(at), epoch: 9, bootId, send });
  };
  back(w.agents, 0, "b");
  assert.deepEqual(asked, ["a0 0 true"], "it is asked, and not told to do anything");
  await sleep(20);
  assert.deepEqual(
    (await w.store.operation(id))?.targets.map(({ result }) => result),
    ["succeeded", "unknown"],
  );

  const agents = new Agents();
  const next = new Operations({ ...w, agents, log: pino({ level: "silent" }), onChange() {} });
  await next.start();
  back(agents, 1, "b");
  await sleep(20);
  assert.deepEqual(asked, ["a0 0 true", "a1 0 true"]);
  const settled = await w.store.operation(id);
  assert.deepEqual(
    settled?.targets.map(({ result }) => result),
    ["succeeded", "succeeded"],
  );
  assert.equal(settled?.finishedAtMs, lost?.finishedAtMs);
  w.fleet.stop();
});

test("an order that waits for its agent does not leave once the operation is aborted", async () => {
  const w = await world(1);
  w.agents.detach("a0", w.wireOf(0), "gone");
  const id = await w.begin();
  const aborted = await w.operations.control(id, "abort", "bob");
  assert.deepEqual(
    aborted.targets.map(({ result }) => result),
    ["skipped"],
  );
  w.agents.attach("a0", { ...w.wireOf(0), epoch: 2 });
  await sleep(30);
  assert.equal(w.left.size, 0);
  w.fleet.stop();
});

test("an order whose session ends while its leaving is written leaves on the next one of the same start, once", async () => {
  const w = await world(1);
  w.store.delayMs = 20;
  const id = await w.begin();
  w.agents.detach("a0", w.wireOf(0), "gone");
  await eventually(async () => (await w.store.operation(id))?.targets[0]?.result === "sent");
  assert.equal(w.left.size, 0, "there is nobody to send it to");
  w.agents.attach("a0", { ...w.wireOf(0), epoch: 2 });
  await eventually(() => w.left.get("a0")?.length === 1);
  w.answer("a0");
  const done = await w.operations.find(id, 5_000);
  assert.deepEqual([done?.targets[0]?.result, w.left.get("a0")?.length], ["succeeded", 1]);
  w.fleet.stop();
});

test("an order whose session ends while its leaving is written, and whose agent stays away, was not done", async () => {
  const w = await world(1);
  w.store.delayMs = 20;
  const id = await w.begin({ timeoutMs: 200 });
  w.agents.detach("a0", w.wireOf(0), "gone");
  const { result, message, startedAtMs } = (await w.operations.find(id, 10_000))?.targets[0] ?? {};
  assert.deepEqual([result, message, startedAtMs], ["failed", "the agent is not connected", null]);
  w.agents.attach("a0", { ...w.wireOf(0), epoch: 2 });
  await sleep(30);
  assert.equal(w.left.size, 0, "and is not done later");
  w.fleet.stop();
});

test("an order whose leaving is not written down in its time was not done", { timeout: 20_000 }, async () => {
  const w = await world(1);
  const id = await w.begin({ timeoutMs: 1 });
  w.store.delayMs = 7_000;
  const { result, message } =
    (await w.operations.find(id, 6_900, ({ targets }) => targets.every(isDone)))?.targets[0] ?? {};
  assert.deepEqual([result, message], ["failed", "its leaving could not be written down in time"]);
  assert.equal(w.left.size, 0);
  w.fleet.stop();
});

test("an order that never left for one start of its agent leaves for the next, which a controller started anew asks", async () => {
  const w = await world(1);
  w.store.delayMs = 20;
  const id = await w.begin();
  w.agents.detach("a0", w.wireOf(0), "gone");
  await eventually(async () => (await w.store.operation(id))?.targets[0]?.sentTo === "b");
  w.agents.attach("a0", { ...w.wireOf(0), epoch: 2, bootId: "b2" });
  await eventually(() => w.left.get("a0")?.length === 1);
  assert.equal((await w.store.operation(id))?.targets[0]?.sentTo, "b2", "kept before it left");
  const agents = new Agents();
  const next = new Operations({ ...w, agents, log: pino({ level: "silent" }), onChange() {} });
  await next.start();
  const asked: string[] = [];
  const send = (body: Parameters<EndableWire["send"]>[0]) => {
    if (body.$case !== "order") return;
    asked.push(body.value.id);
    const targets = [{ group: "g", name: "a", code: 80, message: "OK" }];
    agents.instance("a0").answer({ orderId: body.value.id, targets });
  };
  agents.attach("a0", { ...w.wireOf(0), epoch: 3, bootId: "b2", send });
  assert.equal((await next.find(id, 5_000))?.targets[0]?.result, "succeeded");
  assert.deepEqual(asked, w.left.get("a0"));
  w.fleet.stop();
});

test("operations that are let in at one time count against what may be under way, and one that is refused leaves no trace", async () => {
  const w = await world(1);
  const notes: string[] = [];
  const limits = { ofUser: 2, inAll: 9, targetsOfUser: 99, targetsInAll: 99 };
  const limited = new Operations({ ...w, limits, log: pino({ level: "silent" }), onChange() {} });
  const begin = async (name: string) => {
    const request = { verb: "restart", selector: "all", signal: null, groups: [], user: "ann" } as const;
    const operation = limited.plan({ ...request, plan: AT_ONCE });
    await limited.begin(operation, async () => void notes.push(name));
    return operation.id;
  };
  const begun = await Promise.allSettled([begin("a"), begin("b"), begin("c")]);
  assert.deepEqual(
    begun.map(({ status }) => status),
    ["fulfilled", "fulfilled", "rejected"],
  );
  assert.deepEqual(notes, ["a", "b"], "nothing is noted of what does not begin");
  await eventually(() => w.left.get("a0")?.length === 2);
  w.answer("a0");
  await eventually(async () => (await limited.latest(9)).every(({ finishedAtMs }) => finishedAtMs !== null));
  await begin("d");
  assert.equal((await limited.latest(9)).length, 3);
  w.fleet.stop();
});

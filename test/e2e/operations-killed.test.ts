// A rolling restart whose controller is killed in each of its batches, over three hosts with real children and thirty that a test plays.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { Instance } from "@fleetvisor/proto/api/v1";
import { type Controller, startController } from "../helpers/controller.js";
import { eventually } from "../helpers/eventually.js";
import { startFleet } from "../helpers/fleet.js";
import { APIS, begin, finished, HOSTS, operationOf, starts, trail } from "../helpers/rolling.js";
import type { Scope } from "../helpers/scope.js";
import {
  changeReport,
  enrol,
  helloOf,
  type Papers,
  processInfo,
  reportsOf,
  ScriptedSession,
  snapshotOf,
} from "../helpers/scripted-agent.js";

test("a rolling restart over three hosts, the controller killed in each batch: nothing twice, no batch before the one before was well", async (t) => {
  const fleet = await startFleet(t, HOSTS);
  const { controller } = fleet;
  const before = starts(fleet);
  const { id, batches } = await begin(controller, {
    ...{ verb: "restart", selector: "all/api:* web-*/api:*", batch: "1", waitRunningMs: 1_000, pauseMs: 200 },
  });
  assert.equal(batches, 6);
  for (let batch = 1; batch <= 6; batch++) {
    await eventually(async () => {
      const { batch: now, finishedAtMs } = await operationOf(controller, id);
      return (now ?? 0) >= batch || finishedAtMs !== null;
    });
    // At another moment of the batch each time: as its order leaves, while it is watched, in the pause after it.
    await sleep((batch - 1) * 250);
    await controller.crash();
    await controller.startAgain();
  }
  const operation = await finished(controller, id);
  assert.equal(operation.state, "succeeded", JSON.stringify(operation));
  assert.deepEqual(
    starts(fleet).map((count, at) => count - (before[at] ?? 0)),
    APIS.map(() => 1),
    "each was started once",
  );
  // By the children's own word: the next began only when the one before had been up for its second.
  const moments = APIS.map(([host, name]) => trail(fleet, host, name).at(-1)?.atMs ?? 0);
  for (const [at, moment] of moments.slice(1).entries()) {
    assert.ok(
      moment - (moments[at] ?? 0) >= 1_000,
      `${moment - (moments[at] ?? 0)} ms between batch ${at + 1} and the next`,
    );
  }
  const changes = (await fleet.history("web-*/api:*")).filter(({ operationId }) => operationId === id);
  assert.deepEqual([...new Set(changes.map(({ toState, user }) => `${toState} ${user}`))].sort(), [
    "RUNNING admin",
    "STARTING admin",
    "STOPPED admin",
    "STOPPING admin",
  ]);
  assert.equal(changes.length, 4 * 6, "every change names its operation, and there is none too many");
});

// ---- thirty agents that a test plays ------------------------------------------------------------------------------

/** A host whose restarts are counted; it does an order at most once and comes back when its controller does. */
class PlayedHost {
  readonly name: string;
  /** When each order was done, with the batch it names. */
  readonly done: { readonly orderId: string; readonly atMs: number }[] = [];
  #seq = 0;
  #pid = 100;
  #session: ScriptedSession | null = null;
  readonly #remembered = new Set<string>();

  constructor(
    readonly papers: Papers,
    name: string,
  ) {
    this.name = name;
  }

  /** Dials until it is welcome; then does what it is told, until the session ends, and so on. */
  async live(t: Scope, controller: Controller, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const session = new ScriptedSession(t, controller, this.papers);
      this.#session = session;
      const info = () => processInfo({ pid: this.#pid, sinceMs: this.#pid });
      session.send(helloOf(this.papers, { name: this.name, lastSeq: this.#seq }));
      let isWelcome = false;
      let taken = 0;
      while (!signal.aborted && session.end === null) {
        for (; taken < session.heard.length; taken++) {
          const message = session.heard[taken];
          if (message?.$case === "welcome") {
            isWelcome = true;
            session.send(snapshotOf(this.#seq, [info()]));
          }
          if (message?.$case !== "order" || !isWelcome) continue;
          const { id: orderId } = message.value;
          if (!this.#remembered.has(orderId)) {
            this.#remembered.add(orderId);
            this.done.push({ orderId, atMs: Date.now() });
            this.#pid += 1;
            this.#seq += 1;
            session.send(reportsOf(changeReport(this.#seq, { pid: this.#pid, sinceMs: this.#pid }, orderId)));
          }
          const targets = [{ group: "api", name: "api", code: 80, message: "OK" }];
          session.send({ $case: "orderResult", value: { orderId, targets } });
        }
        await sleep(5);
      }
      session.close();
      await sleep(50);
    }
  }

  close(): void {
    this.#session?.close();
  }
}

test("thirty hosts in ten batches, the controller killed in each of them: every host is restarted once, in order", async (t) => {
  const controller = await startController(t);
  const ended = new AbortController();
  const hosts: PlayedHost[] = [];
  for (let at = 0; at < 30; at++) {
    const name = `host-${String(at).padStart(2, "0")}`;
    hosts.push(new PlayedHost(await enrol(controller, name), name));
  }
  const lives = hosts.map((host) => host.live(t, controller, ended.signal));
  t.after(async () => {
    ended.abort();
    await Promise.all(lives);
  });
  await eventually(async () => {
    const { items } = await controller.api.get<{ items: Instance[] }>(API_PATHS.instances);
    return items.filter(({ liveness, processCount }) => liveness === "live" && processCount === 1).length === 30;
  });
  const { id, batches } = await begin(controller, {
    ...{ verb: "restart", selector: "all", batch: "10%", waitRunningMs: 1_000, maxFailures: 0 },
  });
  assert.equal(batches, 10);
  for (let batch = 1; batch <= 10; batch++) {
    // As the first order of the batch is done, or a little later: before its answer is kept, or after it.
    await eventually(() => hosts.slice((batch - 1) * 3, batch * 3).some(({ done }) => done.length > 0), {
      everyMs: 2,
      withinMs: 30_000,
    });
    await sleep((batch - 1) * 15);
    await controller.crash();
    await controller.startAgain();
  }
  const operation = await finished(controller, id, 90_000);
  assert.equal(operation.state, "succeeded", JSON.stringify(operation));
  for (const { name, done } of hosts) assert.equal(done.length, 1, `${name} was restarted ${done.length} times`);
  for (let batch = 1; batch < 10; batch++) {
    const last = Math.max(...hosts.slice((batch - 1) * 3, batch * 3).map(({ done }) => done[0]?.atMs ?? 0));
    const next = Math.min(...hosts.slice(batch * 3, batch * 3 + 3).map(({ done }) => done[0]?.atMs ?? 0));
    assert.ok(next - last >= 1_000, `batch ${batch + 1} began ${next - last} ms after the one before`);
  }
});

// What an operation would do: its targets, their batches, and what cannot be asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyFleet, type Fleet, reduce } from "./fleet.js";
import { AT_ONCE } from "./operation.fixture.js";
import { batchSize, type NewOperation, planOperation } from "./operation-plan.js";
import { aProcess, SUPERVISOR } from "./rows.fixture.js";

function fleetOf(
  instances: Readonly<Record<string, readonly string[]>>,
  labels: Readonly<Record<string, string>> = {},
): Fleet {
  return Object.entries(instances).reduce((fleet, [name, processes]) => {
    const identity = { id: `id-${name}`, name, labels, hostName: "", version: "1" };
    const snapshot = {
      seq: 0,
      supervisor: SUPERVISOR,
      processes: processes.map((process) => aProcess({ name: process })),
    };
    const greeted = reduce(fleet, { type: "hello", identity, bootId: "b" }).next;
    return reduce(greeted, { type: "snapshot", instance: name, snapshot }).next;
  }, emptyFleet());
}

const FLEET = fleetOf({ web10: ["a", "b"], web2: ["a", "b"], idle: [] }, { role: "web" });

function plan(change: Partial<NewOperation>, fleet = FLEET) {
  const request = { verb: "restart", selector: "all", signal: null, groups: [], user: "ann", plan: AT_ONCE } as const;
  return planOperation({ ...request, ...change }, fleet, "op1", 1_000);
}

const shown = (change: Partial<NewOperation>) =>
  plan(change)
    .targets.map(({ instance, name, batch }) => `${instance}${name === null ? "" : `/${name}`}#${batch}`)
    .join(" ");

test("targets come instance by instance, cut into batches of a count or a share", () => {
  assert.equal(shown({}), "web2/a#0 web2/b#0 web10/a#0 web10/b#0");
  assert.equal(shown({ plan: { ...AT_ONCE, batch: "3" } }), "web2/a#0 web2/b#0 web10/a#0 web10/b#1");
  assert.equal(shown({ plan: { ...AT_ONCE, batch: "10%" } }), "web2/a#0 web2/b#1 web10/a#2 web10/b#3");
  assert.deepEqual([batchSize("34%", 3), batchSize("100%", 7), batchSize("1%", 5), batchSize(null, 9)], [2, 7, 1, 9]);
});

test("what is done to whole instances is done to those without processes too, and asks for instances by name, label or all", () => {
  assert.equal(shown({ verb: "update" }), "idle#0 web2#0 web10#0");
  assert.equal(shown({ verb: "reload", selector: "web*" }), "web2#0 web10#0");
  assert.equal(shown({ verb: "reload", selector: "idle,role=web" }), "idle#0");
  assert.equal(shown({ verb: "reload", selector: "web2/all idle" }), "idle#0 web2#0");
  assert.throws(() => plan({ verb: "reload", selector: "web2/a" }), /whole instances/);
  assert.throws(() => plan({ verb: "reload", selector: "web2/state=FATAL" }), /whole instances/);
  assert.throws(() => plan({ verb: "reload", selector: "db1" }), /no instance matches db1/);
});

test("with batches the first failure ends it, unless something else was said; all at once there is nothing left to end", () => {
  const maxFailures = (batch: string | null, asked?: number) =>
    plan({ plan: { ...AT_ONCE, batch, maxFailures: asked } }).plan.maxFailures;
  assert.deepEqual([maxFailures("1"), maxFailures("1", 2), maxFailures(null), maxFailures("50")], [0, 2, null, null]);
});

test("what cannot be asked is refused with the reason", () => {
  assert.throws(() => plan({ verb: "signal" }), /needs a signal/);
  assert.throws(() => plan({ verb: "stop", signal: "HUP" }), /needs a signal/);
  assert.throws(() => plan({ verb: "add" }), /needs groups/);
  assert.throws(() => plan({ verb: "stop", groups: ["g"] }), /takes no groups/);
  assert.doesNotThrow(() => plan({ verb: "update", groups: ["g"] }));
  assert.throws(() => plan({ verb: "stop", plan: { ...AT_ONCE, waitRunningMs: 1 } }), /RUNNING/);
  assert.throws(() => plan({ selector: "db1/all" }), /no process matches/);
});

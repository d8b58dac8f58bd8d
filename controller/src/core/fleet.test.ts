// The live fleet as values: what each input changes, and that counts and index never part from the rows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PROCESS_STATE_NAMES, type ProcessState, TROUBLED_STATES } from "@fleetvisor/proto/vocabulary/states";
import fc from "fast-check";
import { emptyFleet, type Fleet, type FleetInput, type Identity, reduce } from "./fleet.js";
import { aProcess, SUPERVISOR } from "./rows.fixture.js";
import { type Process, processKey, type Report, type Snapshot } from "./rows.js";

const identity = (name: string, id = `id-${name}`): Identity => ({
  name,
  id,
  labels: {},
  hostName: `${name}.example`,
  version: "0.1.0",
});

const process = (name: string, state: ProcessState = "RUNNING"): Process => aProcess({ name, state });

const snapshot = (seq: number, ...processes: Process[]): Snapshot => ({ seq, supervisor: SUPERVISOR, processes });
const changed = (seq: number, after: Process): Report => ({
  seq,
  atMs: seq,
  fact: { type: "state-change", from: "STARTING", process: after, end: null, orderId: null },
});

/** A fleet that is fed inputs and keeps what it said. */
function world() {
  let fleet = emptyFleet();
  const trail: string[] = [];
  return {
    trail,
    get fleet() {
      return fleet;
    },
    feed(...inputs: FleetInput[]): boolean {
      let asked = false;
      for (const input of inputs) {
        const step = reduce(fleet, input);
        fleet = step.next;
        asked = step.askSnapshot;
        trail.push(...step.changes.map((change) => change.type));
      }
      return asked;
    },
    states: (instance: string) =>
      [...(fleet.instances.get(instance)?.processes.values() ?? [])].map(({ name, state }) => `${name} ${state}`),
  };
}

const hello = (name: string, bootId = "b1", id?: string): FleetInput => ({
  type: "hello",
  identity: identity(name, id),
  bootId,
});
const shown = (instance: string, value: Snapshot): FleetInput => ({ type: "snapshot", instance, snapshot: value });
const reported = (instance: string, ...reports: Report[]): FleetInput => ({ type: "reports", instance, reports });

test("reports follow a snapshot one by one, and what the snapshot holds already changes nothing", () => {
  const w = world();
  w.feed(hello("web1"), shown("web1", snapshot(5, process("a", "STARTING"))));
  assert.equal(w.feed(reported("web1", changed(4, process("a", "FATAL")), changed(5, process("a", "FATAL")))), false);
  assert.deepEqual(w.states("web1"), ["a STARTING"]);
  assert.equal(w.feed(reported("web1", changed(6, process("a", "RUNNING")))), false);
  assert.deepEqual(w.states("web1"), ["a RUNNING"]);
  assert.equal(w.fleet.instances.get("web1")?.seq, 6);
});

test("a hole between reports asks for a snapshot once and no row changes until it comes", () => {
  const w = world();
  w.feed(hello("web1"), shown("web1", snapshot(5, process("a", "STARTING"))));
  assert.equal(w.feed(reported("web1", changed(8, process("a", "FATAL")))), true);
  assert.equal(w.feed(reported("web1", changed(9, process("a", "STOPPED")))), false);
  assert.deepEqual(w.states("web1"), ["a STARTING"]);
  w.feed(shown("web1", snapshot(9, process("a", "STOPPED"))));
  assert.deepEqual(w.states("web1"), ["a STOPPED"]);
});

test("a snapshot takes away what it does not show and tells only what differs", () => {
  const w = world();
  w.feed(hello("web1"), shown("web1", snapshot(1, process("a"), process("b", "FATAL"))));
  w.trail.length = 0;
  w.feed(shown("web1", snapshot(2, process("a"), process("c"))));
  assert.deepEqual(w.trail, ["instance", "process-removed", "process"]);
  assert.deepEqual(w.states("web1"), ["a RUNNING", "c RUNNING"]);
});

test("a name that moves to another agent begins without the rows of the one before", () => {
  const w = world();
  w.feed(hello("web1"), shown("web1", snapshot(1, process("a", "FATAL"))));
  w.trail.length = 0;
  w.feed(hello("web1", "b9", "another"));
  assert.deepEqual(w.trail, ["instance-removed", "instance"]);
  assert.deepEqual([w.states("web1"), w.fleet.processCount, w.fleet.troubled.size], [[], 0, 0]);
});

test("the rows of an agent that comes back stay to be seen until its snapshot", () => {
  const w = world();
  w.feed(hello("web1"), shown("web1", snapshot(7, process("a", "FATAL"))), hello("web1", "b2"));
  assert.deepEqual(w.states("web1"), ["a FATAL"]);
  assert.equal(w.fleet.instances.get("web1")?.awaitingSnapshot, true);
  w.feed(reported("web1", changed(1, process("a", "RUNNING"))));
  assert.deepEqual(w.states("web1"), ["a FATAL"]);
});

test("an input for an instance that is not there changes nothing", () => {
  const w = world();
  w.feed(shown("web1", snapshot(1, process("a"))), reported("web1", changed(2, process("a"))), {
    type: "removed",
    instance: "web1",
  });
  assert.deepEqual(w.trail, []);
});

test("a process that was read stays as it was", () => {
  const w = world();
  w.feed(hello("web1"), shown("web1", snapshot(1, process("a", "STARTING"))));
  const read = w.fleet.instances.get("web1")?.processes.get(processKey("g", "a"));
  w.feed(reported("web1", changed(2, process("a", "FATAL"))));
  assert.equal(read?.state, "STARTING");
});

const NAMES = ["web1", "web2", "db1"];
const anyName = fc.constantFrom(...NAMES);
const anyProcess = fc
  .record({ name: fc.constantFrom("a", "b", "c", "d"), state: fc.constantFrom(...PROCESS_STATE_NAMES) })
  .map(({ name, state }) => process(name, state));
const anySnapshot = fc
  .record({ seq: fc.nat(20), processes: fc.array(anyProcess, { maxLength: 6 }) })
  .map(({ seq, processes }) => snapshot(seq, ...processes));
const anyReport: fc.Arbitrary<Report> = fc
  .record({
    seq: fc.nat(25),
    fact: fc.oneof(
      anyProcess.map(
        (one) => ({ type: "state-change", from: "STARTING", process: one, end: null, orderId: null }) as const,
      ),
      anyProcess.map((one) => ({ type: "process-added", process: one }) as const),
      fc.constantFrom("a", "b", "z").map((name) => ({ type: "process-removed", group: "g", name }) as const),
      fc.record({ first: fc.nat(25), last: fc.nat(25) }).map((gap) => ({ type: "gap", ...gap }) as const),
      fc.constant({ type: "supervisor", supervisor: SUPERVISOR } as const),
      fc.constant({ type: "unknown" } as const),
    ),
  })
  .map(({ seq, fact }) => ({ seq, atMs: seq, fact }));
const anyInput: fc.Arbitrary<FleetInput> = fc.oneof(
  anyName.map((name) => ({ type: "known", identity: identity(name) }) as const),
  fc
    .tuple(anyName, fc.constantFrom("b1", "b2"), fc.constantFrom("x", "y"))
    .map(([name, boot, id]) => hello(name, boot, id)),
  fc.tuple(anyName, anySnapshot).map(([name, value]) => shown(name, value)),
  fc.tuple(anyName, fc.array(anyReport, { maxLength: 8 })).map(([name, reports]) => reported(name, ...reports)),
  anyName.map((instance) => ({ type: "removed", instance }) as const),
);

/** Counts and index made anew from the rows. */
function recounted(fleet: Fleet) {
  const rows = [...fleet.instances.values()].flatMap((instance) =>
    [...instance.processes.values()].map((one) => ({
      instance: instance.name,
      key: processKey(one.group, one.name),
      one,
    })),
  );
  const count = (instance: string | null, state: ProcessState) =>
    rows.filter((row) => (instance === null || row.instance === instance) && row.one.state === state).length;
  const counts = (instance: string | null) =>
    Object.fromEntries(PROCESS_STATE_NAMES.map((state) => [state, count(instance, state)]));
  return {
    counts: counts(null),
    processCount: rows.length,
    byInstance: Object.fromEntries([...fleet.instances.keys()].map((name) => [name, counts(name)])),
    troubled: rows
      .filter((row) => TROUBLED_STATES.includes(row.one.state))
      .map((row) => `${row.instance} ${row.key}`)
      .sort(),
  };
}

test("counts and the troubled index never part from the rows, under any sequence of inputs", () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 40 }), (inputs) => {
      const w = world();
      for (const input of inputs) {
        w.feed(input);
        const { fleet } = w;
        const troubled = [...fleet.troubled].flatMap(([name, keys]) => [...keys].map((key) => `${name} ${key}`)).sort();
        const byInstance = Object.fromEntries([...fleet.instances].map(([name, { counts }]) => [name, counts]));
        assert.deepEqual(
          { counts: fleet.counts, processCount: fleet.processCount, byInstance, troubled },
          recounted(fleet),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test("who applies the changes told has the same rows, under any sequence of inputs", () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 40 }), (inputs) => {
      let fleet = emptyFleet();
      const mirror = new Map<string, Map<string, ProcessState>>();
      for (const input of inputs) {
        const step = reduce(fleet, input);
        fleet = step.next;
        for (const change of step.changes) {
          const rows = mirror.get(change.instance) ?? new Map<string, ProcessState>();
          if (change.type === "instance-removed") mirror.delete(change.instance);
          else mirror.set(change.instance, rows);
          if (change.type === "process")
            rows.set(processKey(change.process.group, change.process.name), change.process.state);
          if (change.type === "process-removed") rows.delete(processKey(change.group, change.name));
        }
        const rows = new Map(
          [...fleet.instances].map(([name, { processes }]) => [
            name,
            new Map([...processes].map(([key, one]) => [key, one.state])),
          ]),
        );
        assert.deepEqual(mirror, rows);
      }
    }),
    { numRuns: 300 },
  );
});

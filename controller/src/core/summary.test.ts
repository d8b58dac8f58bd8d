// The fleet at a glance.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Liveness, ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { emptyFleet, reduce } from "./fleet.js";
import { aProcess, SUPERVISOR } from "./rows.fixture.js";
import { summarize } from "./summary.js";

/** `{ web1: "RUNNING FATAL" }`: instances with the states of their processes. */
function summaryOf(instances: Readonly<Record<string, string>>, liveness: Readonly<Record<string, Liveness>> = {}) {
  let fleet = emptyFleet();
  for (const [name, states] of Object.entries(instances)) {
    const identity = { name, id: name, labels: {}, hostName: "", version: "" };
    fleet = reduce(fleet, { type: "hello", identity, bootId: "b" }).next;
    const processes = states
      .split(" ")
      .filter((state) => state !== "")
      .map((state, at) => aProcess({ name: `p${at}`, state: state as ProcessState, sinceMs: at }));
    fleet = reduce(fleet, {
      type: "snapshot",
      instance: name,
      snapshot: { seq: 1, supervisor: SUPERVISOR, processes },
    }).next;
  }
  return summarize(fleet, (name) => liveness[name] ?? "live");
}

test("the verdict is that of the worst there is", () => {
  assert.equal(summaryOf({}).verdict, "empty");
  assert.equal(summaryOf({ web1: "" }).verdict, "ok");
  assert.equal(summaryOf({ web1: "RUNNING STOPPED EXITED" }).verdict, "ok");
  assert.equal(summaryOf({ web1: "RUNNING BACKOFF" }).verdict, "degraded");
  assert.equal(summaryOf({ web1: "RUNNING", web2: "" }, { web2: "late" }).verdict, "degraded");
  assert.equal(summaryOf({ web1: "BACKOFF FATAL" }).verdict, "failing");
  assert.equal(summaryOf({ web1: "RUNNING", web2: "" }, { web2: "lost" }).verdict, "failing");
});

test("trouble is shown worst first, then the latest, and counted beyond what is shown", () => {
  const { trouble, troubleTotal } = summaryOf({ web1: "RUNNING BACKOFF FATAL", web2: "UNKNOWN FATAL" });
  assert.deepEqual(
    trouble.map(({ instance, process }) => `${instance.name} ${process.state}`),
    ["web1 FATAL", "web2 FATAL", "web2 UNKNOWN", "web1 BACKOFF"],
  );
  const many = summaryOf({ web1: Array<string>(120).fill("FATAL").join(" ") });
  assert.deepEqual([many.trouble.length, many.troubleTotal, troubleTotal], [50, 120, 4]);
});

test("instances are counted by how sure we are of them", () => {
  const { byLiveness } = summaryOf({ a: "", b: "", c: "" }, { b: "late", c: "lost" });
  assert.deepEqual(byLiveness, { live: 1, late: 1, lost: 1 });
});

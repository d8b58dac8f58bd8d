// The agents' port and an agent that says what no fvagent would: nothing it says harms more than itself, and history is whole.
import assert from "node:assert/strict";
import { join as joinPath } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type {
  AuditPage,
  FleetSummary,
  HistoryEvent,
  HistoryPage,
  Instance,
  InstanceList,
  Operation,
  ProcessList,
} from "@fleetvisor/proto/api/v1";
import { status } from "@grpc/grpc-js";
import { LinkProxy } from "../faults/proxy.js";
import { type ControllerInside, controllerInside } from "../helpers/controller-inside.js";
import { eventually } from "../helpers/eventually.js";
import {
  changeReport,
  enrol,
  forgedPapers,
  helloOf,
  join,
  newKeyAndRequest,
  openSession,
  processInfo,
  reportsOf,
  ScriptedSession,
  snapshotOf,
  supervisorInfo,
} from "../helpers/scripted-agent.js";
import { tempDir } from "../helpers/temp-dir.js";

/** History of processes and gaps, oldest first. */
async function history(controller: ControllerInside): Promise<HistoryEvent[]> {
  const { items } = await controller.api.get<HistoryPage>(API_PATHS.events, { limit: 1000 });
  return items.reverse();
}
const kinds = (events: readonly HistoryEvent[]) => events.map(({ kind }) => kind).join(" ");
const ofReports = (events: readonly HistoryEvent[]) => events.filter(({ kind }) => !kind.startsWith("instance-"));
const instanceOf = (controller: ControllerInside, instance = "web1") =>
  controller.api.get<Instance>(apiPath("instance", { instance }));
const restart = (controller: ControllerInside, change: Readonly<Record<string, unknown>> = {}) =>
  controller.api.post<Operation>(API_PATHS.operations, { verb: "restart", selector: "web1/api", ...change });
const operation = (controller: ControllerInside, id: string, waitMs = 0) =>
  controller.api.get<Operation>(apiPath("operation", { id }), { waitMs });

// ---- who may come in --------------------------------------------------------------------------------------------

test("no certificate, and one of another authority, open no session", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const nobody = new ScriptedSession(t, controller, { caPem: papers.caPem });
  nobody.send(helloOf(papers));
  const refusal = await nobody.ended();
  assert.deepEqual(
    [refusal.code, refusal.details],
    [status.UNAUTHENTICATED, "a certificate of this fleet is needed that has not ended: join first"],
  );
  const forged = new ScriptedSession(t, controller, await forgedPapers(papers, tempDir(t)));
  forged.send(helloOf(papers));
  assert.notEqual((await forged.ended()).code, status.OK);
  assert.equal((await openSession(t, controller, papers)).epoch, 1);
});

test("a hello of another agent than the certificate ends the session and touches nothing", async (t) => {
  const controller = await controllerInside(t);
  const [mine, other] = [await enrol(controller, "web1"), await enrol(controller, "web2")];
  const session = new ScriptedSession(t, controller, mine);
  session.send(helloOf(mine, { agentId: other.agentId, name: "web2" }));
  assert.equal((await session.ended()).code, status.PERMISSION_DENIED);
  assert.equal((await openSession(t, controller, other, { hello: { name: "web2" } })).epoch, 1);
});

test("a second hello, and anything before the first, end the session", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const twice = await openSession(t, controller, papers);
  twice.send(helloOf(papers));
  assert.equal((await twice.ended()).details, "a second hello");
  const atOnce = new ScriptedSession(t, controller, papers);
  atOnce.send(helloOf(papers));
  atOnce.send(helloOf(papers));
  assert.equal((await atOnce.ended()).details, "a second hello");
  const early = new ScriptedSession(t, controller, papers);
  early.send(reportsOf(changeReport(1)));
  assert.equal((await early.ended()).details, "the first message is not a hello");
});

test("one that never says hello is let go", async (t) => {
  const controller = await controllerInside(t);
  const silent = new ScriptedSession(t, controller, await enrol(controller, "web1"));
  assert.equal((await silent.ended(14_000)).code, status.DEADLINE_EXCEEDED);
});

test("a join token that is used up, unknown or rubbish is refused alike, a taken name in words and without a use", async (t) => {
  const controller = await controllerInside(t);
  const { csrDer } = await newKeyAndRequest();
  const token = await controller.joinToken();
  const refused = (request: { token?: string; name?: string; csrDer?: Buffer }, code: number, message: RegExp) =>
    assert.rejects(
      join(controller, { token, name: "web1", csrDer, ...request }),
      (error: Error & { code?: number; details?: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.details ?? "", message);
        return true;
      },
    );
  const [version, id, secret, pin] = token.split(".");
  const held = /^the join token is unknown, used up or expired$/;
  for (const bad of [
    "",
    "x",
    "...",
    `${token}.x`,
    `${version}.${id}.wrong.${pin}`,
    `${version}.nobody.${secret}.${pin}`,
    "é".repeat(9_999),
  ]) {
    await refused({ token: bad }, status.UNAUTHENTICATED, held);
  }
  await refused({ name: "a b" }, status.INVALID_ARGUMENT, /cannot be called "a b"/);
  await refused({ name: "" }, status.INVALID_ARGUMENT, /cannot be called ""/);
  await refused({ csrDer: Buffer.alloc(3) }, status.INVALID_ARGUMENT, /signing request is not valid/);
  await enrol(controller, "web2");
  await refused({ name: "web2" }, status.ALREADY_EXISTS, /the name web2 belongs to another agent/);
  await join(controller, { token, name: "web1", csrDer });
  await refused({ name: "web3" }, status.UNAUTHENTICATED, held);
  const rows = await eventually(async () => {
    const { items } = await controller.api.get<AuditPage>(API_PATHS.audit);
    const joins = items.filter(({ action }) => action === "agent.join").reverse();
    return joins.length >= 7 ? joins : null;
  });
  for (const text of [token, secret ?? "none"]) {
    assert.ok(!controller.log().includes(text), "a token is in the log");
    assert.ok(!JSON.stringify(rows).includes(text), "a token is in the audit");
  }
  // Strangers with tokens that do not hold get one row for all their tries from one address.
  assert.deepEqual(
    rows.map(({ outcome, subject }) => `${outcome} ${subject.slice(0, 60)}`),
    [
      "refused web1: the join token is unknown, used up or expired",
      'refused a b: an instance cannot be called "a b": letters, digits, do',
      'refused : an instance cannot be called "": letters, digits, dot, das',
      "refused web1: the certificate signing request is not valid",
      "done web2, by a join token of admin",
      "refused web2: the name web2 belongs to another agent: choose another",
      "done web1, by a join token of admin",
    ],
  );
  assert.match(rows[0]?.address ?? "", /^127\.0\.0\.1/);
});

test("a host that joined and never came is seen, and can be removed so that its name is free", async (t) => {
  const controller = await controllerInside(t);
  await enrol(controller, "web1");
  const { liveness, livenessReason } = await instanceOf(controller);
  assert.deepEqual([liveness, livenessReason], ["late", "joined, and not connected yet"]);
  await removeInstance(controller, "web1");
  await enrol(controller, "web1");
});

async function removeInstance(controller: ControllerInside, instance: string): Promise<void> {
  const answer = await fetch(new URL(apiPath("instance", { instance }), controller.url), {
    method: "DELETE",
    headers: { authorization: `Bearer ${controller.token}` },
  });
  assert.equal(answer.status, 204, await answer.text());
}

test("a removed agent is told so and refused from then on", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const session = await openSession(t, controller, papers);
  await eventually(async () => (await instanceOf(controller)).processCount === 1);
  await removeInstance(controller, "web1");
  assert.equal((await session.next("goodbye")).refused, true);
  const again = new ScriptedSession(t, controller, papers);
  again.send(helloOf(papers));
  assert.match((await again.next("goodbye")).reason, /removed from the fleet/);
  assert.deepEqual((await controller.api.get<InstanceList>(API_PATHS.instances)).items, []);
  await eventually(async () => kinds(await history(controller)) === "instance-up instance-down");
});

// ---- names and sessions -----------------------------------------------------------------------------------------

test("a name that another agent has is refused, rarely to be tried again", async (t) => {
  const controller = await controllerInside(t);
  const [first, second] = [await enrol(controller, "web1"), await enrol(controller, "web2")];
  await openSession(t, controller, first);
  const thief = new ScriptedSession(t, controller, second);
  thief.send(helloOf(second, { name: "web1" }));
  const { reason, refused, retryAfterMs } = await thief.next("goodbye");
  assert.deepEqual([reason, refused], ["the name web1 belongs to another agent", true]);
  assert.ok(retryAfterMs >= 60_000);
  assert.equal((await instanceOf(controller)).id, first.agentId);
});

test("of two sessions of one agent the older is told goodbye and the younger is the one that counts", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const older = await openSession(t, controller, papers);
  const younger = await openSession(t, controller, papers, { hello: { bootId: "boot-2" } });
  const { reason, refused } = await older.next("goodbye");
  assert.deepEqual([reason, refused], ["a newer session of the same agent took over", false]);
  assert.ok(younger.epoch > older.epoch);
  assert.equal((await older.ended()).code, status.OK);
  assert.equal((await instanceOf(controller)).liveness, "live");
});

test("a copy of an agent is refused while the agent is there, which is told on the instance, in the audit and to the copy", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const first = await openSession(t, controller, papers, { hello: { hostName: "alpha" } });
  const answering = setInterval(() => first.send(snapshotOf(0, [processInfo()])), 50);
  t.after(() => clearInterval(answering));
  const copy = new ScriptedSession(t, controller, papers);
  copy.send(helloOf(papers, { bootId: "boot-2", hostName: "beta", name: "another-name", labels: { role: "none" } }));
  const { reason, refused } = await copy.next("goodbye");
  assert.equal(refused, true);
  assert.match(reason, /^another agent with this identity is connected, from host alpha; .* state_dir/);
  await first.next("snapshotRequest");
  assert.equal(first.end, null);
  const { liveness, warning, hostName, labels } = await instanceOf(controller);
  assert.deepEqual([liveness, hostName, labels], ["live", "alpha", {}]);
  assert.match(warning ?? "", /^another agent with its identity \(host beta, 127\.0\.0\.1:\d+\) is refused/);
  const { alarms } = await controller.api.get<FleetSummary>(API_PATHS.fleet);
  assert.deepEqual(
    alarms?.map(({ kind, instance, message }) => [kind, instance, message]),
    [["identity", "web1", warning]],
  );
  const rows = async () => {
    const { items } = await controller.api.get<AuditPage>(API_PATHS.audit);
    return items.filter(({ action }) => action === "agent.refuse");
  };
  const again = new ScriptedSession(t, controller, papers);
  again.send(helloOf(papers, { bootId: "boot-2", hostName: "beta" }));
  assert.equal((await again.next("goodbye")).refused, true);
  const [row, more] = await eventually(async () => {
    const found = await rows();
    return found.length > 0 ? found : null;
  });
  assert.match(row?.subject ?? "", /^web1: another agent with this identity is connected/);
  assert.deepEqual([row?.outcome, more], ["refused", undefined], "one row, however often it comes");
  assert.match(controller.log(), /agent refused/);

  // Orders go on reaching the one that was there; when it is gone the other one may come.
  clearInterval(answering);
  first.close();
  const late = await openSession(t, controller, papers, { hello: { bootId: "boot-2", hostName: "beta" } });
  assert.ok(late.epoch > first.epoch);
  const back = new ScriptedSession(t, controller, papers);
  late.close();
  back.send(helloOf(papers, { bootId: "boot-1" }));
  assert.match(
    (await back.next("goodbye")).reason,
    /^an agent with this identity that was started later was here a moment ago/,
  );
});

test("a start of the agent whose host lost its power is let in though its old connection still seems to be there", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const gone = await openSession(t, controller, papers);
  gone.pause();
  const next = await openSession(t, controller, papers, { hello: { bootId: "boot-2" } });
  assert.ok(next.epoch > gone.epoch);
  assert.equal((await instanceOf(controller)).warning, null);
});

test("a start of an agent that has forgotten what it reported is refused, and history is not touched", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const session = await openSession(t, controller, papers);
  session.send(reportsOf(changeReport(1), changeReport(2), changeReport(3)));
  await eventually(async () => ofReports(await history(controller)).length === 3);
  session.close();
  const back = new ScriptedSession(t, controller, papers);
  back.send(helloOf(papers, { lastSeq: 2 }));
  assert.match((await back.next("goodbye")).reason, /has forgotten what it reported: .* restart it$/);
  back.send(reportsOf(changeReport(3, { state: "FATAL" })));
  assert.equal((await openSession(t, controller, papers, { hello: { lastSeq: 3 } })).ackedSeq, 3);
  assert.equal(ofReports(await history(controller)).length, 3);
});

test("an epoch is above every one that the agent has seen, though the controller knows of fewer", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const one = await openSession(t, controller, papers, { hello: { epoch: 41 } });
  assert.equal(one.epoch, 42);
  one.close();
  const two = await openSession(t, controller, papers, { hello: { epoch: 7 } });
  assert.equal(two.epoch, 43);
  two.close();
  const liar = await openSession(t, controller, papers, { hello: { epoch: Number.MAX_SAFE_INTEGER } });
  liar.close();
  const after = await openSession(t, controller, papers, { hello: { epoch: Number.MAX_SAFE_INTEGER } });
  assert.ok(after.epoch > liar.epoch && Number.isSafeInteger(after.epoch + 1_000_000));
});

test("an agent that comes under a new name takes its rows along, and history has the old name down", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const first = await openSession(t, controller, papers);
  await eventually(async () => (await instanceOf(controller)).processCount === 1);
  first.close();
  await openSession(t, controller, papers, { hello: { name: "web-one", bootId: "boot-2" } });
  await eventually(async () => (await controller.api.get<ProcessList>(API_PATHS.processes)).total === 1);
  const { items } = await controller.api.get<InstanceList>(API_PATHS.instances);
  assert.deepEqual(
    items.map(({ name }) => name),
    ["web-one"],
  );
  const told = await eventually(async () => {
    const events = await history(controller);
    return events.filter(({ kind }) => kind.startsWith("instance-")).length >= 3 && events;
  });
  assert.deepEqual(
    told
      .filter(({ kind }) => kind.startsWith("instance-"))
      .map(({ instance, kind, detail }) => [instance, kind, detail]),
    [
      ["web1", "instance-up", null],
      ["web1", "instance-down", "the agent is called web-one now"],
      ["web-one", "instance-up", null],
    ],
  );
  // The old name is free for another host.
  const other = await enrol(controller, "web1");
  await openSession(t, controller, other);
  assert.equal((await instanceOf(controller)).id, other.agentId);
});

test("a renamed agent whose hello was cut short leaves no ghost under its old name", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  (await openSession(t, controller, papers)).close();
  for (let time = 0; time < 5; time++) {
    const cut = new ScriptedSession(t, controller, papers);
    cut.send(helloOf(papers, { name: "web-one" }));
    await sleep(time);
    cut.close();
  }
  await openSession(t, controller, papers, { hello: { name: "web-one" } });
  await eventually(async () => (await instanceOf(controller, "web-one")).liveness === "live");
  const { items } = await controller.api.get<InstanceList>(API_PATHS.instances);
  assert.deepEqual(
    items.map(({ name }) => name),
    ["web-one"],
  );
});

test("a crash of the controller right after an agent came does not make it come up twice in history", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  await openSession(t, controller, papers);
  await eventually(async () => kinds(await history(controller)) === "instance-up");
  // As after a crash: what is on disk now, read by a store of its own.
  const { SqliteStore } = await import("../../controller/src/store/sqlite/sqlite-store.js");
  const store = new SqliteStore(joinPath(controller.dataDir, "fleetvisor.db"));
  await store.start();
  try {
    assert.equal((await store.instances())[0]?.up, true);
  } finally {
    await store.stop();
  }
});

// ---- reports ----------------------------------------------------------------------------------------------------

test("replayed, overlapping and late reports are in history once, in order", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const first = await openSession(t, controller, papers);
  first.send(reportsOf(changeReport(1), changeReport(2)));
  assert.equal((await first.next("ack")).seq, 2);
  first.send(reportsOf(changeReport(1), changeReport(2), changeReport(3)));
  first.send(reportsOf(changeReport(2)));
  assert.equal((await first.next("ack")).seq, 3);
  first.close();
  const second = await openSession(t, controller, papers, { seq: 3 });
  assert.equal(second.ackedSeq, 3);
  second.send(reportsOf(changeReport(1), changeReport(2), changeReport(3), changeReport(4)));
  assert.equal((await second.next("ack")).seq, 4);
  const events = ofReports(await history(controller));
  assert.deepEqual(
    events.map(({ atMs }) => atMs),
    [10_001, 10_002, 10_003, 10_004],
  );
});

test("a hole is told in history and a snapshot asked for; reports that come too late for it change nothing", async (t) => {
  const controller = await controllerInside(t);
  const session = await openSession(t, controller, await enrol(controller, "web1"));
  session.send(reportsOf(changeReport(1), changeReport(5, { state: "FATAL" })));
  await session.next("snapshotRequest");
  assert.equal((await session.next("ack")).seq, 5);
  session.send(reportsOf(changeReport(3)));
  session.send(snapshotOf(5, [processInfo({ state: "FATAL" })]));
  await eventually(async () => (await instanceOf(controller)).counts.FATAL === 1);
  const events = ofReports(await history(controller));
  assert.deepEqual(
    events.map(({ kind, detail }) => detail ?? kind),
    ["process-state", "3 reports missing (2 to 4): they never reached this history", "process-state"],
  );
});

test("a gap that the agent tells of is in history with its size", async (t) => {
  const controller = await controllerInside(t);
  const session = await openSession(t, controller, await enrol(controller, "web1"));
  session.send(reportsOf({ seq: 9, atMs: 1, body: { $case: "gap", value: { firstSeq: 1, lastSeq: 8 } } }));
  assert.equal((await session.next("ack")).seq, 9);
  assert.equal(
    ofReports(await history(controller))[0]?.detail,
    "8 reports missing (1 to 8): the agent's outbox was full",
  );
});

test("another start of the agent numbers anew and is not taken for a replay", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const first = await openSession(t, controller, papers);
  first.send(reportsOf(changeReport(1)));
  await first.next("ack");
  const second = await openSession(t, controller, papers, { hello: { bootId: "boot-2" } });
  assert.equal(second.ackedSeq, 0);
  second.send(reportsOf(changeReport(1)));
  await second.next("ack");
  assert.equal(ofReports(await history(controller)).length, 2);
});

test("malformed values end their session with a reason and cost nobody else", async (t) => {
  const controller = await controllerInside(t);
  const [papers, other] = [await enrol(controller, "web1"), await enrol(controller, "web2")];
  const bystander = await openSession(t, controller, other, { hello: { name: "web2" } });
  const MAX = Number.MAX_SAFE_INTEGER;
  const bad: [string, Parameters<ScriptedSession["send"]>[0], RegExp][] = [
    ["a name with a slash", snapshotOf(0, [processInfo({ name: "a/b" })]), /no process or group can be called "a\/b"/],
    ["a long name", snapshotOf(0, [processInfo({ group: "x".repeat(300) })]), /no process or group can be called/],
    [
      "no process",
      reportsOf({
        seq: 1,
        atMs: 1,
        body: { $case: "stateChange", value: { fromState: "", process: undefined, end: undefined, orderId: "" } },
      }),
      /a state change without its process/,
    ],
    [
      "a backward gap",
      reportsOf({ seq: 5, atMs: 1, body: { $case: "gap", value: { firstSeq: 4, lastSeq: 2 } } }),
      /a gap from 4 to 2/,
    ],
    [
      "a gap beyond its own number",
      reportsOf({ seq: 5, atMs: 1, body: { $case: "gap", value: { firstSeq: 1, lastSeq: MAX } } }),
      /a gap from 1 to/,
    ],
  ];
  for (const [what, body, message] of bad) {
    const session = await openSession(t, controller, papers);
    session.send(body);
    const { code, details } = await session.ended();
    assert.equal(code, status.INVALID_ARGUMENT, what);
    assert.match(details, message);
  }
  const badHellos: [Parameters<typeof helloOf>[1], RegExp][] = [
    [{ name: "" }, /an instance cannot be called/],
    [{ name: "../x" }, /an instance cannot be called/],
    [{ bootId: "" }, /no boot id/],
    [{ labels: { "a b": "" } }, /no label can be/],
    [{ labels: { a: "x".repeat(9_999) } }, /no label can be/],
    [{ labels: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`l${at}`, ""])) }, /more than 64 labels/],
  ];
  for (const [hello, message] of badHellos) {
    const session = new ScriptedSession(t, controller, papers);
    session.send(helloOf(papers, hello));
    const { code, details } = await session.ended();
    assert.equal(code, status.INVALID_ARGUMENT);
    assert.match(details, message);
  }
  bystander.send({ $case: "heartbeat", value: { atMs: Date.now() } });
  assert.equal((await instanceOf(controller, "web2")).liveness, "live");
  assert.equal(bystander.end, null);
});

test("oversized texts are cut, unknown states read as UNKNOWN, and odd numbers are shown as they are", async (t) => {
  const controller = await controllerInside(t);
  const session = await openSession(t, controller, await enrol(controller, "web1"), {
    processes: [
      processInfo({ name: "big", description: "d".repeat(100_000), command: "c".repeat(100_000) }),
      processInfo({ name: "new", state: "HIBERNATING" }),
      processInfo({ name: "odd", pid: -5, sinceMs: -Number.MAX_SAFE_INTEGER, startedAtMs: Number.MAX_SAFE_INTEGER }),
      processInfo({ name: "__proto__", group: "constructor" }),
    ],
  });
  const { items } = await eventually(async () => {
    const list = await controller.api.get<ProcessList>(API_PATHS.processes);
    return list.total === 4 && list;
  });
  const named = (name: string) => items.find((one) => one.name === name);
  assert.ok((named("big")?.description.length ?? 0) <= 8_192);
  assert.equal(named("new")?.state, "UNKNOWN");
  assert.equal(named("odd")?.pid, -5);
  assert.equal(named("__proto__")?.group, "constructor");
  const tail = Buffer.alloc(200_000, 65);
  session.send(
    reportsOf({
      seq: 1,
      atMs: -1,
      body: {
        $case: "stateChange",
        value: {
          fromState: "RUNNING",
          process: processInfo({ name: "big", state: "EXITED", spawnError: "e".repeat(100_000) }),
          end: {
            pid: 1,
            exit: undefined,
            uptimeMs: -1,
            cpuMs: 0,
            peakMemoryBytes: 0,
            oomKilled: false,
            stdoutTail: tail,
            stderrTail: tail,
          },
          orderId: "x".repeat(100_000),
        },
      },
    }),
  );
  await session.next("ack");
  const [event] = ofReports(await history(controller));
  assert.ok((event?.stdoutTail?.length ?? 0) <= 16_384);
  assert.ok((event?.spawnError?.length ?? 0) <= 8_192);
});

test("an agent cannot make its instance grow without end", async (t) => {
  const controller = await controllerInside(t);
  const session = await openSession(t, controller, await enrol(controller, "web1"), { processes: [] });
  let seq = 0;
  const batch = () =>
    reportsOf(
      ...Array.from({ length: 5_000 }, () => {
        seq += 1;
        return { seq, atMs: 1, body: { $case: "processAdded", value: processInfo({ name: `p${seq}` }) } } as const;
      }),
    );
  for (let time = 0; time < 11 && session.end === null; time++) session.send(batch());
  assert.match((await session.ended(20_000)).details, /more than 50000 processes/);
});

// ---- bad links --------------------------------------------------------------------------------------------------

test("a link that is up to two seconds slow does not flicker; one that stalls is not green after the stated time", async (t) => {
  const controller = await controllerInside(t, { heartbeat_seconds: 1 });
  const papers = await enrol(controller, "web1");
  const proxy = await LinkProxy.start(t, controller.grpcPort, Math.random);
  const session = await openSession(t, { ...controller, grpcPort: proxy.port }, papers);
  const beat = setInterval(() => session.send({ $case: "heartbeat", value: { atMs: Date.now() } }), 1_000);
  t.after(() => clearInterval(beat));
  await eventually(async () => (await instanceOf(controller)).liveness === "live");

  proxy.set("delay", 2_000);
  const seen = new Set<string>();
  for (const endMs = performance.now() + 8_000; performance.now() < endMs; await sleep(50)) {
    seen.add((await instanceOf(controller)).liveness);
  }
  assert.deepEqual([...seen], ["live"]);

  // Three heartbeats after the last that came, and the connection is as open as before.
  proxy.set("stall");
  const stalledMs = performance.now();
  const { livenessReason } = await eventually(
    async () => {
      const instance = await instanceOf(controller);
      return instance.liveness === "late" && instance;
    },
    { what: "the stalled link is seen", everyMs: 20, withinMs: 10_000 },
  );
  const tookMs = performance.now() - stalledMs;
  // A timer that the machine keeps waiting for more than a second is pardoned, twice.
  assert.ok(tookMs < 3_000 + 8_000, `seen after ${tookMs} ms`);
  assert.equal(livenessReason, "its connection is open but silent");

  proxy.set("pass");
  await eventually(async () => (await instanceOf(controller)).liveness === "live", { withinMs: 10_000 });
});

test("an agent that was shut down is said to be so, and one whose link broke is not", async (t) => {
  const controller = await controllerInside(t);
  for (const [name, mood, reason] of [
    ["web1", "SHUTDOWN", /^its supervisor was shut down$/],
    ["web2", "RUNNING", /^the agent ended its session$/],
  ] as const) {
    const session = await openSession(t, controller, await enrol(controller, name), { hello: { name } });
    const supervisor = supervisorInfo({ mood });
    session.send(reportsOf({ seq: 1, atMs: Date.now(), body: { $case: "supervisor", value: supervisor } }));
    await eventually(async () => (await instanceOf(controller, name)).mood === mood);
    session.close();
    const late = await eventually(async () => {
      const instance = await instanceOf(controller, name);
      return instance.liveness === "late" && instance;
    });
    assert.match(late.livenessReason ?? "", reason);
  }
});

// ---- orders -----------------------------------------------------------------------------------------------------

const ok = (name = "api") => ({ group: "api", name, code: 80, message: "OK" });

test("an order is answered once: a second answer, a late one and one for strangers change nothing", async (t) => {
  const controller = await controllerInside(t);
  const [papers, stranger] = [await enrol(controller, "web1"), await enrol(controller, "web2")];
  const session = await openSession(t, controller, papers);
  const other = await openSession(t, controller, stranger, { hello: { name: "web2" } });
  await eventually(async () => (await instanceOf(controller)).processCount === 1);
  const { id } = await restart(controller);
  const order = await session.next("order");
  assert.deepEqual(order.targets, [{ group: "api", name: "api" }]);
  other.send({
    $case: "orderResult",
    value: { orderId: order.id, targets: [{ ...ok(), code: 60, message: "forged" }] },
  });
  await sleep(50);
  assert.equal((await operation(controller, id)).state, "running");
  session.send({ $case: "orderResult", value: { orderId: "nobody/knows", targets: [ok()] } });
  session.send({ $case: "orderResult", value: { orderId: order.id, targets: [ok(), ok("stranger")] } });
  session.send({
    $case: "orderResult",
    value: { orderId: order.id, targets: [{ ...ok(), code: 10, message: "late" }] },
  });
  const done = await operation(controller, id, 5_000);
  assert.deepEqual(
    done.targets.map(({ result, message }) => [result, message]),
    [["succeeded", "OK"]],
  );
});

test("the moment an operation is told to have ended, it reads so everywhere", async (t) => {
  const controller = await controllerInside(t);
  const session = await openSession(t, controller, await enrol(controller, "web1"));
  await eventually(async () => (await instanceOf(controller)).processCount === 1);
  for (let time = 0; time < 10; time++) {
    const { id } = await restart(controller);
    const order = await session.next("order");
    session.send({ $case: "orderResult", value: { orderId: order.id, targets: [ok()] } });
    assert.equal((await operation(controller, id, 5_000)).state, "succeeded");
    assert.equal((await operation(controller, id)).state, "succeeded");
  }
});

test("an order is given again with the same id to the same start of an agent, and not to another one", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const first = await openSession(t, controller, papers);
  await eventually(async () => (await instanceOf(controller)).processCount === 1);
  const { id } = await restart(controller);
  const order = await first.next("order");
  first.close();
  const second = await openSession(t, controller, papers);
  const repeated = await second.next("order");
  assert.equal(repeated.id, order.id);
  assert.ok(repeated.epoch > order.epoch);
  second.close();
  const third = await openSession(t, controller, papers, { hello: { bootId: "boot-2" } });
  const done = await operation(controller, id, 5_000);
  assert.deepEqual(
    done.targets.map(({ result, message }) => [result, message]),
    [["unknown", "the agent was started anew before it answered"]],
  );
  assert.ok(!third.heard.some(({ $case }) => $case === "order"));
});

test("a controller that restarts in the middle asks the same start of the agent again, and never gives the order twice", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const first = await openSession(t, controller, papers);
  await eventually(async () => (await instanceOf(controller)).processCount === 1);
  const { id } = await restart(controller);
  const order = await first.next("order");
  await controller.startAgain();
  assert.equal((await operation(controller, id)).state, "running");
  const second = await openSession(t, controller, papers);
  const repeated = await second.next("order");
  assert.equal(repeated.id, order.id);
  second.send({ $case: "orderResult", value: { orderId: order.id, targets: [ok()] } });
  assert.equal((await operation(controller, id, 5_000)).state, "succeeded");
});

test("an operation on an agent that is away waits a moment for it, and one nobody answers ends as unknown", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const session = await openSession(t, controller, papers);
  await eventually(async () => (await instanceOf(controller)).processCount === 1);
  const unanswered = await restart(controller, { timeoutMs: 1_000 });
  await session.next("order");
  session.close();
  await sleep(50);
  const away = await restart(controller, { timeoutMs: 1_000 });
  const failed = await operation(controller, away.id, 4_000);
  assert.deepEqual(
    failed.targets.map(({ result, message }) => [result, message]),
    [["failed", "the agent is not connected"]],
  );
  const unknown = await operation(controller, unanswered.id, 9_000);
  assert.deepEqual(
    unknown.targets.map(({ result }) => result),
    ["unknown"],
  );
});

test("an answer with endless words is cut before it is kept", async (t) => {
  const controller = await controllerInside(t);
  const session = await openSession(t, controller, await enrol(controller, "web1"));
  await eventually(async () => (await instanceOf(controller)).processCount === 1);
  const { id } = await restart(controller);
  const order = await session.next("order");
  const message = "no ".repeat(1_000_000);
  session.send({ $case: "orderResult", value: { orderId: order.id, targets: [{ ...ok(), code: 30, message }] } });
  const [target] = (await operation(controller, id, 5_000)).targets;
  assert.ok((target?.message.length ?? 0) <= 8_192, String(target?.message.length));
});

// ---- logs -------------------------------------------------------------------------------------------------------

const LOG = { instance: "web1", group: "api", name: "api", channel: "stdout" } as const;

test("a log reader's credit is granted as it reads, and an agent that sends more than that is cut off", async (t) => {
  const controller = await controllerInside(t);
  const session = await openSession(t, controller, await enrol(controller, "web1"));
  await eventually(async () => (await instanceOf(controller)).processCount === 1);
  const answer = await fetch(new URL(apiPath("logStream", LOG), controller.url), {
    headers: { authorization: `Bearer ${controller.token}` },
  });
  const told = answer.text();
  const { streamId, creditBytes } = await session.next("logOpen");
  const chunk = (bytes: number) =>
    session.send({
      $case: "logChunk",
      value: { streamId, data: Buffer.alloc(bytes, 65), skippedBytes: 0, offset: 0, file: "" },
    });
  chunk(1_000);
  assert.equal((await session.next("logCredit")).bytes, 1_000);
  chunk(creditBytes + 1);
  assert.equal((await session.next("logClose")).streamId, streamId);
  assert.match(await told, /event: end\ndata: \{"reason":"the agent sent more of the log than was asked for"\}/);
});

test("the tail of a log is no longer than was asked for, whatever the agent sends", async (t) => {
  const controller = await controllerInside(t);
  const session = await openSession(t, controller, await enrol(controller, "web1"));
  await eventually(async () => (await instanceOf(controller)).processCount === 1);
  const asked = controller.api.get(apiPath("log", LOG), { tailBytes: 100 });
  const { streamId, creditBytes } = await session.next("logOpen");
  assert.equal(creditBytes, 100);
  session.send({
    $case: "logChunk",
    value: { streamId, data: Buffer.alloc(101), skippedBytes: 0, offset: 0, file: "" },
  });
  await assert.rejects(asked, /HTTP 503: .*more of the log than was asked for/);
});

test("a log whose agent goes away ends with the reason, and one that is not there is not found", async (t) => {
  const controller = await controllerInside(t);
  const session = await openSession(t, controller, await enrol(controller, "web1"));
  await eventually(async () => (await instanceOf(controller)).processCount === 1);
  const gone = controller.api.get(apiPath("log", LOG));
  const { streamId } = await session.next("logOpen");
  session.send({ $case: "logEnd", value: { streamId, error: "NO_FILE: /x", code: 20 } });
  await assert.rejects(gone, /HTTP 404: .*NO_FILE: \/x/);
  const cut = controller.api.get(apiPath("log", LOG));
  const unreachable = assert.rejects(cut, /HTTP 503/);
  await session.next("logOpen");
  session.close();
  await unreachable;
  await assert.rejects(controller.api.get(apiPath("log", LOG)), /HTTP 503: .*the agent is not connected/);
});

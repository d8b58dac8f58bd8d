// The checker of fault runs against histories that are good and against one planted fault of each kind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BLANK_EVENT } from "@fleetvisor/proto/api/history-event.fixture";
import type { HistoryEvent, Operation } from "@fleetvisor/proto/api/v1";
import { readBoots } from "./activity.js";
import { check } from "./checker.js";
import type { Evidence, Life } from "./evidence.js";

const API = { instance: "web-1", group: "api", name: "api-0", startMs: 0 };
const SLOW = { instance: "web-1", group: "slow", name: "slow", startMs: 1000 };

type Row = Pick<HistoryEvent, "kind" | "atMs"> & Partial<HistoryEvent>;

/** Numbers rows in their order. */
function numbered(rows: readonly Row[]): HistoryEvent[] {
  return rows.map((row, index) => ({
    ...BLANK_EVENT,
    id: index + 1,
    ...row,
  }));
}

type State = HistoryEvent["toState"];

function change(atMs: number, from: State, to: State, pid: number | null, more: Partial<HistoryEvent> = {}): Row {
  return { kind: "process-state", atMs, group: "api", name: "api-0", fromState: from, toState: to, pid, ...more };
}

function operation(
  id: string,
  verb: Operation["verb"],
  atMs: number,
  more: Partial<Operation["targets"][0]> = {},
): Operation {
  return {
    id,
    verb,
    selector: "web-1/api:api-0",
    signal: null,
    user: "admin",
    state: "succeeded",
    createdAtMs: atMs,
    finishedAtMs: atMs + 50,
    targets: [
      {
        target: "web-1/api:api-0",
        instance: "web-1",
        group: "api",
        name: "api-0",
        result: "succeeded",
        code: 80,
        message: "OK",
        finishedAtMs: atMs + 50,
        ...more,
      },
    ],
  };
}

const life = (pid: number, bornMs: number, how?: "exited" | "stopped", endMs = 0): Life => ({
  pid,
  bornMs,
  upMs: bornMs,
  end: how === undefined ? null : { how, atMs: endMs, signal: how === "exited" ? "SIGKILL" : "SIGTERM" },
});

/**
 * Two starts of an agent, the first killed at 6000. 11 is killed by the driver, 12 restarted by an order, 13 goes with its agent,
 * 14 lives.
 */
function good(): Evidence & { history: HistoryEvent[] } {
  const r1 = { operationId: "r1" };
  return {
    targets: [API],
    hosts: [
      {
        instance: "web-1",
        boots: [
          {
            startedMs: 900,
            connectedMs: 1100,
            killedMs: 6000,
            lives: new Map([
              ["api-0", [life(11, 1000, "exited", 2000), life(12, 2001, "stopped", 3010), life(13, 3011)]],
            ]),
          },
          { startedMs: 7000, connectedMs: 7100, killedMs: null, lives: new Map([["api-0", [life(14, 7001)]]]) },
        ],
        trails: new Map([["api-0", [11, 12, 13, 14]]]),
      },
    ],
    disturbances: [{ what: "agent killed", instance: "web-1", fromMs: 6000, toMs: 7000 }],
    kills: [{ instance: "web-1", pid: 11, atMs: 1999 }],
    told: [{ operationId: "r1", succeeded: true, recorded: true }],
    history: numbered([
      { kind: "instance-up", atMs: 1100 },
      change(1000, "STOPPED", "STARTING", null),
      change(1000, "STARTING", "RUNNING", 11),
      change(2000, "RUNNING", "EXITED", 11, { exitSignal: "SIGKILL" }),
      change(2001, "EXITED", "STARTING", null),
      change(2001, "STARTING", "RUNNING", 12),
      change(3005, "RUNNING", "STOPPING", 12, r1),
      change(3010, "STOPPING", "STOPPED", 12, { ...r1, exitSignal: "SIGTERM" }),
      change(3011, "STOPPED", "STARTING", null, r1),
      change(3011, "STARTING", "RUNNING", 13, r1),
      { kind: "instance-up", atMs: 7100, detail: "the agent was started anew" },
      change(7001, "STOPPED", "STARTING", null),
      change(7001, "STARTING", "RUNNING", 14),
    ]),
    operations: [operation("r1", "restart", 3000)],
    processes: [{ target: "web-1/api:api-0", state: "RUNNING", pid: 14 } as Evidence["processes"][0]],
  };
}

const rules = (evidence: Evidence) => [...new Set(check(evidence).findings.map(({ rule }) => rule))].sort();

/** The good history with rows taken out, put in or changed, numbered anew. */
function edited(edit: (rows: HistoryEvent[]) => void): Evidence {
  const evidence = good();
  edit(evidence.history);
  return { ...evidence, history: numbered(evidence.history.map(({ id: _, ...row }) => row)) };
}

function swap(rows: HistoryEvent[], a: number, b: number): void {
  const [one, other] = [rows[a], rows[b]];
  if (one === undefined || other === undefined) throw new Error("no such rows");
  rows[a] = other;
  rows[b] = one;
}

function alter(rows: HistoryEvent[], at: number, more: Partial<HistoryEvent>): void {
  const row = rows[at];
  if (row === undefined) throw new Error("no such row");
  rows[at] = { ...row, ...more };
}

test("a good history has no findings and needs no allowance", () => {
  assert.deepEqual(check(good()), { findings: [], allowances: [] });
});

test("one missing change of any kind is found", () => {
  for (let at = 1; at < 13; at++) {
    if (at === 10) continue;
    const evidence = edited((rows) => rows.splice(at, 1));
    assert.notDeepEqual(rules(evidence), [], `row ${at}`);
  }
});

test("a missing life, first, middle or last, is found as missing", () => {
  assert.ok(rules(edited((rows) => rows.splice(1, 3))).includes("missing"));
  assert.ok(rules(edited((rows) => rows.splice(4, 4))).includes("missing"));
  assert.ok(rules(edited((rows) => rows.splice(8, 2))).includes("missing"), "its agent died only seconds later");
  assert.ok(rules(edited((rows) => rows.splice(11, 2))).includes("missing"));
});

test("one doubled change of any kind is found", () => {
  for (let at = 0; at < 13; at++) {
    const evidence = edited((rows) => rows.splice(at, 0, ...rows.slice(at, at + 1)));
    // That an agent was started anew once more is nothing that a host could contradict.
    assert.notDeepEqual(rules(evidence), at === 10 ? ["none"] : [], `row ${at}`);
  }
  const replayed = edited((rows) => rows.push(...rows.slice(1, 4)));
  assert.ok(rules(replayed).includes("doubled"));
  const inPlace = edited((rows) => rows.splice(4, 0, ...rows.slice(1, 4)));
  assert.ok(rules(inPlace).includes("doubled"));
});

test("the same row twice under one id is found", () => {
  const evidence = good();
  evidence.history.splice(3, 0, ...evidence.history.slice(3, 4));
  assert.ok(rules(evidence).includes("doubled"));
});

test("any two neighbouring changes in the wrong order are found", () => {
  for (let at = 1; at < 12; at++) {
    if (at === 9 || at === 10) continue;
    assert.notDeepEqual(rules(edited((rows) => swap(rows, at, at + 1))), [], `rows ${at} and ${at + 1}`);
  }
});

test("lives in the wrong order, and an earlier start told after a later one, are found", () => {
  const evidence = edited((rows) => rows.push(...rows.splice(1, 9)));
  assert.ok(rules(evidence).includes("reordered"));
});

test("ids that fall are found", () => {
  const evidence = good();
  swap(evidence.history, 0, 1);
  assert.ok(rules(evidence).includes("ids"));
});

test("a life that never was is found, with a pid and without", () => {
  const ghost = (pid: number | null) => [
    change(2001, "EXITED", "STARTING", null),
    ...(pid === null ? [] : [change(2001, "STARTING", "RUNNING", pid), change(2001, "RUNNING", "EXITED", pid)]),
  ];
  assert.ok(rules(edited((rows) => rows.splice(4, 0, ...numbered(ghost(99))))).includes("invented"));
  assert.ok(rules(edited((rows) => rows.splice(4, 0, ...numbered(ghost(null))))).includes("invented"));
});

test("an end that never was, a stop that never was and somebody else's process are found", () => {
  const end = change(8000, "RUNNING", "EXITED", 14, { exitSignal: "SIGKILL" });
  assert.deepEqual(rules(edited((rows) => rows.push(...numbered([end])))), ["invented"]);
  const stop = change(8000, "RUNNING", "STOPPING", 14);
  assert.deepEqual(rules(edited((rows) => rows.push(...numbered([stop])))), ["invented"]);
  const stranger = { ...change(8000, "STOPPED", "STARTING", null), name: "other" };
  assert.deepEqual(rules(edited((rows) => rows.push(...numbered([stranger])))), ["invented"]);
  const host = { ...change(8000, "STOPPED", "STARTING", null), instance: "db-9" };
  assert.deepEqual(rules(edited((rows) => rows.push(...numbered([host])))), ["invented"]);
});

test("an end told with another signal or another pid is found", () => {
  assert.deepEqual(rules(edited((rows) => alter(rows, 3, { exitSignal: "SIGSEGV" }))), ["wrong-end"]);
  assert.deepEqual(rules(edited((rows) => alter(rows, 3, { pid: 12 }))), ["wrong-end"]);
});

test("a gap is found where no outbox can have been full", () => {
  const gap: Row = { kind: "gap", atMs: 2000, detail: "3 reports missing (2 to 4): they never reached this history" };
  assert.deepEqual(rules(edited((rows) => rows.splice(3, 0, ...numbered([gap])))), ["gap"]);
});

test("what an agent noticed in its last moment may be lost, and only that", () => {
  const late = (bornMs: number): Evidence => {
    const evidence = edited((rows) =>
      rows.splice(10, 0, ...numbered([change(bornMs - 1, "RUNNING", "EXITED", 13, { exitSignal: "SIGKILL" })])),
    );
    const [host] = evidence.hosts;
    const [first, second] = host?.boots ?? [];
    if (host === undefined || first === undefined || second === undefined) throw new Error("no boots");
    const lives = [
      ...(first.lives.get("api-0") ?? []).slice(0, 2),
      life(13, 3011, "exited", bornMs - 1),
      life(15, bornMs),
    ];
    const boots = [{ ...first, lives: new Map([["api-0", lives]]) }, second];
    const hosts = [{ ...host, boots, trails: new Map([["api-0", [11, 12, 13, 15, 14]]]) }];
    return { ...evidence, hosts, kills: [...evidence.kills, { instance: "web-1", pid: 13, atMs: bornMs - 2 }] };
  };
  assert.deepEqual(rules(late(5990)), []);
  assert.equal(check(late(5990)).allowances.length, 1);
  assert.deepEqual(rules(late(5500)), ["missing"]);
});

test("a child nobody logged is accepted only as its agent died", () => {
  const evidence = good();
  const [host] = evidence.hosts;
  if (host === undefined) throw new Error("no host");
  const withTrail = (pids: number[]) => ({ ...evidence, hosts: [{ ...host, trails: new Map([["api-0", pids]]) }] });
  assert.deepEqual(rules(withTrail([11, 12, 13, 20, 14])), []);
  assert.deepEqual(rules(withTrail([11, 12, 13, 20, 21, 14])), ["trail"]);
  assert.deepEqual(rules(withTrail([11, 12, 14])), ["trail"], "one that lived for seconds left no trail");
  assert.deepEqual(rules(withTrail([11, 13, 12, 14])), ["reordered"]);
});

test("an end that nobody meant is found", () => {
  assert.deepEqual(rules({ ...good(), kills: [] }), ["unexplained"]);
});

test("an order done twice is found by what happened, even where history says otherwise", () => {
  // 12 is stopped and 13 started, and no order is there that asked.
  assert.deepEqual(rules({ ...good(), operations: [], told: [] }), ["order-twice"]);
  // The same one order led to two stops and starts.
  const evidence = good();
  const [host] = evidence.hosts;
  const [first, second] = host?.boots ?? [];
  if (host === undefined || first === undefined || second === undefined) throw new Error("no boots");
  const lives = [...(first.lives.get("api-0") ?? []).slice(0, 2), life(13, 3011, "stopped", 3020), life(16, 3021)];
  const r1 = { operationId: "r1" };
  const again = numbered([
    change(3015, "RUNNING", "STOPPING", 13, r1),
    change(3020, "STOPPING", "STOPPED", 13, { ...r1, exitSignal: "SIGTERM" }),
    change(3021, "STOPPED", "STARTING", null, r1),
    change(3021, "STARTING", "RUNNING", 16, r1),
  ]);
  const rows = [...evidence.history.slice(0, 10), ...again, ...evidence.history.slice(10)];
  const twice = {
    ...evidence,
    history: numbered(rows.map(({ id: _, ...row }) => row)),
    hosts: [
      {
        ...host,
        boots: [{ ...first, lives: new Map([["api-0", lives]]) }, second],
        trails: new Map([["api-0", [11, 12, 13, 16, 14]]]),
      },
    ],
  };
  assert.deepEqual(rules(twice), ["order-twice"]);
  assert.ok(check(twice).findings.length >= 3, "by the stop, by the start and by history");
});

test("an order may be forgotten where that was said, and its effect where nothing could be written", () => {
  const told = [{ operationId: "gone", succeeded: false, recorded: false }];
  assert.deepEqual(rules({ ...good(), told: [...good().told, ...told] }), []);
  const disturbance = { what: "controller's disk full", instance: null, fromMs: 2900, toMs: 3100 };
  const without = { ...good(), operations: [], told: [] };
  assert.deepEqual(rules({ ...without, disturbances: [{ ...disturbance, forgets: true }] }), []);
  assert.deepEqual(rules({ ...without, disturbances: [disturbance] }), ["order-twice"]);
});

test("a success that was none is found: of a restart, a start and a stop, and of one that was told only", () => {
  const also = (one: Operation): Evidence => ({ ...good(), operations: [...good().operations, one] });
  assert.deepEqual(rules(also(operation("r2", "restart", 4000))), ["false-success"]);
  assert.deepEqual(rules(also(operation("r3", "start", 4000))), ["false-success"]);
  assert.deepEqual(rules(also(operation("r4", "stop", 4000))), ["false-success"]);
  const failed: Operation = { ...operation("r5", "stop", 4000, { result: "failed", code: 70 }), state: "failed" };
  assert.deepEqual(rules(also(failed)), []);
  assert.deepEqual(rules({ ...also(failed), told: [{ operationId: "r5", succeeded: true, recorded: true }] }), [
    "false-success",
  ]);
});

test("two successes need two starts", () => {
  const second = { ...operation("r2", "restart", 3001) };
  assert.deepEqual(rules({ ...good(), operations: [...good().operations, second] }), ["false-success"]);
});

test("an unknown fate is accepted where something was in the way, and a new start only where there was one", () => {
  const unknown = (atMs: number, message: string) => ({
    ...good(),
    operations: [
      ...good().operations,
      { ...operation("r2", "stop", atMs, { result: "unknown", code: null, message }), state: "failed" as const },
    ],
  });
  assert.deepEqual(rules(unknown(5980, "no answer before the deadline")), []);
  assert.deepEqual(rules(unknown(4000, "no answer before the deadline")), ["false-unknown"]);
  assert.deepEqual(rules(unknown(5980, "the agent was started anew before it answered")), []);
  assert.deepEqual(rules(unknown(6500, "the agent was started anew before it answered")), ["false-unknown"]);
});

test("an order told as never sent that had an effect, one without an end and one that is forgotten are found", () => {
  const refused = { ...operation("r1", "restart", 3000, { result: "failed", code: null }), state: "failed" as const };
  assert.deepEqual(rules({ ...good(), operations: [refused], told: [] }), ["false-refusal"]);
  const sent = { ...operation("r1", "restart", 3000, { result: "sent" }), state: "running" as const };
  assert.deepEqual(rules({ ...good(), operations: [sent], told: [] }), ["unfinished"]);
  assert.deepEqual(rules({ ...good(), told: [{ operationId: "gone", succeeded: false, recorded: true }] }), [
    "lost-order",
  ]);
});

test("an instance that comes up twice, goes down for nothing or is not told of is found", () => {
  const rowsOf = (edit: (rows: HistoryEvent[]) => void) => rules(edited(edit));
  assert.deepEqual(
    rowsOf((rows) => alter(rows, 10, { detail: null })),
    ["instance"],
  );
  assert.deepEqual(
    rowsOf((rows) => rows.splice(10, 1)),
    ["instance"],
  );
  assert.deepEqual(
    rowsOf((rows) => rows.splice(0, 1)),
    ["instance"],
  );
  const down: Row = { kind: "instance-down", atMs: 2500, detail: "given up" };
  assert.ok(rowsOf((rows) => rows.splice(6, 0, ...numbered([down]))).includes("instance"));
});

test("a live view that shows another pid than the host has is found", () => {
  const processes = [{ target: "web-1/api:api-0", state: "RUNNING", pid: 13 } as Evidence["processes"][0]];
  assert.deepEqual(rules({ ...good(), processes }), ["live"]);
  assert.deepEqual(rules({ ...good(), processes: [] }), ["live"]);
});

test("a process that must stay up first: a start that fails, and one whose agent dies before it is up", () => {
  const named = { group: "slow", name: "slow" };
  const slow = (atMs: number, from: State, to: State, pid: number | null, more: Partial<HistoryEvent> = {}) =>
    change(atMs, from, to, pid, { ...named, ...more });
  const failed: Life = { pid: 31, bornMs: 1000, upMs: null, end: { how: "exited", atMs: 1500, signal: "SIGKILL" } };
  const up: Life = { pid: 32, bornMs: 2500, upMs: 3500, end: { how: "exited", atMs: 5000, signal: "SIGKILL" } };
  const unborn: Life = { pid: 33, bornMs: 5001, upMs: null, end: null };
  const now: Life = { pid: 34, bornMs: 7001, upMs: 8001, end: null };
  const boot = { startedMs: 900, connectedMs: 1100, killedMs: 5900, lives: new Map([["slow", [failed, up, unborn]]]) };
  const next = { startedMs: 7000, connectedMs: 7100, killedMs: null, lives: new Map([["slow", [now]]]) };
  const evidence: Evidence = {
    ...good(),
    targets: [SLOW],
    hosts: [{ instance: "web-1", boots: [boot, next], trails: new Map([["slow", [31, 32, 33, 34]]]) }],
    kills: [31, 32].map((pid, index) => ({ instance: "web-1", pid, atMs: index === 0 ? 1499 : 4999 })),
    told: [],
    operations: [],
    processes: [{ target: "web-1/slow:slow", state: "RUNNING", pid: 34 } as Evidence["processes"][0]],
    history: numbered([
      { kind: "instance-up", atMs: 1100 },
      slow(1000, "STOPPED", "STARTING", null),
      slow(1500, "STARTING", "BACKOFF", 31, { exitSignal: "SIGKILL" }),
      slow(2500, "BACKOFF", "STARTING", null),
      slow(3500, "STARTING", "RUNNING", 32),
      slow(5000, "RUNNING", "EXITED", 32, { exitSignal: "SIGKILL" }),
      slow(5001, "EXITED", "STARTING", null),
      { kind: "instance-up", atMs: 7100, detail: "the agent was started anew" },
      slow(7001, "STOPPED", "STARTING", null),
      slow(8001, "STARTING", "RUNNING", 34),
    ]),
  };
  assert.deepEqual(check(evidence).findings, []);
  const again = {
    ...evidence,
    history: numbered(evidence.history.flatMap(({ id: _, ...row }, at) => (at === 2 ? [row, row] : [row]))),
  };
  assert.ok(rules(again).includes("doubled"));
});

test("a child may be killed before its agent has written that it is there, but not before the one in its place was over", () => {
  const killedAt = (atMs: number) => rules({ ...good(), kills: [{ instance: "web-1", pid: 11, atMs }] });
  assert.deepEqual(killedAt(1000), []);
  assert.deepEqual(killedAt(950), [], "born, and its line not written yet");
  assert.deepEqual(killedAt(898), ["unexplained"], "its agent was not there");
  assert.deepEqual(killedAt(2002), ["unexplained"], "it was over");
});

test("a child whose line came late stayed up as long as its end says, if there was time for that", () => {
  const named = { group: "slow", name: "slow" };
  const told = (bornMs: number, endMs: number, uptimeMs: number | null): Evidence => {
    const life: Life = { pid: 31, bornMs, upMs: null, end: { how: "exited", atMs: endMs, signal: "SIGKILL" } };
    const boot = { startedMs: 900, connectedMs: 900, killedMs: null, lives: new Map([["slow", [life]]]) };
    const slow = (atMs: number, from: State, to: State, pid: number | null, more: Partial<HistoryEvent> = {}) =>
      change(atMs, from, to, pid, { ...named, ...more });
    return {
      ...good(),
      targets: [SLOW],
      hosts: [{ instance: "web-1", boots: [boot], trails: new Map([["slow", [31]]]) }],
      kills: [{ instance: "web-1", pid: 31, atMs: endMs }],
      told: [],
      operations: [],
      processes: [{ target: "web-1/slow:slow", state: "EXITED", pid: null } as Evidence["processes"][0]],
      history: numbered([
        { kind: "instance-up", atMs: 900 },
        slow(bornMs, "STOPPED", "STARTING", null),
        slow(endMs, "STARTING", "RUNNING", 31),
        slow(endMs, "RUNNING", "EXITED", 31, { exitSignal: "SIGKILL", uptimeMs }),
      ]),
    };
  };
  assert.deepEqual(rules(told(1200, 2190, 1160)), [], "its line came 170 ms after its birth");
  assert.deepEqual(rules(told(1200, 2190, 990)), ["missing"], "it had to be told as BACKOFF");
  assert.deepEqual(rules(told(1000, 1800, 1160)), ["missing"], "there was no time for that");
  assert.deepEqual(rules(told(1000, 2001, null)), [], "by the log alone");
});

test("an activity log is read as starts of the agent and lives of its processes", () => {
  const log = `2026-11-21 12:00:00,000 INFO supervisord started with pid 5
2026-11-21 12:00:00,010 INFO spawned: 'api-0' with pid 11
2026-11-21 12:00:00,011 INFO success: api-0 entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
2026-11-21 12:00:00,020 INFO fleet: connected as 'web-1' to controller 0.1.0
2026-11-21 12:00:01,000 WARN exited: api-0 (terminated by SIGKILL; not expected)
2026-11-21 12:00:02,000 INFO supervisord started with pid 6
2026-11-21 12:00:02,010 INFO spawned: 'api-0' with pid 12
2026-11-21 12:00:03,000 WARN stopped: api-0 (terminated by SIGTERM)
2026-11-21 12:00:03,001 INFO spawned: 'api-0' with pid 13
2026-11-21 12:00:03,500 INFO exited: api-0 (exit status 0; expected)
`;
  const at = new Date(2026, 10, 21, 12, 0, 0, 0).getTime();
  assert.deepEqual(readBoots(log, [at + 1500]), [
    {
      startedMs: at,
      connectedMs: at + 20,
      killedMs: at + 1500,
      lives: new Map([
        [
          "api-0",
          [{ pid: 11, bornMs: at + 10, upMs: at + 11, end: { how: "exited", atMs: at + 1000, signal: "SIGKILL" } }],
        ],
      ]),
    },
    {
      startedMs: at + 2000,
      connectedMs: null,
      killedMs: null,
      lives: new Map([
        [
          "api-0",
          [
            { pid: 12, bornMs: at + 2010, upMs: null, end: { how: "stopped", atMs: at + 3000, signal: "SIGTERM" } },
            { pid: 13, bornMs: at + 3001, upMs: null, end: { how: "exited", atMs: at + 3500, signal: null } },
          ],
        ],
      ]),
    },
  ]);
});

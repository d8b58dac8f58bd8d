// The promises of the history interface, one suite over every back end.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import Database from "better-sqlite3";
import { contactEvent, type NewEvent } from "../../controller/src/core/history.js";
import { anOperation, aTarget } from "../../controller/src/core/operation.fixture.js";
import { type Operation, summarize } from "../../controller/src/core/operation.js";
import type { TargetPageRequest } from "../../controller/src/core/operation-page.js";
import { MemoryStore } from "../../controller/src/store/memory.js";
import type { GrantRecord, UserRecord } from "../../controller/src/store/records.js";
import { SqliteStore } from "../../controller/src/store/sqlite/sqlite-store.js";
import { startWriterWorker } from "../../controller/src/store/sqlite/start-worker.js";
import { WriterThread } from "../../controller/src/store/sqlite/writer-thread.js";
import type { HistoryAnswer, HistoryRequest, Store, TargetName } from "../../controller/src/store/store.js";
import type { Scope } from "../helpers/scope.js";
import { tempDir } from "../helpers/temp-dir.js";

const END = {
  pid: 41,
  exit: { code: null, signal: "SIGKILL", coreDumped: false, expected: false },
  uptimeMs: 1_234,
  cpuMs: 56,
  peakMemoryBytes: 7_890_123,
  stdoutTail: new Uint8Array([104, 105, 255]),
  stderrTail: new Uint8Array(0),
  oomKilled: true,
};

function event(seq: number | null, change: Partial<NewEvent> = {}): NewEvent {
  return {
    kind: "process-state",
    seq,
    atMs: 1_000 + (seq ?? 0),
    instance: "web1",
    group: "api",
    name: "api",
    fromState: "RUNNING",
    toState: "EXITED",
    pid: 41,
    exit: END.exit,
    spawnError: null,
    end: END,
    operationId: null,
    user: null,
    detail: null,
    ...change,
  };
}

const EVERYTHING: HistoryRequest = { clauses: null, sinceMs: null, untilMs: null, limit: 100, beforeId: null };

/** As a reader sees it: a page that a busy machine cut short is read on until it is full. */
async function seqs(store: Store, request: Partial<HistoryRequest> = {}): Promise<(number | null)[]> {
  const asked = { ...EVERYTHING, ...request };
  const found: (number | null)[] = [];
  let { beforeId } = asked;
  do {
    const page: HistoryAnswer = await store.history({ ...asked, limit: asked.limit - found.length, beforeId });
    found.push(...page.events.map(({ seq }) => seq));
    beforeId = page.nextBeforeId;
  } while (beforeId !== null && found.length < asked.limit);
  return found;
}

const batch = (throughSeq: number, events: NewEvent[], bootId = "b1") => ({
  agentId: "a1",
  bootId,
  throughSeq,
  events,
});

const opening = (agentId: string, name: string, bootId = "b1") => ({
  agentId,
  bootId,
  name,
  labels: { role: "web" },
  hostName: `${name}.example`,
  seenEpoch: 0,
  version: "0.1.0",
  atMs: 5_000,
});

const auditRow = { atMs: 1, actor: "", action: "login", subject: "", outcome: "refused", address: "" } as const;

const user = (name: string): UserRecord => ({ name, passwordHash: null, disabledAtMs: null, createdAtMs: 4_000 });

const grant = (id: string, user: string, createdAtMs: number): GrantRecord => ({
  id,
  user,
  role: "operator",
  verbs: [],
  selector: "web*/api:*",
  createdBy: "admin",
  createdAtMs,
});

function operation(id: string, createdAtMs: number): Operation {
  const target = { group: "api", name: "api" };
  return anOperation([], {
    id,
    selector: "web*/api",
    createdAtMs,
    deadlineAtMs: createdAtMs + 60_000,
    targets: [aTarget({ instance: "web1", ...target }), aTarget({ instance: "web2", ...target, batch: 1 })],
  });
}

function storeContract(name: string, open: (dir: string) => Store): void {
  describe(name, () => {
    const promise = (rule: string, body: (store: Store) => Promise<void>) =>
      test(rule, async (t) => {
        const store = open(tempDir(t));
        await store.start();
        t.after(() => store.stop());
        await body(store);
      });

    promise("an event comes back as it was given, bytes of the log tails included", async (store) => {
      const [kept] = await store.commitReports(
        batch(1, [event(1, { operationId: "op1", user: "admin", detail: "x" })]),
      );
      const { events } = await store.history(EVERYTHING);
      assert.deepEqual(events, [{ ...event(1, { operationId: "op1", user: "admin", detail: "x" }), id: kept?.id }]);
    });

    promise("a replayed report is left out and only what is new is answered", async (store) => {
      await store.commitReports(batch(2, [event(1), event(2)]));
      const fresh = await store.commitReports(batch(3, [event(1), event(2), event(3)]));
      assert.deepEqual(
        fresh.map(({ seq }) => seq),
        [3],
      );
      assert.deepEqual(await seqs(store), [3, 2, 1]);
    });

    promise("a replay is left out even when retention has taken the first copy away", async (store) => {
      await store.commitReports(batch(2, [event(1), event(2)]));
      const [last] = await store.commitReports(batch(3, [event(3)]));
      await store.deleteBelow(last?.id ?? 0);
      assert.deepEqual(await store.commitReports(batch(2, [event(1), event(2)])), []);
      assert.deepEqual(await seqs(store), [3]);
    });

    promise("what no event is about any more is forgotten, and what an agent is in is not", async (store) => {
      await store.openSession(opening("a1", "web1", "b2"));
      await store.commitReports(batch(2, [event(1, { name: "gone" }), event(2, { name: "stays" })]));
      await store.commitReports(batch(1, [event(1, { name: "stays" })], "b2"));
      const [last] = await store.commitReports(batch(2, [event(2, { name: "stays" })], "b2"));
      await store.deleteBelow((last?.id ?? 0) + 1);
      const [kept] = await store.recordEvents([event(null, { name: "stays" })]);
      for (let from: number | null = 0, steps = 0; from !== null && steps < 10; steps++) {
        from = await store.forgetUnused(from, 1);
      }
      assert.equal(await store.committedSeq("a1", "b2"), 2);
      assert.deepEqual(await store.commitReports(batch(2, [event(2)], "b2")), []);
      const { events } = await store.history(EVERYTHING);
      assert.deepEqual(
        events.map(({ id, name }) => [id, name]),
        [[kept?.id, "stays"]],
      );
      const [again] = await store.commitReports(batch(3, [event(3, { name: "gone" })], "b2"));
      assert.equal(again?.name, "gone");
    });

    promise("progress is kept for each boot, also where a report is no event", async (store) => {
      await store.commitReports(batch(7, [event(5)]));
      await store.commitReports(batch(2, [event(2)], "b2"));
      assert.equal(await store.committedSeq("a1", "b1"), 7);
      assert.equal(await store.committedSeq("a1", "b2"), 2);
      assert.equal(await store.committedSeq("a2", "b1"), 0);
    });

    promise("commits asked for together keep their order and rising ids", async (store) => {
      const commits = Array.from({ length: 40 }, (_, index) =>
        store.commitReports(batch(index + 1, [event(index + 1)])),
      );
      const ids = (await Promise.all(commits)).flat().map(({ id }) => id);
      assert.deepEqual(
        ids,
        [...ids].sort((a, b) => a - b),
      );
      assert.equal(new Set(ids).size, 40);
    });

    promise("pages follow each other newest first without a hole or a repeat", async (store) => {
      await store.commitReports(
        batch(
          10,
          Array.from({ length: 10 }, (_, index) => event(index + 1)),
        ),
      );
      const seen: (number | null)[] = [];
      for (let beforeId: number | null = null, pages = 0; pages < 10; pages++) {
        const page = await store.history({ ...EVERYTHING, limit: 4, beforeId });
        seen.push(...page.events.map(({ seq }) => seq));
        // What comes in meanwhile is newer and disturbs no page.
        await store.recordEvents([event(null)]);
        beforeId = page.nextBeforeId;
        if (beforeId === null) break;
      }
      assert.deepEqual(seen, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    });

    promise(
      "questions by user and by cause take exactly what has them, alone and with other conditions",
      async (store) => {
        const killed = { code: null, signal: "SIGKILL", coreDumped: false, expected: false };
        const expected = { code: 0, signal: null, coreDumped: false, expected: true };
        await store.commitReports(
          batch(6, [
            event(1, { user: "ann", operationId: "o1", exit: expected, end: null }),
            event(2, { user: "bob", operationId: "o2", exit: killed, end: null, instance: "web2" }),
            event(3, { exit: killed, end: null }),
            event(4, { exit: null, end: null, spawnError: "no such file", toState: "FATAL" }),
            event(5, { exit: expected, end: null }),
            event(6, { user: "ann", operationId: "o3", exit: null, end: null, toState: "FATAL", instance: "web2" }),
          ]),
        );
        const web2 = [{ exact: null, covers: ({ instance }: TargetName) => instance === "web2", states: null }];
        const only = {
          exact: null,
          covers: ({ instance }: TargetName) => instance === "web2",
          instances: new Set(["web2"]),
        };
        const named = [{ ...only, states: null }];
        const fatal = [{ exact: null, covers: () => true, states: new Set(["FATAL"] as const) }];
        assert.deepEqual(await seqs(store, { user: "ann" }), [6, 1]);
        assert.deepEqual(await seqs(store, { user: "ann", clauses: web2 }), [6]);
        assert.deepEqual(await seqs(store, { user: "bob", clauses: named, cause: "signal" }), [2]);
        assert.deepEqual(await seqs(store, { user: "carol" }), []);
        assert.deepEqual(await seqs(store, { cause: "order" }), [6, 2, 1]);
        assert.deepEqual(await seqs(store, { cause: "signal" }), [3, 2]);
        assert.deepEqual(await seqs(store, { cause: "spawn-error" }), [4]);
        assert.deepEqual(await seqs(store, { cause: "unexpected" }), [3, 2]);
        assert.deepEqual(await seqs(store, { cause: "unexpected", clauses: named }), [2]);
        assert.deepEqual(await seqs(store, { clauses: fatal }), [6, 4]);
        assert.deepEqual(await seqs(store, { clauses: fatal, cause: "order" }), [6]);
        assert.deepEqual(await seqs(store, { clauses: [{ ...only, states: new Set(["FATAL"] as const) }] }), [6]);
      },
    );

    promise("events of one kind and ends for want of memory are found by themselves", async (store) => {
      const killed = { code: null, signal: "SIGKILL", coreDumped: false, expected: false };
      const itself = { group: null, name: null, exit: null, end: null, fromState: null, toState: null } as const;
      await store.commitReports(
        batch(5, [
          event(1, { exit: killed }),
          event(2, { exit: killed, end: { ...END, oomKilled: false } }),
          event(3, { kind: "process-added", exit: null, end: null, fromState: null, toState: null }),
          event(4, { ...itself, kind: "gap" }),
          event(5, { ...itself, kind: "gap", instance: "web2", user: "ann" }),
        ]),
      );
      const web2 = [{ exact: null, covers: ({ instance }: TargetName) => instance === "web2", states: null }];
      assert.deepEqual(await seqs(store, { cause: "out-of-memory" }), [1]);
      assert.deepEqual(await seqs(store, { cause: "out-of-memory", kind: "gap" }), []);
      assert.deepEqual(await seqs(store, { kind: "process-state" }), [2, 1]);
      assert.deepEqual(await seqs(store, { kind: "process-added" }), [3]);
      assert.deepEqual(await seqs(store, { kind: "gap" }), [5, 4]);
      assert.deepEqual(await seqs(store, { kind: "gap", clauses: web2, sinceMs: 0 }), [5]);
      assert.deepEqual(await seqs(store, { kind: "gap", user: "ann" }), [5]);
      assert.deepEqual(await seqs(store, { kind: "instance-up" }), []);
    });

    promise("restarts that nobody asked for are told apart from first starts and from orders", async (store) => {
      const start = (seq: number, fromState: NewEvent["fromState"], part: Partial<NewEvent> = {}) =>
        event(seq, { exit: null, end: null, fromState, toState: "STARTING", ...part });
      await store.commitReports(
        batch(7, [
          start(1, "STOPPED"),
          start(2, "EXITED"),
          start(3, "BACKOFF"),
          start(4, "EXITED", { user: "ann", operationId: "o1" }),
          start(5, "FATAL"),
          event(6, { exit: null, end: null, fromState: "STARTING", toState: "RUNNING" }),
          start(7, null),
        ]),
      );
      assert.deepEqual(await seqs(store, { cause: "restart" }), [3, 2]);
    });

    promise(
      "pages of any question are whole over many blocks, late clocks included, and after a deletion",
      async (store) => {
        const events: NewEvent[] = [];
        for (let seq = 1; seq <= 10_000; seq++) {
          const user = seq % 700 === 0 ? "ann" : null;
          // One in 900 comes late: it happened long before its neighbours.
          const atMs = seq % 900 === 0 ? seq - 890 : seq;
          const toState = seq % 800 === 0 ? "FATAL" : "RUNNING";
          events.push(event(seq, { user, atMs, toState, name: `p${seq % 3}`, exit: null, end: null }));
        }
        await store.commitReports(batch(10_000, events));
        const p1 = [{ exact: [{ instance: "web1", group: "api", name: "p1" }], covers: () => true, states: null }];
        const p1s = [{ exact: null, covers: ({ name }: TargetName) => name === "p1", states: null }];
        const fatal = [{ exact: null, covers: () => true, states: new Set(["FATAL"] as const) }];
        const questions: [Partial<HistoryRequest>, (one: NewEvent) => boolean][] = [
          [{ untilMs: 5_000 }, ({ atMs }) => atMs <= 5_000],
          [{ sinceMs: 4_000, untilMs: 4_200 }, ({ atMs }) => atMs >= 4_000 && atMs <= 4_200],
          [{ sinceMs: 9_990 }, ({ atMs }) => atMs >= 9_990],
          [{ sinceMs: 20_000 }, () => false],
          [{ user: "ann", untilMs: 7_000 }, ({ user, atMs }) => user === "ann" && atMs <= 7_000],
          [{ clauses: p1, untilMs: 6_000 }, ({ name, atMs }) => name === "p1" && atMs <= 6_000],
          [{ clauses: p1s, sinceMs: 3_000 }, ({ name, atMs }) => name === "p1" && atMs >= 3_000],
          [{ clauses: fatal, untilMs: 5_500 }, ({ toState, atMs }) => toState === "FATAL" && atMs <= 5_500],
        ];
        const all = async (request: Partial<HistoryRequest>) => {
          const found: (number | null)[] = [];
          let beforeId: number | null = null;
          do {
            const page: HistoryAnswer = await store.history({ ...EVERYTHING, limit: 64, ...request, beforeId });
            found.push(...page.events.map(({ seq }) => seq));
            beforeId = page.nextBeforeId;
          } while (beforeId !== null);
          return found;
        };
        const wanted = (fits: (one: NewEvent) => boolean, above: number) =>
          events
            .filter((one) => (one.seq ?? 0) > above && fits(one))
            .map(({ seq }) => seq)
            .reverse();
        for (const [request, fits] of questions) assert.deepEqual(await all(request), wanted(fits, 0));
        const newest = (await store.extent()).newestId ?? 0;
        await store.deleteBelow(newest - 4_999);
        for (const [request, fits] of questions) assert.deepEqual(await all(request), wanted(fits, 5_000));
      },
    );

    promise("clauses choose by exact target, by pattern and by state", async (store) => {
      await store.commitReports(
        batch(5, [
          event(1, { instance: "web1", toState: "RUNNING" }),
          event(2, { instance: "web2", toState: "FATAL" }),
          event(3, { instance: "db1", group: "pg", name: "main" }),
          event(4, {
            instance: "db1",
            group: null,
            name: null,
            kind: "instance-up",
            toState: null,
            exit: null,
            end: null,
          }),
          event(5, { instance: "web1", toState: "FATAL" }),
        ]),
      );
      const covers = (matches: (target: TargetName) => boolean) => [{ exact: null, covers: matches, states: null }];
      const exact = (target: TargetName) => [{ exact: [target], covers: () => false, states: null }];
      assert.deepEqual(await seqs(store, { clauses: exact({ instance: "web1", group: "api", name: "api" }) }), [5, 1]);
      assert.deepEqual(await seqs(store, { clauses: exact({ instance: "db1", group: null, name: null }) }), [4]);
      assert.deepEqual(await seqs(store, { clauses: covers(({ instance }) => instance.startsWith("web")) }), [5, 2, 1]);
      const fatal = { exact: null, covers: () => true, states: new Set(["FATAL"] as const) };
      assert.deepEqual(await seqs(store, { clauses: [fatal] }), [5, 2]);
      const either = [...exact({ instance: "db1", group: "pg", name: "main" }), fatal];
      assert.deepEqual(await seqs(store, { clauses: either }), [5, 3, 2]);
      assert.deepEqual(await seqs(store, { clauses: [] }), []);
    });

    promise("clauses on more targets than can be looked up one by one still find all", async (store) => {
      const many = Array.from({ length: 700 }, (_, index) => event(index + 1, { name: `p${index}` }));
      await store.commitReports(batch(700, many));
      const clauses = [{ exact: null, covers: ({ name }: TargetName) => name?.endsWith("7") ?? false, states: null }];
      assert.equal((await seqs(store, { clauses })).length, 70);
      const all = [{ exact: null, covers: () => true, states: null }];
      assert.equal((await seqs(store, { clauses: all, limit: 1000 })).length, 700);
    });

    promise("times bound what is found, both ends included", async (store) => {
      await store.commitReports(
        batch(
          5,
          [1, 2, 3, 4, 5].map((seq) => event(seq)),
        ),
      );
      assert.deepEqual(await seqs(store, { sinceMs: 1_002, untilMs: 1_004 }), [4, 3, 2]);
    });

    promise("the extent and the first id of a time serve retention", async (store) => {
      assert.deepEqual(await store.extent(), { oldestId: null, newestId: null });
      const before = Date.now();
      const kept = await store.commitReports(batch(3, [event(1), event(2), event(3)]));
      const ids = kept.map(({ id }) => id);
      assert.deepEqual(await store.extent(), { oldestId: ids[0], newestId: ids[2] });
      assert.equal(await store.firstIdSince(before), ids[0]);
      assert.equal(await store.firstIdSince(Date.now() + 60_000), null);
      await store.deleteBelow(ids[1] ?? 0);
      assert.deepEqual(await seqs(store), [3, 2]);
    });

    promise("a session raises the epoch, takes over the name and says what is kept", async (store) => {
      const first = await store.openSession(opening("a1", "web1"));
      assert.equal(first.outcome, "opened");
      assert.deepEqual([first.epoch, first.committedSeq], [1, 0]);
      await store.commitReports(batch(9, []));
      const second = await store.openSession(opening("a1", "web-one"));
      assert.equal(second.outcome, "opened");
      assert.deepEqual([second.epoch, second.committedSeq], [2, 9]);
      const [record] = await store.instances();
      assert.deepEqual([record?.name, record?.epoch, record?.labels], ["web-one", 2, { role: "web" }]);
      assert.deepEqual(await store.openSession(opening("a2", "web-one")), { outcome: "name-taken" });
    });

    promise("a session tells with itself that its instance came, and each coming once", async (store) => {
      const told = async (name: string, bootId = "b1") => {
        const grant = await store.openSession(opening("a1", name, bootId));
        assert.equal(grant.outcome, "opened");
        const { events } = await store.history({ ...EVERYTHING, limit: grant.told.length || 1 });
        if (grant.told.length > 0) assert.deepEqual(events, [...grant.told].reverse());
        return grant.told.map(({ instance, kind, detail }) => [instance, kind, detail]);
      };
      const up = ["web1", "instance-up", null];
      assert.deepEqual(await told("web1"), [up]);
      assert.deepEqual(await told("web1"), [], "history has this start of it up");
      assert.deepEqual(await told("web1", "b2"), [["web1", "instance-up", "the agent was started anew"]]);
      assert.equal((await store.instances())[0]?.up, true);
      await store.recordEvents([contactEvent("web1", "instance-down", 6_000, "no heartbeat")]);
      assert.deepEqual(await told("web1", "b3"), [up]);
      assert.deepEqual(await told("web-one", "b3"), [
        ["web1", "instance-down", "the agent is called web-one now"],
        ["web-one", "instance-up", null],
      ]);
      assert.equal((await store.instances())[0]?.up, true);
    });

    promise("a revoked agent stays out and its name is free", async (store) => {
      await store.openSession(opening("a1", "web1"));
      assert.equal(await store.revokeInstance("web1", 6_000), true);
      assert.equal(await store.revokeInstance("web1", 6_000), false);
      assert.deepEqual(await store.openSession(opening("a1", "web1")), { outcome: "revoked" });
      assert.deepEqual(await store.instances(), []);
      assert.equal((await store.openSession(opening("a2", "web1"))).outcome, "opened");
    });

    promise("contact is noted for known agents alone", async (store) => {
      await store.openSession(opening("a1", "web1"));
      await store.noteContact([
        { agentId: "a1", heardAtMs: 7_000 },
        { agentId: "nobody", heardAtMs: 7_000 },
      ]);
      const records = await store.instances();
      assert.deepEqual(
        records.map(({ id, lastHeardAtMs }) => [id, lastHeardAtMs]),
        [["a1", 7_000]],
      );
    });

    promise("that an instance came or went is kept with the event itself", async (store) => {
      await store.openSession(opening("a1", "web1"));
      const blank = { group: null, name: null, fromState: null, toState: null, pid: null, exit: null, end: null };
      const told = async (kind: "instance-up" | "instance-down", instance = "web1") => {
        await store.recordEvents([event(null, { ...blank, kind, instance })]);
        return (await store.instances())[0]?.up;
      };
      assert.equal(await told("instance-up"), true);
      assert.equal(await told("instance-down", "nobody"), true);
      assert.equal(await told("instance-down"), false);
    });

    promise("a join token is spent as often as it may be, and not by a refused name", async (store) => {
      const token = {
        id: "t",
        secretHash: "h",
        uses: 2,
        used: 0,
        createdBy: "admin",
        createdAtMs: 1,
        expiresAtMs: 9_000,
      };
      await store.addJoinToken(token);
      assert.deepEqual(await store.joinToken("t"), token);
      assert.equal(await store.join("t", "a1", "web1", 5_000), "joined");
      assert.equal(await store.join("t", "a2", "web1", 5_000), "name-taken");
      assert.equal(await store.join("t", "a3", "web3", 9_000), "bad-token");
      assert.equal(await store.join("t", "a3", "web3", 5_000), "joined");
      assert.equal(await store.join("t", "a4", "web4", 5_000), "bad-token");
      assert.equal(await store.join("other", "a4", "web4", 5_000), "bad-token");
      const names = (await store.instances()).map(({ name }) => name);
      assert.deepEqual(names, ["web1", "web3"]);
    });

    promise("operations are kept with each target's result, newest first", async (store) => {
      const first = operation("o1", 1_000);
      const second = operation("o2", 2_000);
      await store.saveOperation(first);
      await store.saveOperation(second);
      assert.deepEqual(await store.operation("o1"), first);
      assert.equal(await store.operation("o3"), null);
      const done = {
        ...first,
        finishedAtMs: 3_000,
        targets: first.targets.map((target) => ({
          ...target,
          result: "succeeded" as const,
          code: 80,
          message: "OK",
          finishedAtMs: 3_000,
        })),
      };
      await store.saveOperation(done);
      assert.deepEqual(await store.operations(10), [second, done].map(summarize), "without targets, but how they are");
      assert.deepEqual(await store.operations(1), [summarize(second)]);
      assert.deepEqual(await store.operations(10, second), [summarize(done)]);
      assert.deepEqual(await store.operations(10, done), []);
      assert.deepEqual(await store.runningOperations(), [second]);
      assert.equal(await store.deleteOperationBefore(3_000), false, "it had not finished then");
      assert.equal(await store.deleteOperationBefore(9_000), true);
      assert.equal(await store.deleteOperationBefore(9_000), false, "what runs stays");
      assert.deepEqual(await store.operations(10), [summarize(second)]);
    });

    promise("targets of an operation are read in pages, those alone that became what is asked for", async (store) => {
      const names = Array.from({ length: 4_500 }, (_, at) => `p${at}`);
      const results = ["succeeded", "failed", "unknown"] as const;
      const resultAt = (at: number) => results[at % 3] ?? "failed";
      const targets = names.map((name, at) =>
        aTarget({ instance: "web1", name, result: resultAt(at), batch: at >> 6 }),
      );
      await store.saveOperation({ ...operation("o1", 1_000), finishedAtMs: 2_000, targets });
      await store.saveOperation(operation("o2", 1_000));
      const page = (wanted: Partial<TargetPageRequest>) =>
        store.operationTargets("o1", { results: [], from: 0, limit: 10, ...wanted });
      assert.deepEqual(await page({}), { targets: targets.slice(0, 10), next: 10 });
      assert.deepEqual(await page({ from: 4_495 }), { targets: targets.slice(4_495), next: null });
      assert.deepEqual(await page({ from: 4_490 }), { targets: targets.slice(4_490), next: null });
      assert.deepEqual(await page({ from: 9_999 }), { targets: [], next: null });
      const failed = targets.filter(({ result }) => result === "failed");
      const some = await page({ results: ["failed"], limit: 1_000 });
      assert.deepEqual([some?.targets, some?.next], [failed.slice(0, 1_000), 3_001]);
      const rest = await page({ results: ["failed"], limit: 1_000, from: some?.next ?? 0 });
      assert.deepEqual([rest?.targets, rest?.next], [failed.slice(1_000), null]);
      assert.deepEqual(await page({ results: ["skipped"] }), { targets: [], next: null });
      assert.equal(await store.operationTargets("o3", { results: [], from: 0, limit: 1 }), null);
    });

    promise(
      "an operation is kept with its plan and how far it is, and of its targets those that are said to differ",
      async (store) => {
        const plan = { batch: "10%", pauseMs: 5, waitRunningMs: 10, maxFailures: 2, timeoutMs: 30 };
        const whole = { group: null, name: null };
        const planned = anOperation([], {
          ...{ id: "o1", verb: "add", groups: ["api", "db"], plan },
          targets: [aTarget({ ...whole, instance: "web1" }), aTarget({ ...whole, instance: "web2", batch: 1 })],
        });
        await store.saveOperation(planned);
        assert.deepEqual(await store.operation("o1"), planned);
        const watched = { answered: true, pid: 7, runningSinceMs: 8, rowSinceMs: 9 };
        const change = { result: "waiting", sentTo: "b1", startedAtMs: 4, watched, code: 80, message: "OK" } as const;
        const [first, second] = planned.targets.map((target) => ({ ...target, ...change }));
        assert.ok(first !== undefined && second !== undefined);
        const progress = { wanted: "pause", batch: 1, deadlineAtMs: 99, holdUntilMs: 50 } as const;
        const now = { ...planned, ...progress, targets: [planned.targets[0] ?? first, second] };
        await store.saveOperation(now, [1]);
        assert.deepEqual(await store.operation("o1"), now);
        await store.saveOperation({ ...now, finishedAtMs: 60, targets: [first, second] }, [0]);
        assert.deepEqual((await store.operation("o1"))?.targets, [first, second]);
      },
    );

    promise(
      "operations with a question that an agent may still answer are found for a while, newest first",
      async (store) => {
        const save = (
          id: string,
          createdAtMs: number,
          finishedAtMs: number | null,
          change: Parameters<typeof aTarget>[0],
        ) => store.saveOperation(anOperation([], { id, createdAtMs, finishedAtMs, targets: [aTarget(change)] }));
        await save("open", 1, 5_000, { result: "unknown", sentTo: "b1" });
        await save("newer", 2, 5_000, { result: "unknown", sentTo: "b1" });
        await save("old", 3, 4_999, { result: "unknown", sentTo: "b1" });
        await save("nobody to ask", 4, 5_000, { result: "unknown", sentTo: null });
        await save("running", 5, null, { result: "unknown", sentTo: "b1" });
        await save("known", 6, 5_000, { result: "succeeded", sentTo: "b1" });
        const ids = async (limit: number) => (await store.unsettledOperations(5_000, limit)).map(({ id }) => id);
        assert.deepEqual(await ids(9), ["newer", "open"]);
        assert.deepEqual(await ids(1), ["newer"]);
      },
    );

    promise("a login code works once and not after its time", async (store) => {
      await store.addLoginCode({ hash: "c1", user: "admin", expiresAtMs: 9_000 });
      await store.addLoginCode({ hash: "c2", user: "admin", expiresAtMs: 9_000 });
      assert.equal(await store.useLoginCode("c1", 5_000), "admin");
      assert.equal(await store.useLoginCode("c1", 5_000), null);
      assert.equal(await store.useLoginCode("c2", 9_000), null);
      assert.equal(await store.useLoginCode("c3", 5_000), null);
    });

    promise("a new password ends the user's other sessions", async (store) => {
      await store.addUser(user("admin"), []);
      const session = { origin: "code", createdAtMs: 1, seenAtMs: 1, expiresAtMs: 9_000 } as const;
      await store.addSession({ ...session, hash: "s1", user: "admin" });
      await store.addSession({ ...session, hash: "s2", user: "admin" });
      await store.addSession({ ...session, hash: "s3", user: "eve" });
      await store.setPassword("admin", "hash", "s1");
      assert.deepEqual(await store.user("admin"), { ...user("admin"), passwordHash: "hash" });
      assert.equal(await store.session("s2"), null);
      assert.notEqual(await store.session("s3"), null);
      await store.touchSession("s1", 77);
      assert.equal((await store.session("s1"))?.seenAtMs, 77);
      assert.equal(await store.deleteSession("s1"), true);
      assert.equal(await store.deleteSession("s1"), false);
      assert.equal(await store.session("s1"), null);
    });

    promise("a user is added once, with grants or not at all", async (store) => {
      const [first, second] = [grant("g1", "ann", 1), grant("g2", "bob", 2)];
      assert.equal(await store.addUser(user("ann"), [first]), true);
      assert.equal(await store.addUser({ ...user("ann"), passwordHash: "other" }, [second]), false);
      assert.deepEqual(await store.users(), [user("ann")]);
      assert.deepEqual(await store.grants(null), [first]);
      assert.equal(await store.addGrant(second), false, "there is no bob");
      await store.addUser(user("bob"), []);
      assert.equal(await store.addGrant(second), true);
      const listed = { ...grant("g3", "ann", 3), role: null, verbs: ["logs", "restart"] as const };
      await store.addGrant(listed);
      assert.deepEqual(await store.grants("ann"), [first, listed]);
      assert.deepEqual(await store.grants(null), [first, second, listed]);
      assert.equal(await store.deleteGrant("g1"), true);
      assert.equal(await store.deleteGrant("g1"), false);
      assert.deepEqual(await store.grants("ann"), [listed]);
    });

    promise("a user that is disabled has no session left, one that is deleted nothing at all", async (store) => {
      const session = { origin: "code", createdAtMs: 1, seenAtMs: 1, expiresAtMs: 9_000 } as const;
      for (const name of ["ann", "bob"]) {
        await store.addUser(user(name), [grant(`g-${name}`, name, 1)]);
        await store.addSession({ ...session, hash: `s-${name}`, user: name });
        const token = {
          id: `k-${name}`,
          hash: `h-${name}`,
          name: "ci",
          user: name,
          createdAtMs: 1,
          expiresAtMs: null,
          lastUsedAtMs: null,
        };
        await store.addApiToken(token);
        await store.addLoginCode({ hash: `c-${name}`, user: name, expiresAtMs: 9_000 });
      }
      assert.equal((await store.sessions(null)).length, 2);
      assert.equal(await store.setUserDisabled("ann", 7), true);
      assert.equal(await store.setUserDisabled("eve", 7), false);
      assert.equal((await store.user("ann"))?.disabledAtMs, 7);
      assert.deepEqual(
        (await store.sessions(null)).map(({ hash }) => hash),
        ["s-bob"],
      );
      assert.equal((await store.apiTokens("ann")).length, 1, "for when the user is let in again");
      await store.setUserDisabled("ann", null);
      assert.equal((await store.user("ann"))?.disabledAtMs, null);
      assert.equal(await store.deleteUser("ann"), true);
      assert.equal(await store.deleteUser("ann"), false);
      assert.deepEqual(
        (await store.users()).map(({ name }) => name),
        ["bob"],
      );
      assert.deepEqual(
        (await store.grants(null)).map(({ id }) => id),
        ["g-bob"],
      );
      assert.deepEqual(
        (await store.apiTokens(null)).map(({ id }) => id),
        ["k-bob"],
      );
      assert.equal(await store.useLoginCode("c-ann", 1), null);
      assert.equal(await store.useLoginCode("c-bob", 1), "bob");
      assert.equal((await store.sessions("bob")).length, 1);
    });

    promise("join tokens are listed, and a deleted one lets nobody in", async (store) => {
      const token = { secretHash: "x", uses: 2, used: 0, createdBy: "admin", expiresAtMs: 9_000 };
      await store.addJoinToken({ ...token, id: "t2", createdAtMs: 2 });
      await store.addJoinToken({ ...token, id: "t1", createdAtMs: 1 });
      assert.equal(await store.join("t1", "agent-1", "web1", 5), "joined");
      assert.deepEqual(
        (await store.joinTokens()).map(({ id, used }) => [id, used]),
        [
          ["t1", 1],
          ["t2", 0],
        ],
      );
      assert.equal(await store.deleteJoinToken("t1"), true);
      assert.equal(await store.deleteJoinToken("t1"), false);
      assert.equal(await store.join("t1", "agent-2", "web2", 5), "bad-token");
    });

    promise("the audit is read newest first, page by page, and its rows follow from each other", async (store) => {
      assert.deepEqual(await store.audit({ beforeId: null, limit: 2 }), { entries: [], nextBeforeId: null });
      assert.deepEqual(await store.checkAudit(), { rows: 0, head: "", broken: null });
      for (const subject of ["a", "b\n\u2603", "c"]) await store.addAudit({ ...auditRow, subject });
      const first = await store.audit({ beforeId: null, limit: 2 });
      assert.deepEqual(
        first.entries.map(({ id, subject }) => [id, subject]),
        [
          [3, "c"],
          [2, "b\n\u2603"],
        ],
      );
      assert.equal(first.nextBeforeId, 2);
      const second = await store.audit({ beforeId: first.nextBeforeId, limit: 2 });
      assert.deepEqual([second.entries.map(({ id }) => id), second.nextBeforeId], [[1], null]);
      assert.equal(new Set([...first.entries, ...second.entries].map(({ hash }) => hash)).size, 3);
      assert.deepEqual(await store.checkAudit(), { rows: 3, head: first.entries[0]?.hash, broken: null });
    });

    promise("an API token is found by its hash and deleted only by its user, or on nobody's behalf", async (store) => {
      const made = { createdAtMs: 1, expiresAtMs: 99, lastUsedAtMs: null };
      const token = { id: "k1", hash: "h1", name: "ci", user: "admin", ...made };
      await store.addApiToken(token);
      await store.touchApiToken("k1", 55);
      assert.deepEqual(await store.apiToken("h1"), { ...token, lastUsedAtMs: 55 });
      assert.deepEqual(await store.apiTokens("eve"), []);
      assert.equal(await store.deleteApiToken("eve", "k1"), false);
      assert.equal(await store.deleteApiToken("admin", "k1"), true);
      assert.equal(await store.apiToken("h1"), null);
      await store.addApiToken(token);
      assert.equal(await store.deleteApiToken(null, "k1"), true);
    });

    promise("what has expired can be cleared away", async (store) => {
      await store.addLoginCode({ hash: "c", user: "admin", expiresAtMs: 100 });
      await store.addSession({ hash: "s", user: "a", origin: "code", createdAtMs: 1, seenAtMs: 1, expiresAtMs: 300 });
      const token = { name: "ci", user: "admin", createdAtMs: 1, lastUsedAtMs: null };
      for (const [id, expiresAtMs] of [
        ["t1", 100],
        ["t2", 300],
        ["t3", null],
      ] as const) {
        await store.addApiToken({ ...token, id, hash: id, expiresAtMs });
      }
      await store.deleteExpired(200);
      assert.deepEqual(
        (await store.apiTokens(null)).map(({ id }) => id),
        ["t2", "t3"],
      );
      assert.equal(await store.useLoginCode("c", 50), null);
      assert.notEqual(await store.session("s"), null);
    });

    promise("what was committed in one millisecond is found from its end", async (store) => {
      assert.equal(await store.momentBefore(1_000), null);
      const kept = await store.commitReports(batch(2, [event(1), event(2, { name: "b" })]));
      await new Promise((resolve) => setTimeout(resolve, 5));
      await store.recordEvents([event(null, { kind: "instance-up", group: null, name: null })]);
      const [first, second] = kept.map(({ id }) => id);
      assert.ok(first !== undefined && second !== undefined);
      const last = await store.momentBefore(Number.MAX_SAFE_INTEGER);
      assert.deepEqual(last?.events, [{ id: second + 1, instance: "web1", group: null, name: null }]);
      const moment = await store.momentBefore(second + 1);
      const names = moment?.events.map(({ id, name }) => [id, name]);
      assert.deepEqual(names?.at(-1), [second, "b"]);
      assert.ok(last !== null && moment !== null && moment.atMs < last.atMs);
      assert.deepEqual((await store.momentBefore(second))?.events.at(-1)?.id, first);
    });

    promise("after the stop every write is refused", async (store) => {
      await store.stop();
      await assert.rejects(store.commitReports(batch(1, [event(1)])), { kind: "unavailable" });
    });
  });
}

test("sqlite: while the file cannot be written reports wait and are kept later, everything else is refused", async (t) => {
  const file = join(tempDir(t), "fleetvisor.db");
  const troubles: (string | null)[] = [];
  const store = new SqliteStore(file, (message) => troubles.push(message));
  await store.start();
  t.after(() => store.stop());
  // Another process that writes and does not end is as good as a full disk.
  const other = new Database(file);
  other.exec("BEGIN IMMEDIATE");
  const reports = store.commitReports(batch(1, [event(1)]));
  await assert.rejects(store.addAudit(auditRow), { kind: "unavailable" });
  assert.match(store.trouble ?? "", /locked/);
  other.exec("ROLLBACK");
  other.close();
  assert.equal((await reports).length, 1);
  assert.equal(store.trouble, null);
  assert.deepEqual([troubles.length, troubles.at(-1)], [2, null]);
});

test("sqlite: a file of schema 1 is brought up to date with nothing lost, a role becomes a grant on all", async (t) => {
  const store = new SqliteStore(oldFile(t, 1));
  await store.start();
  t.after(() => store.stop());
  assert.deepEqual(
    (await store.grants(null)).map((one) => [one.user, one.role, one.verbs, one.selector]),
    [
      ["admin", "admin", [], "all"],
      ["olga", "operator", [], "all"],
      ["vera", "viewer", [], "all"],
    ],
  );
  assert.deepEqual(await store.user("admin"), {
    name: "admin",
    passwordHash: "scrypt$15$8$1$c2FsdA$a2V5",
    disabledAtMs: null,
    createdAtMs: null,
  });
  assert.equal((await store.session("session-1"))?.user, "admin");
  assert.equal((await store.apiToken("token-hash-1"))?.user, "olga");
  assert.equal((await store.joinToken("join-1"))?.used, 2);
  assert.equal((await store.instances())[0]?.name, "web1");
  assert.deepEqual(await seqs(store), [2, 1]);
  assert.equal((await store.operation("op-1"))?.targets[0]?.result, "succeeded");
  await store.addAudit(auditRow);
  const { entries } = await store.audit({ beforeId: null, limit: 10 });
  assert.deepEqual(
    entries.map(({ id, actor, action }) => [id, actor, action]),
    [
      [4, "", "login"],
      [3, "olga", "operation.restart"],
      [2, "", "login"],
      [1, "admin", "login"],
    ],
  );
  assert.deepEqual(await store.checkAudit(), { rows: 4, head: entries[0]?.hash, broken: null });
});

test("sqlite: a file of a newer fleetvisor is refused", async (t) => {
  const file = oldFile(t, 1);
  const db = new Database(file);
  db.exec("INSERT INTO schema_version VALUES (999)");
  db.close();
  await assert.rejects(new SqliteStore(file).start(), { kind: "conflict" });
});

test("sqlite: whatever is done to a row of the audit, the first row that is not true is named", async (t) => {
  const tampering: readonly (readonly [sql: string, row: number, reason: RegExp])[] = [
    ["UPDATE audit SET subject = 'nothing' WHERE id = 3", 3, /row 3 is not what was written/],
    ["UPDATE audit SET actor = 'eve', hash = lower(hex(randomblob(32))) WHERE id = 2", 2, /row 2 is not/],
    ["UPDATE audit SET at_ms = at_ms + 1 WHERE id = 1", 1, /row 1 is not/],
    ["DELETE FROM audit WHERE id = 3", 3, /row 3 is missing/],
    ["DELETE FROM audit WHERE id >= 4", 4, /the rows up to 5 are missing/],
    ["DELETE FROM audit", 1, /the rows up to 5 are missing/],
    ["DELETE FROM audit WHERE id = 2; UPDATE audit SET id = id - 1 WHERE id > 2", 2, /row 2 is not/],
    [
      "UPDATE audit SET id = 99 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 99",
      2,
      /row 2/,
    ],
    ["DELETE FROM audit WHERE id = 5; UPDATE audit_head SET id = 4", 4, /the noted head is another one/],
  ];
  for (const [sql, row, reason] of tampering) {
    const file = join(tempDir(t), "fleetvisor.db");
    const store = new SqliteStore(file);
    await store.start();
    for (const subject of ["a", "b", "c", "d", "e"]) await store.addAudit({ ...auditRow, subject });
    assert.equal((await store.checkAudit()).broken, null);
    const other = new Database(file);
    other.exec(sql);
    other.close();
    const { broken } = await store.checkAudit();
    await store.stop();
    assert.equal(broken?.id, row, sql);
    assert.match(broken?.reason ?? "", reason, sql);
  }
});

/** A file as a released version left it (test/fixtures/store), unpacked. */
function oldFile(t: Scope, version: number): string {
  const file = join(tempDir(t), "fleetvisor.db");
  const packed = fileURLToPath(new URL(`../fixtures/store/schema-${version}.db.gz`, import.meta.url));
  writeFileSync(file, gunzipSync(readFileSync(packed)));
  return file;
}

storeContract("memory", () => new MemoryStore());
storeContract("sqlite", (dir) => new SqliteStore(join(dir, "fleetvisor.db")));

test("sqlite: when the writer thread ends, another one carries on: reports are kept once, trouble is told and ends", async (t) => {
  const told: (string | null)[] = [];
  let worker: Worker | null = null;
  const writer = new WriterThread(
    join(tempDir(t), "store.db"),
    (message) => told.push(message),
    (data) => {
      worker = startWriterWorker(data);
      return worker;
    },
  );
  await writer.start();
  const commit = (through: number, ...events: NewEvent[]) =>
    writer.write("commitReports", [batch(through, events)], { rows: 1, patient: false, lasting: true });
  assert.deepEqual(await commit(1, event(1)), [1]);
  const ended = (worker as Worker | null)?.terminate();
  const under = commit(2, event(2));
  await ended;
  const later = commit(3, event(2), event(3));
  await assert.rejects(writer.write("deleteExpired", [0]), /cannot write: the writer thread ended/);
  await under;
  assert.deepEqual(await later, [0, 3]);
  assert.equal(told.length, 2);
  assert.match(told[0] ?? "", /the writer thread ended/);
  assert.equal(told[1], null);
  assert.equal(writer.trouble, null);
  await writer.stop();
  await assert.rejects(commit(4, event(4)), /the store is closed/);
});

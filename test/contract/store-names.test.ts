// History asked by the names of processes, on whatever instances, of every store.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { NewEvent } from "../../controller/src/core/history.js";
import { historyClauses } from "../../controller/src/core/history-filter.js";
import { select } from "../../controller/src/core/selection.js";
import { MemoryStore } from "../../controller/src/store/memory.js";
import { SqliteStore } from "../../controller/src/store/sqlite/sqlite-store.js";
import type { HistoryAnswer, HistoryRequest, Store } from "../../controller/src/store/store.js";
import { defer, type Scope } from "../helpers/scope.js";
import { tempDir } from "../helpers/temp-dir.js";

const STORES: Readonly<Record<string, (t: Scope) => Store>> = {
  memory: () => new MemoryStore(),
  sqlite: (t) => new SqliteStore(join(tempDir(t), "fleetvisor.db")),
};

const EVENT = {
  kind: "process-state",
  fromState: "STARTING",
  pid: 41,
  exit: null,
  spawnError: null,
  end: null,
  operationId: null,
  detail: null,
} as const;

const EVERYTHING: HistoryRequest = { clauses: null, sinceMs: null, untilMs: null, limit: 500, beforeId: null };

for (const [kind, open] of Object.entries(STORES)) {
  test(`a process of one name is found wherever it runs, on few instances and on hundreds (${kind})`, async (t) => {
    const store = open(t);
    await store.start();
    defer(t, () => store.stop());
    const events: NewEvent[] = [];
    for (let seq = 1; seq <= 6_000; seq++) {
      const web = seq % 2 === 0;
      events.push({
        ...EVENT,
        seq,
        atMs: 1_000 + seq,
        instance: `${web ? "web" : "db"}${seq % 1_200}`,
        group: "api",
        // On 600 instances of 1,200, on all of them, on 3.
        name: web ? "half" : seq % 400 === 1 ? "few" : "rest",
        user: seq % 100 < 4 ? "ann" : null,
        toState: seq % 10 === 0 ? "FATAL" : "RUNNING",
        exit: null,
        end: null,
      });
    }
    await store.commitReports({ agentId: "agent", bootId: "boot", throughSeq: 6_000, events });
    const labelsOf = (instance: string) => ({ role: instance.startsWith("web") ? "web" : "db" });
    const among = async (text: string, more: Partial<HistoryRequest> = {}) => {
      const clauses = historyClauses(select(text), labelsOf);
      const found: (number | null)[] = [];
      for (let beforeId: number | null = null; ; ) {
        const page: HistoryAnswer = await store.history({ ...EVERYTHING, ...more, clauses, beforeId });
        found.push(...page.events.map(({ seq }) => seq));
        beforeId = page.nextBeforeId;
        if (beforeId === null) return found;
      }
    };
    const wanted = (fits: (one: NewEvent) => boolean) =>
      events
        .filter(fits)
        .map(({ seq }) => seq)
        .reverse();
    const named = (...names: string[]) => wanted(({ name }) => names.includes(name ?? ""));
    assert.deepEqual(await among("*/api:half"), named("half"));
    assert.deepEqual(await among("*/api:few"), named("few"));
    assert.deepEqual(await among("*/api:half,api:few"), named("half", "few"));
    assert.deepEqual(await among("*/api:half */api:few,other:half"), named("half", "few"));
    assert.deepEqual(await among("*/other:half"), []);
    assert.deepEqual(await among("role=db/api:half"), []);
    assert.deepEqual(
      await among("web1*/api:half"),
      wanted(({ instance, name }) => name === "half" && /^web1/.test(instance)),
    );
    assert.deepEqual(
      await among("*/api:half", { user: "ann" }),
      wanted(({ name, user }) => name === "half" && user === "ann"),
    );
    assert.deepEqual(
      await among("*/api:half,state=FATAL"),
      wanted(({ name, toState }) => name === "half" && toState === "FATAL"),
    );
    assert.deepEqual(
      await among("*/api:half", { sinceMs: events[2_999]?.atMs ?? 0 }),
      wanted(({ seq, name }) => name === "half" && (seq ?? 0) >= 3_000),
    );
  });
}

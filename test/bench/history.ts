// Fills a store with events and prints how long the first page of each kind of question takes, and what an event costs on disk.
// node --conditions=fleetvisor --import tsx test/bench/history.ts [--events 10000000] [--keep FILE]
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import type { NewEvent } from "../../controller/src/core/history.js";
import { historyClauses } from "../../controller/src/core/history-filter.js";
import { select } from "../../controller/src/core/selection.js";
import { SqliteStore } from "../../controller/src/store/sqlite/sqlite-store.js";
import type { HistoryRequest } from "../../controller/src/store/store.js";
import { Samples } from "./fleet/samples.js";

const INSTANCES = 2_000;
const PROCESSES = 50;
/** Events of one commit, and commits that wait together. */
const COMMIT = 25;
const TOGETHER = 400;
const DAYS_MS = 90 * 86_400_000;
const ASKED = 200;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "10000000" },
    /** A file to fill once and ask again in later runs. */
    keep: { type: "string" },
  },
});
const total = Number(values.events);
const dir = mkdtempSync(join(tmpdir(), "fvh-"));
const file = values.keep ?? join(dir, "fleetvisor.db");
const end = Date.now();
const print = (label: string, text: string) => process.stdout.write(`${label.padEnd(46)} ${text}\n`);

let seed = 1;
/** Xorshift: the same history in every run. */
function number(below: number): number {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) % below;
}
const instanceName = (index: number) => `sim-${String(index).padStart(5, "0")}`;
const LIFE: readonly ProcessState[] = ["STARTING", "RUNNING", "EXITED"];

/** Mostly lives that end; one in a hundred by somebody's order, one in two thousand in FATAL, one process in a hundred much busier. */
function event(seq: number, instance: string, atMs: number): NewEvent {
  const busy = number(4) === 0;
  const name = `p${busy ? 0 : number(PROCESSES)}`;
  const toState = number(2_000) === 0 ? "FATAL" : (LIFE[seq % 3] ?? "RUNNING");
  const ended = toState === "EXITED";
  const asked = number(100) === 0;
  const exit = ended
    ? { code: number(50) === 0 ? null : 1, signal: null, coreDumped: false, expected: number(3) === 0 }
    : null;
  return {
    kind: "process-state",
    seq,
    atMs,
    instance,
    group: "sim",
    name,
    fromState: LIFE[(seq + 2) % 3] ?? "STARTING",
    toState,
    pid: 1_000 + seq,
    exit: exit?.code === null ? { ...exit, signal: "SIGKILL" } : exit,
    spawnError: toState === "FATAL" ? "exited too quickly" : null,
    end: ended
      ? {
          pid: 1_000 + seq,
          exit,
          uptimeMs: number(1 << 24),
          cpuMs: number(1 << 16),
          oomKilled: false,
          peakMemoryBytes: number(1 << 28),
          stdoutTail: new Uint8Array(number(4) === 0 ? 200 : 0),
          stderrTail: new Uint8Array(0),
        }
      : null,
    operationId: asked ? `operation-${number(10_000)}` : null,
    user: asked ? `user-${number(50)}` : null,
    detail: null,
  };
}

async function fill(store: SqliteStore): Promise<void> {
  const started = performance.now();
  const seqs = new Int32Array(INSTANCES);
  for (let made = 0; made < total; ) {
    const commits: Promise<unknown>[] = [];
    for (let one = 0; one < TOGETHER && made < total; one++) {
      const index = number(INSTANCES);
      const events: NewEvent[] = [];
      for (let each = 0; each < COMMIT; each++) {
        const seq = (seqs[index] ?? 0) + 1;
        seqs[index] = seq;
        events.push(event(seq, instanceName(index), Math.floor(end - DAYS_MS + (made++ / total) * DAYS_MS)));
      }
      const throughSeq = seqs[index] ?? 0;
      commits.push(store.commitReports({ agentId: `agent-${index}`, bootId: "boot", throughSeq, events }));
    }
    await Promise.all(commits);
  }
  const seconds = (performance.now() - started) / 1000;
  print("written", `${total} in ${seconds.toFixed(0)} s (${(total / seconds).toFixed(0)}/s)`);
}

const EVERYTHING: HistoryRequest = { clauses: null, sinceMs: null, untilMs: null, limit: 100, beforeId: null };
const labelsOf = (instance: string) => ({ role: Number(instance.slice(-1)) < 5 ? "web" : "db" });
const matching = (text: string): Partial<HistoryRequest> => ({ clauses: historyClauses(select(text), labelsOf) });
const some = () => instanceName(number(INSTANCES));
/** A moment in the time that history covers. */
const moment = () => end - number(2 ** 31) * (DAYS_MS / 2 ** 31);

const QUESTIONS: readonly (readonly [string, () => Partial<HistoryRequest>])[] = [
  ["everything", () => ({})],
  ["an instance", () => matching(`${some()}/all`)],
  ["a process", () => matching(`${some()}/sim:p${number(PROCESSES)}`)],
  ["a busy process", () => matching(`${some()}/sim:p0`)],
  ["a group everywhere, by label", () => matching("role=web/sim:*")],
  ["one name everywhere", () => matching(`*/sim:p${number(PROCESSES)}`)],
  ["a frequent state", () => matching("state=EXITED")],
  ["a rare state", () => matching("state=FATAL")],
  ["a rare state of an instance", () => matching(`${some()}/state=FATAL`)],
  ["a user", () => ({ user: `user-${number(50)}` })],
  ["a user on an instance", () => ({ ...matching(`${some()}/all`), user: `user-${number(50)}` })],
  ["what anybody ordered", () => ({ cause: "order" })],
  ["killed by a signal", () => ({ cause: "signal" })],
  ["ended unexpectedly, by label", () => ({ ...matching("role=web/all"), cause: "unexpected" })],
  ["until a moment", () => ({ untilMs: moment() })],
  ["an hour", () => hour()],
  ["an hour of an instance", () => ({ ...matching(`${some()}/all`), ...hour() })],
  ["until a moment, a busy process", () => ({ ...matching(`${some()}/sim:p0`), untilMs: moment() })],
  ["a page in the middle", () => ({ beforeId: number(total) + 1 })],
];

function hour(): Partial<HistoryRequest> {
  const untilMs = moment();
  return { sinceMs: untilMs - 3_600_000, untilMs };
}

async function ask(store: SqliteStore): Promise<void> {
  for (const [label, question] of QUESTIONS) {
    const [took, used] = [new Samples(), new Samples()];
    let [found, pages] = [0, 0];
    for (let time = 0; time < ASKED; time++) {
      const request = { ...EVERYTHING, ...question() };
      const [started, cpu] = [performance.now(), process.cpuUsage()];
      const answer = await store.history(request);
      took.add(performance.now() - started);
      const { user, system } = process.cpuUsage(cpu);
      used.add((user + system) / 1000);
      found += answer.events.length;
      pages += Number(answer.events.length < request.limit && answer.nextBeforeId !== null);
    }
    const short = pages === 0 ? "" : `  ${pages} of ${ASKED} cut short`;
    print(
      label,
      `${took}  CPU p50 ${used.percentile(50).toFixed(1)}  p99 ${used.percentile(99).toFixed(1)} ms  ${(found / ASKED).toFixed(0)} events a page${short}`,
    );
  }
}

print(
  "load before",
  loadavg()
    .map((load) => load.toFixed(2))
    .join(" "),
);
const filled = existsSync(file);
const opening = performance.now();
const store = new SqliteStore(file);
try {
  await store.start();
  print("opened", `in ${((performance.now() - opening) / 1000).toFixed(1)} s, with what had to be migrated`);
  if (!filled) await fill(store);
  const bytes = statSync(file).size;
  print("on disk", `${(bytes / 2 ** 20).toFixed(0)} MiB, ${(bytes / total).toFixed(0)} bytes an event`);
  await ask(store);
} finally {
  await store.stop();
  rmSync(dir, { recursive: true, force: true });
}

// A controller's API over a fleet that a test makes up on the spot: real routes on a real port, no agents. Every agent it plays does
// what it is ordered at once and has a log of one line.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { ApiToken, Session } from "@fleetvisor/proto/api/v1";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { pino } from "pino";
import { Access } from "../../controller/src/access/access.js";
import { Joining } from "../../controller/src/access/joining.js";
import { type NewGrant, People } from "../../controller/src/access/people.js";
import type { ApiWorld } from "../../controller/src/api/context.js";
import { type HttpLimits, HttpServer, type HttpServerOptions } from "../../controller/src/api/http-server.js";
import { LiveHub } from "../../controller/src/api/live-hub.js";
import { Publisher } from "../../controller/src/api/publish.js";
import { type StreamLimits, Streams } from "../../controller/src/api/streams.js";
import { livenessTimes } from "../../controller/src/core/liveness.js";
import { aProcess, SUPERVISOR } from "../../controller/src/core/rows.fixture.js";
import type { Process, Report } from "../../controller/src/core/rows.js";
import { Gateway } from "../../controller/src/gateway/gateway.js";
import { Records } from "../../controller/src/gateway/records.js";
import { Agents, type EndableWire } from "../../controller/src/instances/agents.js";
import { Authority } from "../../controller/src/pki/authority.js";
import { LiveFleet } from "../../controller/src/run/live-fleet.js";
import { Metrics } from "../../controller/src/run/metrics.js";
import { Operations } from "../../controller/src/run/operations.js";
import { OwnState } from "../../controller/src/run/own-state.js";
import { MemoryStore } from "../../controller/src/store/memory.js";
import { defer, type Scope } from "../helpers/scope.js";
import { tempDir } from "../helpers/temp-dir.js";

export interface Row {
  readonly group: string;
  readonly name: string;
  readonly state?: ProcessState;
  /** Place in the group. */
  readonly index?: number;
}

export interface Host {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly processes: readonly Row[];
}

export interface Asked {
  readonly token?: string | null;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type AccessWorld = Awaited<ReturnType<typeof accessWorld>>;

const SAMPLE_MS = 15_000;
const DAY_MS = 86_400_000;

/** Starts one, with nobody but the admin and nothing in the fleet. It is stopped after the test. */
export async function accessWorld(
  t: Scope,
  prometheus: Partial<HttpServerOptions["prometheus"]> = {},
  limits: { readonly http?: HttpLimits; readonly streams?: StreamLimits } = {},
) {
  const dir = tempDir(t);
  const log = pino({ level: "silent" });
  const store = new MemoryStore();
  await store.start();
  const authority = await Authority.open(dir);
  const fleet = new LiveFleet(livenessTimes(60_000), log);
  const samplesAt = { ms: Date.now() };
  const metrics = new Metrics({
    ...{ store, fleet, log, sampleMs: SAMPLE_MS, minutesMs: 7 * 86_400_000 },
    now: () => samplesAt.ms,
  });
  const agents = new Agents();
  const hub = new LiveHub();
  const publisher = new Publisher(fleet, hub, store);
  const access = new Access(store);
  const people = new People(store);
  const joining = new Joining(store, authority);
  const operations = new Operations({
    store,
    fleet,
    agents,
    log,
    onChange: (operation, changed) => publisher.operation(operation, changed),
  });
  const streams = new Streams(access, limits.streams);
  const agentsPort = () => 9701;
  const records = new Records(store, (operation) => publisher.operation(operation, [...operation.targets.keys()]));
  const gateway = new Gateway({ store, fleet, agents, records, log });
  const world: ApiWorld = {
    store,
    fleet,
    metrics,
    agents,
    access,
    people,
    joining,
    operations,
    hub,
    streams,
    gateway,
    own: new OwnState({
      store,
      dataDir: dir,
      maxAgeMs: DAY_MS,
      maxEvents: 1_000,
      minutesMs: DAY_MS,
      hoursMs: DAY_MS,
      maxBytes: null,
    }),
    agentsPort,
  };
  fleet.subscribe({ changes: (changes) => publisher.fleet(changes), events() {} });
  const http = new HttpServer({
    listen: { host: "127.0.0.1", port: 0 },
    tls: null,
    webDir: `${dir}/no-web`,
    world,
    prometheus: { isPublic: false, mostProcesses: 100, ...prometheus },
    log,
    ...(limits.http === undefined ? {} : { limits: limits.http }),
  });
  await http.start();
  defer(t, async () => {
    streams.end();
    await http.stop();
    await operations.stop();
    fleet.stop();
  });
  await access.prepare();
  const admin = (await access.newApiToken("admin", "test")).token;
  /** What was ordered, as "VERB instance/group:name". */
  const orders: string[] = [];
  const seqs = new Map<string, number>();

  function ask(path: string, { token = admin, method = "GET", body, headers = {} }: Asked = {}): Promise<Response> {
    return fetch(new URL(path, http.url), {
      method,
      redirect: "manual",
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
  }

  async function get<T>(path: string, asked: Asked = {}): Promise<T> {
    const answer = await ask(path, asked);
    if (!answer.ok) throw new Error(`${asked.method ?? "GET"} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  function wireOf(host: string, id: string): EndableWire {
    return {
      epoch: 1,
      bootId: "boot",
      capabilities: new Set(),
      send(body) {
        if (body.$case === "order") {
          const { id: orderId, targets } = body.value;
          for (const { group, name } of targets) orders.push(`${host}/${group}:${name}`);
          const results = targets.map(({ group, name }) => ({ group, name, code: 80, message: "OK" }));
          setImmediate(() => agents.instance(id).answer({ orderId, targets: results }));
        } else if (body.$case === "logOpen") {
          const { streamId, follow } = body.value;
          setImmediate(() => {
            agents
              .instance(id)
              .logChunk({ streamId, data: Buffer.from(`log of ${host}\n`), skippedBytes: 0, offset: 0, file: "" });
            if (!follow) agents.instance(id).logEnd({ streamId, error: "", code: 0 });
          });
        }
      },
      goodbye() {},
      isThere: async () => true,
    };
  }

  return {
    url: http.url,
    admin,
    store,
    fleet,
    metrics,
    publisher,
    orders,
    ask,
    get,
    /** Adds a user with grants and no password; answers a token of theirs. */
    async user(name: string, ...grants: readonly NewGrant[]): Promise<string> {
      await people.add(name, undefined, grants, "admin", async () => {});
      return (await access.newApiToken(name, "test")).token;
    },
    /** Brings hosts in, as agents with a snapshot would. */
    hosts(...hosts: readonly Host[]): void {
      for (const { name, labels = {}, processes } of hosts) {
        const id = `id-${name}`;
        fleet.hello({ id, name, labels, hostName: `${name}.example`, version: "0.1.0" }, "boot");
        fleet.snapshot(name, {
          seq: 1,
          supervisor: SUPERVISOR,
          processes: processes.map((process) => processOf(process)),
        });
        agents.attach(id, wireOf(name, id));
        seqs.set(name, 1);
      }
    },
    /** Samples of a host and of all that runs on it, a period after the one before: its CPUs half busy, each process using one. */
    sample(name: string): void {
      samplesAt.ms += SAMPLE_MS;
      const processes = [...(fleet.fleet.instances.get(name)?.processes.values() ?? [])];
      const used = { cpuMs: samplesAt.ms, memoryBytes: 1024 * 1024 };
      metrics.take(name, {
        monotonicMs: samplesAt.ms,
        host: {
          ...{ cpuBusyMs: samplesAt.ms, cpuTotalMs: 2 * samplesAt.ms, loadHundredths: 150 },
          ...{ memoryTotalBytes: 100_000, memoryAvailableBytes: 40_000 },
        },
        processes: processes.map(({ group, name: process }) => ({
          group,
          name: process,
          pid: 1,
          startTicks: 1,
          ...used,
        })),
      });
    },
    gone(...names: readonly string[]): void {
      for (const name of names) {
        agents.remove(`id-${name}`, "gone");
        fleet.remove(name, "gone");
      }
    },
    /** Reports of a host, numbered on. */
    report(host: string, ...facts: readonly Report["fact"][]): void {
      const reports = facts.map((fact) => {
        const seq = (seqs.get(host) ?? 0) + 1;
        seqs.set(host, seq);
        return { seq, atMs: seq, fact };
      });
      fleet.reports(host, reports);
    },
    /** Keeps events and tells who listens, as for a commit. */
    async history(...events: Parameters<MemoryStore["recordEvents"]>[0]): Promise<void> {
      publisher.history(await store.recordEvents(events));
    },
    async token(name: string, token: string): Promise<ApiToken> {
      return get<ApiToken>(API_PATHS.tokens, { token, method: "POST", body: { name } });
    },
    session: (token: string) => get<Session>(API_PATHS.session, { token }),
  };
}

export function processOf({ group, name, state = "RUNNING", index = 0 }: Row): Process {
  return aProcess({ group, name, state, index, pid: state === "RUNNING" ? 100 : null });
}

export interface HeardEvent {
  readonly type: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

/** Listens to an event stream. It is closed after the test. */
export async function listenTo(t: Scope, world: AccessWorld, path: string, asked: Asked = {}) {
  const abort = new AbortController();
  defer(t, () => abort.abort());
  const answer = await fetch(new URL(path, world.url), {
    headers: { authorization: `Bearer ${asked.token ?? world.admin}`, ...asked.headers },
    signal: abort.signal,
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const heard: HeardEvent[] = [];
  const state = { over: false };
  const read = async () => {
    let text = "";
    const decoder = new TextDecoder();
    for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(part, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = new Map(
          block.split("\n").map((line) => [line.split(": ", 1)[0], line.slice(line.indexOf(": ") + 2)]),
        );
        const type = fields.get("event");
        if (type !== undefined)
          heard.push({ type, id: fields.get("id"), data: JSON.parse(fields.get("data") ?? "null") });
      }
    }
  };
  void read()
    .catch(() => {})
    .finally(() => {
      state.over = true;
    });
  return { heard, state, close: () => abort.abort() };
}

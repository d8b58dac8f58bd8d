// The controller: puts store, fleet, operations, agents' port and web port together, and starts and stops them in order.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Lifecycle, Sequence } from "@fleetvisor/proto/lifecycle";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Logger } from "pino";
import { Access } from "./access/access.js";
import { Joining } from "./access/joining.js";
import { People } from "./access/people.js";
import type { ApiWorld } from "./api/context.js";
import { HttpServer } from "./api/http-server.js";
import { LiveHub } from "./api/live-hub.js";
import { Publisher } from "./api/publish.js";
import { Streams } from "./api/streams.js";
import type { Address, ControllerConfig } from "./config/keys.js";
import type { HistoryEvent } from "./core/history.js";
import { livenessTimes } from "./core/liveness.js";
import { Gateway } from "./gateway/gateway.js";
import { Records } from "./gateway/records.js";
import { AgentAudit } from "./instances/agent-audit.js";
import { Agents } from "./instances/agents.js";
import { LinkServer } from "./instances/link-server.js";
import { Authority } from "./pki/authority.js";
import { RevokedList } from "./pki/revoked-list.js";
import { Housekeeping } from "./run/housekeeping.js";
import { LiveFleet } from "./run/live-fleet.js";
import { Metrics } from "./run/metrics.js";
import { Operations } from "./run/operations.js";
import { OwnState } from "./run/own-state.js";
import { Reserve } from "./store/reserve.js";
import { removePartialCopies } from "./store/sqlite/copy.js";
import { DataLock } from "./store/sqlite/data-lock.js";
import { SqliteStore } from "./store/sqlite/sqlite-store.js";
import { StandbyStore } from "./store/standby-store.js";
import { VERSION } from "./version.js";
import { keepWebAddress } from "./web-address.js";

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;
/** Agents come back spread over this time when the controller stops. */
const RETRY_AFTER_MS = 500;

const STORE_FILE = "fleetvisor.db";

/** Where the store of a data directory is. */
export function storeFile(dataDir: string): string {
  return join(dataDir, STORE_FILE);
}

/** Whether a controller has kept anything in the directory. */
export function hasStore(dataDir: string): boolean {
  return existsSync(storeFile(dataDir));
}

/** The store of a data directory in which a controller was started, for a moment's work beside it. Not started. */
export function storeOf(dataDir: string): SqliteStore {
  return new SqliteStore(storeFile(dataDir));
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new FleetError("unavailable", `cannot make ${dataDir}: ${FleetError.from(error).message}`);
  }
}

export class Controller implements Lifecycle {
  readonly #config: ControllerConfig;
  readonly #webDir: string;
  readonly #log: Logger;
  #parts: Sequence | null = null;
  #http: HttpServer | null = null;
  #link: LinkServer | null = null;
  #access: Access | null = null;

  constructor(config: ControllerConfig, webDir: string, log: Logger) {
    this.#config = config;
    this.#webDir = webDir;
    this.#log = log;
  }

  /** Where people reach the web page. */
  get url(): string {
    return this.#config.public_url ?? this.#http?.url ?? "";
  }

  /** Where agents reach the controller. */
  get agentsAddress(): Address {
    return this.#link?.address ?? this.#config.grpc_listen;
  }

  /** Resolves when both ports answer. Rejects with FleetError naming what is in the way, with everything undone. */
  async start(): Promise<void> {
    const { data_dir: dataDir, http_tls_cert: certFile, http_tls_key: keyFile } = this.#config;
    const log = this.#log;
    await makeDataDir(dataDir);
    const authority = await Authority.open(dataDir);
    const lock = new DataLock(dataDir);
    const reserve = new Reserve(dataDir);
    const store = new StandbyStore(storeFile(dataDir), {
      log,
      revoked: await RevokedList.open(dataDir),
      reserve,
      beforeOpen: () => lock.hold(),
      onBack: () => {
        remember().catch((error: unknown) => log.warn({ error: FleetError.from(error).message }));
        agents.historyIsBack();
      },
    });

    const heartbeatMs = Math.round(this.#config.heartbeat_seconds * 1000);
    const fleet = new LiveFleet(livenessTimes(heartbeatMs), log);
    const sampleMs = Math.round(this.#config.sample_seconds * 1000);
    const minutesMs = this.#config.retention_metrics_days * DAY_MS;
    const metrics = new Metrics({ store, fleet, log, sampleMs, minutesMs });
    const agents = new Agents();
    const hub = new LiveHub();
    const publisher = new Publisher(fleet, hub, store);
    const access = new Access(store);
    const people = new People(store);
    const joining = new Joining(store, authority);
    const onKept = (events: readonly HistoryEvent[]) => publisher.history(events);
    const records = new Records(store, (operation) => publisher.operation(operation, [...operation.targets.keys()]));
    const operations = new Operations({
      store,
      fleet,
      agents,
      log,
      elsewhere: (id) => records.waiting(id),
      onChange: (operation, changed) => publisher.operation(operation, changed),
    });
    const streams = new Streams(access);
    const agentsPort = () => this.agentsAddress.port;
    const gateway = new Gateway({ store, fleet, agents, records, log });
    const kept = {
      maxAgeMs: this.#config.retention_days * DAY_MS,
      maxEvents: this.#config.retention_events,
      minutesMs,
      hoursMs: this.#config.retention_metrics_hourly_days * DAY_MS,
      maxBytes: this.#config.retention_mib === 0 ? null : this.#config.retention_mib * MIB,
    };
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
      own: new OwnState({ ...kept, store, dataDir }),
      agentsPort,
    };

    fleet.subscribe({
      changes: (changes) => publisher.fleet(changes),
      events: (events) => {
        store.recordEvents(events).then(onKept, (error: unknown) => {
          log.error({ error: FleetError.from(error).message }, "what was found out is not kept");
        });
      },
    });

    const link = new LinkServer({
      listen: this.#config.grpc_listen,
      certificate: () => authority.serverCertificate(),
      authorityPem: authority.certificatePem,
      joining,
      world: {
        store,
        fleet,
        agents,
        log,
        audit: new AgentAudit({ store, fleet, log }),
        metrics,
        heartbeatMs,
        version: VERSION,
        userOf: (operationId) => operations.userOf(operationId) ?? records.userOf(operationId),
        onKept,
      },
    });
    this.#link = link;
    this.#http = new HttpServer({
      listen: this.#config.http_listen,
      tls: certFile === null || keyFile === null ? null : { certFile, keyFile },
      webDir: this.#webDir,
      world,
      prometheus: { isPublic: this.#config.metrics_public, mostProcesses: this.#config.metrics_processes },
      log,
    });
    this.#access = access;
    /** Instances that the store knows, and that nobody has heard of since the start. */
    const remember = async () => {
      for (const record of await store.instances()) {
        if (fleet.nameOf(record.id) === null) fleet.remember(record);
      }
    };
    /** What a store that cannot be read must not keep from starting. */
    const anyhow = (what: string, part: Lifecycle): Lifecycle => ({
      start: () =>
        part.start().catch((error: unknown) => {
          const failure = FleetError.from(error);
          if (failure.kind !== "unavailable" || store.trouble === null) throw error;
          log.error({ error: failure.message }, `${what} is not known: the store cannot be read`);
        }),
      stop: () => part.stop(),
    });
    const memory: Lifecycle = { start: remember, stop: async () => fleet.stop() };
    /** Without it the controller works as it did, but for a crash on a full disk. */
    const room: Lifecycle = {
      start: () =>
        reserve.start().catch((error: unknown) => log.error({ error: FleetError.from(error).message }, "no reserve")),
      stop: () => reserve.stop(),
    };
    // The store tries again for the lock before it writes: a disk that takes nothing is no reason not to start.
    const locked: Lifecycle = {
      start: () =>
        lock.start().catch((error: unknown) => {
          const failure = FleetError.from(error);
          if (failure.kind !== "unavailable") throw error;
          log.error({ error: failure.message }, "the data directory cannot be locked now");
        }),
      stop: () => lock.stop(),
    };
    const leftovers: Lifecycle = {
      start: () => removePartialCopies(storeFile(dataDir)).catch(() => {}),
      stop: async () => {},
    };
    const readers: Lifecycle = {
      start: async () => {},
      stop: async () => {
        streams.end();
        gateway.stop();
      },
    };
    const farewell: Lifecycle = {
      start: async () => {},
      stop: async () => agents.goodbye("the controller is stopping", RETRY_AFTER_MS),
    };
    const housekeeping = new Housekeeping({ ...kept, store, fleet, log });
    this.#parts = new Sequence([
      locked,
      leftovers,
      room,
      store,
      anyhow("who is in the fleet", memory),
      metrics,
      anyhow("which operations were under way", operations),
      housekeeping,
      link,
      farewell,
      this.#http,
      readers,
    ]);
    await this.#parts.start();
    // A full disk must not keep a controller from starting: the address only makes links.
    await keepWebAddress(dataDir, this.url).catch((error) => log.warn({ error: FleetError.from(error).message }));
  }

  async stop(): Promise<void> {
    await this.#parts?.stop();
  }

  /** A link that logs in once; null when the first user has a password already. */
  async firstLoginLink(): Promise<string | null> {
    if (this.#access === null || !(await this.#access.prepare())) return null;
    return `${this.url}/login#code=${await this.#access.newLoginCode()}`;
  }
}

// One agent without a host: the real link with fvagent's own way of coming back, and processes that change when they are told to.
import { randomUUID } from "node:crypto";
import {
  type AgentMessage,
  type ControllerMessage,
  FleetClient,
  type Order,
  type OrderResult,
  type ProcessInfo,
  type Report,
} from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { CONTROLLER_CHANNEL } from "@fleetvisor/proto/grpc/controller-name";
import { type ChannelCredentials, type ClientDuplexStream, credentials, type ServiceError } from "@grpc/grpc-js";
import { newSession, type Session, type SessionInput, step } from "../../../agent/src/link/session.js";
import type { NamedPapers } from "./papers.js";
import { useOf } from "./simulated-use.js";

type Body = NonNullable<AgentMessage["body"]>;
type Stream = ClientDuplexStream<AgentMessage, ControllerMessage>;

/** What a change goes through, over and over: one life that ends, and the next. */
const NEXT_STATE: Readonly<Record<string, string>> = {
  RUNNING: "EXITED",
  EXITED: "STARTING",
  STARTING: "RUNNING",
  STOPPED: "STARTING",
};
const OPTIONS = {
  ...CONTROLLER_CHANNEL,
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.enable_retries": 0,
  "grpc.enable_channelz": 0,
  "grpc.use_local_subchannel_pool": 1,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1000,
};

export interface SimulatedProcess {
  readonly name: string;
  readonly index: number;
  state: string;
  pid: number;
  sinceMs: number;
  /** Number of its last change in the whole fleet, shown as its description. */
  mark: number;
}

/** What the fleet wants to know of its agents. */
export interface AgentEvents {
  /** Marks in the order of their reports; called when the report leaves, and when it is acknowledged. */
  sent(mark: number): void;
  acked(mark: number): void;
  welcomed(agent: SimulatedAgent): void;
  parted(agent: SimulatedAgent, why: string): void;
  /** A mark for a change. */
  nextMark(): number;
}

interface Kept {
  readonly report: Report;
  readonly mark: number;
}

export class SimulatedAgent {
  readonly papers: NamedPapers;
  readonly bootId = randomUUID();
  readonly processes: readonly SimulatedProcess[];
  readonly #address: string;
  readonly #tailBytes: number;
  readonly #events: AgentEvents;
  readonly #results = new Map<string, OrderResult>();
  #session: Session = newSession(1);
  #timer: NodeJS.Timeout | null = null;
  #ssl: ChannelCredentials | null = null;
  #stream: Stream | null = null;
  #client: FleetClient | null = null;
  #outbox: Kept[] = [];
  #seq = 0;
  #acked = 0;
  #retryAfterMs = 0;
  #refused = false;
  #welcomed = false;
  heartbeatMs = 5_000;
  /** 0 for never. */
  sampleMs = 0;
  readonly #salt = Math.floor(Math.random() * 1_000);
  /** Acknowledgements that went back or told of what was never sent. */
  wrongAcks = 0;
  snapshots = 0;

  constructor(
    papers: NamedPapers,
    address: string,
    count: number,
    options: { readonly tailBytes: number; readonly events: AgentEvents },
  ) {
    this.papers = papers;
    this.#address = address;
    this.#tailBytes = options.tailBytes;
    this.#events = options.events;
    const now = Date.now();
    this.processes = Array.from({ length: count }, (_, index) => ({
      name: `p${index}`,
      index,
      state: "RUNNING",
      pid: 1000 + index,
      sinceMs: now,
      mark: 0,
    }));
  }

  get online(): boolean {
    return this.#welcomed;
  }

  get lastSeq(): number {
    return this.#seq;
  }

  get unacked(): number {
    return this.#outbox.length;
  }

  start(): void {
    this.#input({ type: "start" });
  }

  stop(): void {
    this.#input({ type: "stop" });
    this.#stream?.cancel();
    this.#client?.close();
    this.#stream = null;
    this.#client = null;
  }

  heartbeat(): void {
    if (this.#welcomed) this.#send({ $case: "heartbeat", value: { atMs: Date.now() } });
  }

  sample(): void {
    if (this.#welcomed && this.sampleMs > 0) this.#send({ $case: "samples", value: useOf(this.processes, this.#salt) });
  }

  /** The process goes to its next state, which is reported. */
  change(index: number): void {
    const process = this.processes[index % this.processes.length];
    if (process !== undefined) this.#report([this.#enter(process, NEXT_STATE[process.state] ?? "RUNNING", "")]);
  }

  // ---- the connection -----------------------------------------------------------------------------------------

  #input(input: SessionInput): void {
    const { next, dial } = step(this.#session, input, performance.now());
    this.#session = next;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (next.deadlineMs !== null) {
      const waitMs = Math.max(0, next.deadlineMs - performance.now());
      this.#timer = setTimeout(() => this.#input({ type: "deadline" }), waitMs);
    }
    if (dial) this.#dial();
  }

  #dial(): void {
    const { caPem, keyPem, certificatePem, agentId, name } = this.papers;
    // Made once: on a host of its own this costs nobody else.
    this.#ssl ??= credentials.createSsl(Buffer.from(caPem), Buffer.from(keyPem), Buffer.from(certificatePem));
    const client = new FleetClient(this.#address, this.#ssl, OPTIONS);
    const stream = client.session();
    this.#client = client;
    this.#stream = stream;
    this.#retryAfterMs = 0;
    this.#refused = false;
    const ended = (why: string) => {
      if (this.#stream !== stream) return;
      this.#stream = null;
      this.#welcomed = false;
      client.close();
      this.#events.parted(this, why);
      const { random } = Math;
      this.#input({
        type: "closed",
        jitter: random(),
        retryAfterMs: this.#retryAfterMs,
        refused: this.#refused,
      });
    };
    stream.on("data", (message: ControllerMessage) => {
      if (this.#stream === stream) this.#receive(message);
    });
    stream.on("error", (error: ServiceError) => ended(error.details || error.message));
    stream.on("end", () => ended("the controller ended the session"));
    this.#send({
      $case: "hello",
      value: {
        agentId,
        bootId: this.bootId,
        name,
        labels: { role: "sim" },
        version: "0.1.0",
        lastSeq: this.#seq,
        hostName: name,
        firstUnackedSeq: this.#outbox[0]?.report.seq ?? 0,
        capabilities: [],
        epoch: 0,
      },
    });
  }

  #send(body: Body): void {
    this.#stream?.write({ body });
  }

  #receive({ body }: ControllerMessage): void {
    switch (body?.$case) {
      case "welcome":
        this.#input({ type: "welcome" });
        this.heartbeatMs = body.value.heartbeatMs || 5_000;
        this.sampleMs = body.value.sampleMs;
        this.#take(body.value.ackedSeq);
        this.#snapshot();
        this.#welcomed = true;
        this.heartbeat();
        for (let at = 0; at < this.#outbox.length; at += 100) {
          const reports = this.#outbox.slice(at, at + 100).map(({ report }) => report);
          this.#send({ $case: "reports", value: { bootId: "", reports } });
        }
        this.#events.welcomed(this);
        break;
      case "ack":
        if (body.value.bootId === "" || body.value.bootId === this.bootId) this.#take(body.value.seq);
        break;
      case "order":
        this.#obey(body.value);
        break;
      case "snapshotRequest":
        this.#snapshot();
        break;
      case "goodbye":
        this.#retryAfterMs = body.value.retryAfterMs;
        this.#refused = body.value.refused;
        break;
    }
  }

  #take(seq: number): void {
    if (seq < this.#acked || seq > this.#seq) this.wrongAcks += 1;
    this.#acked = Math.max(this.#acked, seq);
    let freed = 0;
    for (const { report, mark } of this.#outbox) {
      if (report.seq > seq) break;
      this.#events.acked(mark);
      freed += 1;
    }
    if (freed > 0) this.#outbox = this.#outbox.slice(freed);
  }

  // ---- what it says -------------------------------------------------------------------------------------------

  #snapshot(): void {
    this.snapshots += 1;
    this.#send({
      $case: "snapshot",
      value: {
        seq: this.#seq,
        supervisor: {
          identifier: "supervisor",
          pid: 1,
          mood: "RUNNING",
          startedAtMs: 1,
          supervisorVersion: "4.2.5",
          configFile: "/etc/supervisord.conf",
        },
        processes: this.processes.map(infoOf),
      },
    });
  }

  #enter(process: SimulatedProcess, state: string, orderId: string): Kept {
    const { state: fromState, pid, sinceMs } = process;
    const now = Date.now();
    process.mark = this.#events.nextMark();
    process.state = state;
    process.sinceMs = now;
    if (state === "STARTING") process.pid = 1000 + (process.mark % 4_000_000);
    const ends = state === "EXITED" || state === "STOPPED";
    const tail = Buffer.alloc(ends ? this.#tailBytes : 0, "x");
    const end = ends
      ? {
          pid,
          exit: { code: 1, signal: "", coreDumped: false, expected: false },
          uptimeMs: now - sinceMs,
          cpuMs: 12,
          peakMemoryBytes: 10_000_000,
          oomKilled: false,
          stdoutTail: tail,
          stderrTail: tail,
        }
      : undefined;
    if (ends) process.pid = 0;
    const seq = ++this.#seq;
    const report: Report = {
      seq,
      atMs: now,
      body: { $case: "stateChange", value: { fromState, process: infoOf(process), end, orderId } },
    };
    return { report, mark: process.mark };
  }

  #report(kept: readonly Kept[]): void {
    this.#outbox.push(...kept);
    for (const { mark } of kept) this.#events.sent(mark);
    if (this.#welcomed) this.#send({ $case: "reports", value: { bootId: "", reports: kept.map((k) => k.report) } });
  }

  /** A restart that succeeds at once; an order that was done is answered as before. */
  #obey(order: Order): void {
    let result = this.#results.get(order.id);
    if (result === undefined) {
      const wanted = new Set(order.targets.map(({ name }) => name));
      const chosen = this.processes.filter(({ name }) => wanted.size === 0 || wanted.has(name));
      for (const process of chosen) {
        this.#report(["STOPPED", "STARTING", "RUNNING"].map((state) => this.#enter(process, state, order.id)));
      }
      const targets = chosen.map(({ name }) => ({ group: "sim", name, code: 80, message: "OK" }));
      result = { orderId: order.id, targets };
      this.#results.set(order.id, result);
    }
    this.#send({ $case: "orderResult", value: result });
  }
}

function infoOf(process: SimulatedProcess): ProcessInfo {
  const { name, state, pid, sinceMs, mark, index } = process;
  return {
    group: "sim",
    name,
    state,
    pid,
    sinceMs,
    startedAtMs: sinceMs,
    stoppedAtMs: 0,
    spawnError: "",
    description: `m${mark}`,
    tries: 0,
    command: "/usr/bin/simulated --with an-argument --and another",
    priority: 999,
    hasStdoutLog: true,
    hasStderrLog: true,
    autostart: true,
    autorestart: "unexpected",
    index,
    exit: undefined,
  };
}

// The connection to the controller: dials, introduces itself, reports what changes, obeys orders, comes back when cut.
// One more subscriber to the supervisor: take it away and the agent is a complete supervisord.
import { randomInt, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import {
  type AgentMessage,
  type ControllerMessage,
  FleetClient,
  type Goodbye,
  type Welcome,
} from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { CONTROLLER_CHANNEL } from "@fleetvisor/proto/grpc/controller-name";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { CAPABILITY_NAMES } from "@fleetvisor/proto/vocabulary/capabilities";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { type ClientDuplexStream, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { Sampler } from "../run/sampling.js";
import type { Supervisor, SupervisorEvent } from "../run/supervisor.js";
import { VERSION } from "../version.js";
import { encodeChange, encodeProcess, encodeSupervisor, type SupervisorFacts } from "./encode.js";
import { describeFailure } from "./failures.js";
import { ensureIdentity, type Identity, writeIdentity } from "./identity.js";
import { LogSearches } from "./log-searches.js";
import { LogStreams } from "./log-streams.js";
import { type OrderedDaemon, Orders } from "./orders.js";
import { Outbox, type ReportBody } from "./outbox.js";
import { type EarlierOutbox, OutboxFile, readEarlierOutboxes, removeOutbox } from "./outbox-file.js";
import { type ConfiguredDaemon, Questions } from "./questions.js";
import { renew, renewalDueMs } from "./renewal.js";
import { type LinkedDaemon, RpcCalls } from "./rpc-calls.js";
import { SampleStream } from "./samples.js";
import { newSession, type Session, type SessionInput, step } from "./session.js";
import { formatAddress, type LinkSettings } from "./settings.js";

const BATCH_REPORTS = 100;
const DEFAULT_HEARTBEAT_MS = 5000;
const FAREWELL_MS = 2000;
const RENEWAL_RETRY_MS = 3_600_000;
/** What a timer can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** From dialling to the welcome. Thousands that come back together are let in one after the other, so it is long. */
const WELCOME_MS = 60_000;
/** A peer that is silently gone is noticed within these two together. */
const KEEPALIVE_TIME_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 5000;

type Body = NonNullable<AgentMessage["body"]>;
type Stream = ClientDuplexStream<AgentMessage, ControllerMessage>;

/** What lasts as long as one stream. */
interface Connection {
  readonly stream: Stream;
  readonly client: FleetClient;
  readonly logs: LogStreams;
  readonly calls: RpcCalls;
  readonly searches: LogSearches;
  readonly questions: Questions;
  readonly samples: SampleStream;
  /** Highest seq handed to the stream; -1 until the controller's welcome. */
  sentSeq: number;
  /** The same for earlier boots, by boot id. */
  readonly sentEarlier: Map<string, number>;
  /** What is said once every report up to a number was handed to the stream. */
  readonly answers: { readonly afterSeq: number; readonly body: Body }[];
  identity: Identity;
  renewal: NodeJS.Timeout | null;
  /** Ends a connection on which nobody answers: until it is up the transport itself waits for ever. */
  overdue: NodeJS.Timeout;
  heartbeat: NodeJS.Timeout | null;
  flush: NodeJS.Immediate | null;
  retryAfterMs: number;
  refused: boolean;
}

export class Link implements Lifecycle {
  readonly #settings: LinkSettings;
  readonly #supervisor: Supervisor;
  readonly #facts: SupervisorFacts;
  readonly #daemon: LinkedDaemon & ConfiguredDaemon;
  readonly #welcomeMs: number;
  readonly #bootId = randomUUID();
  readonly #outbox = new Outbox();
  readonly #file: OutboxFile;
  #hangs = false;
  /** Of boots that ended before all was committed, oldest first. */
  #earlier: EarlierOutbox[] = [];
  readonly #orders: Orders;
  #session: Session;
  #connection: Connection | null = null;
  #timer: NodeJS.Timeout | null = null;
  #unsubscribe: () => void = () => {};
  #emptied: (() => void) | null = null;
  #lastComplaint = "";

  /** A connection without a welcome after `welcomeMs` is given up for the next. */
  constructor(
    settings: LinkSettings,
    supervisor: Supervisor,
    facts: SupervisorFacts,
    daemon: LinkedDaemon & OrderedDaemon & ConfiguredDaemon,
    welcomeMs = WELCOME_MS,
  ) {
    this.#settings = settings;
    this.#daemon = daemon;
    this.#welcomeMs = welcomeMs;
    this.#supervisor = supervisor;
    this.#facts = facts;
    this.#file = new OutboxFile(settings.stateDir, this.#bootId, this.#outbox, (message) => this.#complain(message));
    this.#session = newSession(settings.controllers.length);
    this.#orders = new Orders(supervisor, daemon, (value) => this.#answer({ $case: "orderResult", value }));
  }

  /** Begins to record changes and to dial. Never fails and never waits: a controller that is away is tried again. */
  async start(): Promise<void> {
    try {
      this.#earlier = readEarlierOutboxes(this.#settings.stateDir);
    } catch (error) {
      this.#complain(`cannot read what is left to report: ${FleetError.from(error).message}`);
    }
    void this.#file.open();
    this.#unsubscribe = this.#supervisor.subscribe((event) => this.#record(event));
    this.#input({ type: "start" });
  }

  /** After `stop`: the disk of the outbox does not answer, and a process that waits for it cannot end in order. */
  get hangs(): boolean {
    return this.#hangs;
  }

  /** Gives the last reports a moment to be committed, then hangs up. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    if (this.#session.state === "online" && this.#outbox.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, FAREWELL_MS);
        this.#emptied = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#input({ type: "stop" });
    const connection = this.#connection;
    this.#hangUp();
    connection?.stream.end();
    connection?.client.close();
    this.#hangs = !(await this.#file.close());
  }

  // ---- what happens here ------------------------------------------------------------------------------------

  #record(event: SupervisorEvent): void {
    for (const { atMs, body } of this.#reports(event)) this.#file.append(this.#outbox.append(atMs, body));
    this.#scheduleFlush();
  }

  #reports(event: SupervisorEvent): { atMs: number; body: ReportBody }[] {
    const now = this.#supervisor.clock.wallMs();
    switch (event.type) {
      case "state":
        return [{ atMs: event.change.atMs, body: { $case: "stateChange", value: encodeChange(event.change) } }];
      case "group-added":
        return event.group.processes.map((process) => ({
          atMs: now,
          body: { $case: "processAdded", value: encodeProcess(process) },
        }));
      case "group-removed":
        return event.group.processes.map(({ group, name }) => ({
          atMs: now,
          body: { $case: "processRemoved", value: { group, name } },
        }));
      case "mood":
        return [{ atMs: now, body: { $case: "supervisor", value: encodeSupervisor(this.#supervisor, this.#facts) } }];
    }
  }

  // ---- the connection ---------------------------------------------------------------------------------------

  #input(input: SessionInput): void {
    const { next, dial } = step(this.#session, input, performance.now());
    this.#session = next;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (next.deadlineMs !== null) {
      this.#timer = setTimeout(
        () => this.#input({ type: "deadline" }),
        Math.max(0, next.deadlineMs - performance.now()),
      );
    }
    if (dial) void this.#dial();
  }

  async #dial(): Promise<void> {
    const controller = this.#settings.controllers[this.#session.current];
    if (controller === undefined) return;
    let identity: Identity;
    try {
      identity = await ensureIdentity(this.#settings, controller);
    } catch (error) {
      const failure = FleetError.from(error);
      this.#complain(failure.message);
      this.#closed(0, failure.kind !== "unavailable");
      return;
    }
    if (this.#session.state !== "dialling") return;
    const client = new FleetClient(
      formatAddress(controller),
      credentials.createSsl(Buffer.from(identity.ca), Buffer.from(identity.key), Buffer.from(identity.certificate)),
      {
        ...CONTROLLER_CHANNEL,
        "grpc.keepalive_time_ms": KEEPALIVE_TIME_MS,
        "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
        "grpc.enable_retries": 0,
        "grpc.enable_channelz": 0,
        "grpc.use_local_subchannel_pool": 1,
        // The session machine decides when to dial again; the channel must not wait on its own.
        "grpc.initial_reconnect_backoff_ms": 100,
        "grpc.max_reconnect_backoff_ms": 1000,
      },
    );
    const stream = client.session();
    const connection: Connection = {
      stream,
      client,
      logs: new LogStreams(this.#supervisor, this.#daemon.mainLog, (message) => this.#send(message)),
      calls: new RpcCalls(this.#daemon, {
        isClear: () => !stream.writableNeedDrain,
        send: (message) => this.#answer(message),
      }),
      searches: new LogSearches(this.#supervisor, (message) => this.#send(message)),
      questions: new Questions(this.#supervisor, this.#daemon, (message) => this.#send(message)),
      samples: new SampleStream({
        supervisor: this.#supervisor,
        sampler: new Sampler(),
        isBehind: () => stream.writableLength > 0,
        send: (value) => this.#send({ $case: "samples", value }),
      }),
      sentSeq: -1,
      sentEarlier: new Map(),
      answers: [],
      identity,
      renewal: null,
      overdue: setTimeout(() => {
        this.#complain(`the controller at ${formatAddress(controller)} does not answer`);
        stream.cancel();
        this.#end(connection);
      }, this.#welcomeMs),
      heartbeat: null,
      flush: null,
      retryAfterMs: 0,
      refused: false,
    };
    this.#connection = connection;
    stream.on("data", (message: ControllerMessage) => {
      if (this.#connection === connection) this.#receive(connection, message);
    });
    stream.on("drain", () => {
      this.#flush(connection);
      connection.searches.drained();
      connection.calls.pump();
    });
    stream.on("error", (error: ServiceError) => {
      if (this.#connection !== connection) return;
      connection.refused ||= error.code === status.PERMISSION_DENIED || error.code === status.UNAUTHENTICATED;
      const what = connection.sentSeq < 0 ? "cannot reach" : "lost";
      const why = describeFailure(error.details || error.message);
      this.#complain(`${what} the controller at ${formatAddress(controller)}: ${why}`);
      this.#end(connection);
    });
    stream.on("end", () => this.#end(connection));
    this.#send({
      $case: "hello",
      value: {
        agentId: identity.agentId,
        bootId: this.#bootId,
        name: this.#settings.name,
        labels: { ...this.#settings.labels },
        version: VERSION,
        lastSeq: this.#outbox.lastSeq,
        hostName: hostname(),
        firstUnackedSeq: this.#outbox.firstUnackedSeq,
        capabilities: [...CAPABILITY_NAMES],
        epoch: this.#orders.epoch,
      },
    });
  }

  #end(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#hangUp();
    connection.client.close();
    this.#closed(connection.retryAfterMs, connection.refused);
  }

  /** Drops what belongs to the connection; nothing of it calls back afterwards. */
  #hangUp(): void {
    const connection = this.#connection;
    this.#connection = null;
    if (connection === null) return;
    clearTimeout(connection.overdue);
    if (connection.heartbeat !== null) clearInterval(connection.heartbeat);
    if (connection.flush !== null) clearImmediate(connection.flush);
    if (connection.renewal !== null) clearTimeout(connection.renewal);
    connection.logs.closeAll();
    connection.searches.closeAll();
    connection.questions.close();
    connection.calls.close();
    connection.samples.stop();
  }

  #closed(retryAfterMs: number, refused: boolean): void {
    this.#input({ type: "closed", jitter: randomInt(2 ** 30) / 2 ** 30, retryAfterMs, refused });
  }

  /** The same trouble, tried again and again, is one line in the log. */
  #complain(message: string): void {
    if (message !== this.#lastComplaint) this.#supervisor.log.warn(`fleet: ${message}`);
    this.#lastComplaint = message;
  }

  // ---- messages ---------------------------------------------------------------------------------------------

  #receive(connection: Connection, message: ControllerMessage): void {
    const { body } = message;
    switch (body?.$case) {
      case "welcome":
        return this.#welcome(connection, body.value);
      case "ack":
        return this.#acknowledged(body.value.bootId, body.value.seq);
      case "order":
        return this.#orders.take(body.value);
      case "logOpen":
        return connection.logs.open(body.value);
      case "logCredit":
        connection.logs.grant(body.value.streamId, body.value.bytes);
        return connection.searches.grant(body.value.streamId, body.value.bytes);
      case "rpcCall":
        return connection.calls.take(body.value);
      case "logClose":
        connection.logs.close(body.value.streamId);
        return connection.searches.close(body.value.streamId);
      case "logSearch":
        return connection.searches.open(body.value);
      case "question":
        return connection.questions.take(body.value);
      case "snapshotRequest":
        return this.#sendSnapshot();
      case "goodbye":
        return this.#goodbye(connection, body.value);
      default:
      // A newer controller may say what this agent does not know; that is no reason to part.
    }
  }

  #welcome(connection: Connection, welcome: Welcome): void {
    clearTimeout(connection.overdue);
    this.#input({ type: "welcome" });
    this.#lastComplaint = "";
    this.#supervisor.log.info(
      `fleet: connected as '${this.#settings.name}' to controller ${welcome.controllerVersion || "of unknown version"}`,
    );
    this.#orders.raiseEpoch(welcome.epoch);
    this.#acknowledged("", welcome.ackedSeq);
    this.#sendSnapshot();
    connection.sentSeq = welcome.ackedSeq;
    connection.heartbeat = setInterval(
      () => this.#send({ $case: "heartbeat", value: { atMs: this.#supervisor.clock.wallMs() } }),
      welcome.heartbeatMs || DEFAULT_HEARTBEAT_MS,
    );
    this.#send({ $case: "heartbeat", value: { atMs: this.#supervisor.clock.wallMs() } });
    this.#flush(connection);
    this.#planRenewal(connection);
    connection.samples.start(welcome.sampleMs);
  }

  /** Long connections outlive certificates: the next one is asked for in time, and used from the next connection on. */
  #planRenewal(connection: Connection, atLeastMs = 0): void {
    const dueMs = renewalDueMs(connection.identity.certificate) - this.#supervisor.clock.wallMs();
    const waitMs = Math.min(Math.max(dueMs, atLeastMs), LONGEST_TIMER_MS);
    connection.renewal = setTimeout(() => {
      if (dueMs > LONGEST_TIMER_MS) this.#planRenewal(connection);
      else void this.#renew(connection);
    }, waitMs);
  }

  async #renew(connection: Connection): Promise<void> {
    try {
      connection.identity = await renew(connection.client, connection.identity);
      writeIdentity(this.#settings.stateDir, connection.identity);
      this.#supervisor.log.info("fleet: certificate renewed");
      if (this.#connection === connection) this.#planRenewal(connection);
    } catch (error) {
      this.#complain(FleetError.from(error).message);
      if (this.#connection === connection) this.#planRenewal(connection, RENEWAL_RETRY_MS);
    }
  }

  #acknowledged(bootId: string, seq: number): void {
    if (bootId !== "" && bootId !== this.#bootId) return this.#earlierAcknowledged(bootId, seq);
    const before = this.#outbox.size;
    this.#outbox.ack(seq);
    if (this.#outbox.size > 0) return;
    if (before > 0) this.#file.empty();
    this.#emptied?.();
  }

  #earlierAcknowledged(bootId: string, seq: number): void {
    const earlier = this.#earlier.find((each) => each.bootId === bootId);
    earlier?.outbox.ack(seq);
    if (earlier === undefined || earlier.outbox.size > 0) return;
    this.#earlier = this.#earlier.filter((each) => each !== earlier);
    removeOutbox(this.#settings.stateDir, bootId).catch((error: unknown) => {
      // It will be sent again, and known to the controller.
      this.#complain(`cannot remove what is reported: ${FleetError.from(error).message}`);
    });
  }

  #goodbye(connection: Connection, goodbye: Goodbye): void {
    connection.retryAfterMs = goodbye.retryAfterMs;
    connection.refused = goodbye.refused;
    this.#complain(`the controller ended the session: ${goodbye.reason}`);
    connection.stream.end();
    this.#end(connection);
  }

  #sendSnapshot(): void {
    this.#send({
      $case: "snapshot",
      value: {
        seq: this.#outbox.lastSeq,
        supervisor: encodeSupervisor(this.#supervisor, this.#facts),
        processes: this.#supervisor.processes.map(encodeProcess),
      },
    });
  }

  /** Changes that come together travel together: one batch at the end of this turn of the loop. */
  #scheduleFlush(): void {
    const connection = this.#connection;
    if (connection === null || connection.flush !== null) return;
    connection.flush = setImmediate(() => {
      connection.flush = null;
      this.#flush(connection);
    });
  }

  /** Sends what the stream takes; the rest goes when it has drained. */
  #flush(connection: Connection): void {
    if (this.#connection !== connection || connection.sentSeq < 0) return;
    for (const { bootId, outbox } of this.#earlier) {
      const sentSeq = connection.sentEarlier.get(bootId) ?? 0;
      if (!this.#sendAfter(bootId, outbox, sentSeq, (seq) => connection.sentEarlier.set(bootId, seq))) return;
    }
    this.#sendAfter("", this.#outbox, connection.sentSeq, (seq) => {
      connection.sentSeq = seq;
    });
    this.#sendAnswers(connection);
  }

  /** Those whose reports are all on their way. */
  #sendAnswers({ answers, sentSeq }: Connection): void {
    const nextSeq = this.#outbox.after(sentSeq, 1)[0]?.seq ?? Number.POSITIVE_INFINITY;
    for (let [first] = answers; first !== undefined && first.afterSeq < nextSeq; [first] = answers) {
      answers.shift();
      this.#send(first.body);
    }
  }

  /** Sends reports after a number, in batches; `onSent` hears the last number of each. False when the stream takes no more now. */
  #sendAfter(bootId: string, outbox: Outbox, sentSeq: number, onSent: (seq: number) => void): boolean {
    for (let after = sentSeq; ; ) {
      const reports = outbox.after(after, BATCH_REPORTS);
      const last = reports[reports.length - 1];
      if (last === undefined) return true;
      after = last.seq;
      onSent(after);
      if (!this.#send({ $case: "reports", value: { bootId, reports: [...reports] } })) return false;
    }
  }

  /** What was done is reported before it is said to be done, however much that is: whoever hears that looks, and is to see it. */
  #answer(body: Body): void {
    const connection = this.#connection;
    if (connection === null) return;
    connection.answers.push({ afterSeq: this.#outbox.lastSeq, body });
    this.#flush(connection);
  }

  /** Whether the stream takes more now. What cannot be sent is covered by the next session. */
  #send(body: Body): boolean {
    return this.#connection?.stream.write({ body }) ?? false;
  }
}

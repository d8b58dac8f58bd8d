// One stream of one agent: its greeting, its reports and answers in, acknowledgements and orders out.
//
//   NEW ──hello──▶ OPENING ──granted──▶ OPEN ──▶ CLOSED        any trouble, either side: CLOSED
//                     └──refused──▶ CLOSED
import type { AgentMessage, ControllerMessage, Hello, ReportBatch } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import type { Capability } from "@fleetvisor/proto/vocabulary/capabilities";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { HistoryEvent } from "../core/history.js";
import type { Report } from "../core/rows.js";
import { Intake } from "../run/intake.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { Metrics } from "../run/metrics.js";
import type { Store } from "../store/store.js";
import type { Agents, EndableWire } from "./agents.js";
import type { ClaimOutcome } from "./claims.js";
import {
  checkBootId,
  decodeCapabilities,
  decodeHello,
  decodeReport,
  decodeSamples,
  decodeSnapshot,
  type Introduction,
  PROCESSES,
} from "./decode.js";
import { refusalOf } from "./refusals.js";
import type { RefusedAgents } from "./refused-agents.js";

/** Boots of which one session may bring what is left; an agent that crashes in a row leaves little each time. */
const EARLIER_BOOTS = 1_000;
const HELLO_MS = 10_000;
const REFUSED_RETRY_MS = 60_000;
/** Agents whose reports were not kept come back spread over this time. */
const UNKEPT_RETRY_MS = 1_000;
const NAME_CHARS = 128;
const TOO_OFTEN_MS = 10_000;
/** Reports under way to the store at which the stream is not read until they are kept, and fewer than which it is again. */
const PAUSE_REPORTS = 2_000;
const RESUME_REPORTS = 500;
/** Bytes an agent may leave unread before it is taken for gone. */
const UNREAD_BYTES = 8 * 1024 * 1024;

export type AgentStream = ServerDuplexStream<AgentMessage, ControllerMessage>;
type Body = NonNullable<ControllerMessage["body"]>;

export interface SessionWorld {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly agents: Agents;
  readonly log: Logger;
  readonly refused: RefusedAgents;
  readonly metrics: Metrics;
  readonly heartbeatMs: number;
  readonly version: string;
  readonly userOf: (operationId: string) => string | null;
  readonly onKept: (events: readonly HistoryEvent[]) => void;
}

interface Opened {
  readonly instance: string;
  readonly intake: Intake;
}

export class AgentSession implements EndableWire {
  readonly #stream: AgentStream;
  readonly #agentId: string;
  readonly #world: SessionWorld;
  #state: "new" | "opening" | "open" | "closed" = "new";
  #opened: Opened | null = null;
  /** Of earlier boots of the agent, whose last reports come late. */
  readonly #earlier = new Map<string, Promise<Intake>>();
  #ackedSeq = 0;
  #ackPlanned = false;
  #helloTimer: NodeJS.Timeout;
  #paused: NodeJS.Timeout | null = null;
  /** Reports of this session are shown and not kept any more. */
  #unkept = false;
  readonly #asking: ((isThere: boolean) => void)[] = [];
  epoch = 0;
  bootId = "";
  capabilities: ReadonlySet<Capability> = new Set();

  /** Begins at once. `agentId` is the one in the client certificate. */
  constructor(stream: AgentStream, agentId: string, world: SessionWorld) {
    this.#stream = stream;
    this.#agentId = agentId;
    this.#world = world;
    this.#helloTimer = setTimeout(() => this.#fail(new FleetError("deadline-exceeded", "no hello came")), HELLO_MS);
    stream.on("data", (message: AgentMessage) => this.#receive(message));
    stream.on("end", () => {
      this.#close("the agent ended its session");
      // Else what one side has left would stay half open for as long as the connection.
      stream.end();
    });
    stream.on("cancelled", () => this.#close("its connection broke"));
    stream.on("error", (error) => this.#close(`its connection broke: ${error.message}`));
  }

  send(body: Body): void {
    if (this.#state === "closed") return;
    this.#stream.write({ body });
    if (this.#stream.writableLength > UNREAD_BYTES) this.#fail(new FleetError("too-large", "the agent does not read"));
  }

  goodbye(reason: string, options: { readonly retryAfterMs: number; readonly refused: boolean }): void {
    if (this.#state === "closed") return;
    this.send({ $case: "goodbye", value: { reason, ...options } });
    this.#close(reason);
    this.#stream.end();
  }

  /** Asks for what an agent can answer at any time; a start that has ended answers nothing. */
  isThere(withinMs: number): Promise<boolean> {
    if (this.#state !== "open") return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs);
      this.#asking.push((isThere) => {
        clearTimeout(timer);
        resolve(isThere);
      });
      this.send({ $case: "snapshotRequest", value: {} });
    });
  }

  #answered(isThere: boolean): void {
    for (const tell of this.#asking.splice(0)) tell(isThere);
  }

  /** Ends the stream with the error's status. */
  #fail(error: FleetError): void {
    if (this.#state === "closed") return;
    this.#world.log.warn({ agentId: this.#agentId, error: error.message }, "agent session ended");
    this.#close(error.message);
    this.#stream.emit("error", refusalOf(error));
  }

  #close(reason: string): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    clearTimeout(this.#helloTimer);
    if (this.#paused !== null) clearInterval(this.#paused);
    this.#answered(false);
    const { agents, fleet } = this.#world;
    const current = agents.detach(this.#agentId, this, reason);
    if (current && this.#opened !== null) fleet.broken(this.#opened.instance, reason);
  }

  // ---- opening ------------------------------------------------------------------------------------------------

  #receive(message: AgentMessage): void {
    try {
      if (this.#opened !== null) this.#take(this.#opened, message);
      else if (message.body?.$case === "hello") this.#hello(message.body.value);
      else throw new FleetError("invalid-argument", "the first message is not a hello");
    } catch (error) {
      this.#fail(FleetError.from(error));
    }
  }

  #hello(hello: Hello): void {
    if (this.#state !== "new") throw new FleetError("invalid-argument", "a second hello");
    if (hello.agentId !== this.#agentId) {
      const reason = "the hello is of another agent than the certificate";
      const warning = `an agent with its certificate says that it is another one: it came from ${this.#stream.getPeer()}`;
      this.#noteRefusal(hello.name, reason, warning);
      throw new FleetError("forbidden", reason);
    }
    clearTimeout(this.#helloTimer);
    const waitMs = this.#world.agents.greet(this.#agentId);
    if (waitMs > 0) {
      this.goodbye("this agent comes back too often", { retryAfterMs: Math.max(waitMs, TOO_OFTEN_MS), refused: false });
      return;
    }
    this.#state = "opening";
    this.#stream.pause();
    this.#open(hello).catch((error: unknown) => this.#fail(FleetError.from(error)));
  }

  async #open(hello: Hello): Promise<void> {
    const { store, fleet, agents, log, heartbeatMs, version } = this.#world;
    const introduction = decodeHello(hello);
    const { name, bootId } = introduction;
    const { lastSeq } = hello;
    const committedSeq = await store.committedSeq(this.#agentId, bootId);
    const claim = await agents.judge(this.#agentId, { bootId, lastSeq, committedSeq });
    if (this.#state !== "opening") return;
    if (claim !== "let-in") {
      this.#refuseCopy(claim, introduction);
      return;
    }
    const grant = await store.openSession({ agentId: this.#agentId, ...introduction, atMs: Date.now() });
    const identity = { id: this.#agentId, ...introduction };
    if (grant.outcome === "opened") this.#world.onKept(grant.told);
    if (this.#state !== "opening") {
      // History may have it up since a moment ago: then its silence must be noticed.
      if (grant.outcome === "opened" && !agents.isAttached(this.#agentId)) {
        fleet.hello(identity, bootId);
        fleet.broken(name, "its connection broke as it was let in");
      }
      return;
    }
    if (grant.outcome !== "opened") {
      const reason =
        grant.outcome === "revoked"
          ? "this agent has been removed from the fleet: it needs a new join token"
          : `the name ${name} belongs to another agent`;
      this.#noteRefusal(name, reason, null);
      this.goodbye(reason, { retryAfterMs: REFUSED_RETRY_MS, refused: true });
      return;
    }
    this.epoch = grant.epoch;
    this.bootId = bootId;
    this.capabilities = decodeCapabilities(hello);
    const { userOf, onKept } = this.#world;
    const kept = { committedSeq: grant.committedSeq };
    const options = { store, agentId: this.#agentId, bootId, instance: name, ...kept, userOf, onKept };
    this.#opened = { instance: name, intake: new Intake(options) };
    this.#ackedSeq = grant.committedSeq;
    this.#state = "open";
    this.send({
      $case: "welcome",
      value: {
        epoch: grant.epoch,
        ackedSeq: grant.committedSeq,
        heartbeatMs,
        controllerVersion: version,
        sampleMs: this.#world.metrics.sampleMs,
      },
    });
    if (!agents.attach(this.#agentId, this)) {
      this.goodbye("a newer session of the same agent took over", { retryAfterMs: 0, refused: false });
      return;
    }
    fleet.hello(identity, bootId);
    log.info({ agentId: this.#agentId, instance: name, epoch: grant.epoch, ...kept }, "agent connected");
    this.#stream.resume();
  }

  /** Another start of this agent speaks for it, or this one has forgotten what it told: nothing of it is taken. */
  #refuseCopy(claim: Exclude<ClaimOutcome, "let-in">, { name, hostName }: Introduction): void {
    const { agents, fleet } = this.#world;
    const agentId = this.#agentId;
    const from = `host ${hostName || "without a name"}, ${this.#stream.getPeer()}`;
    const instance = fleet.nameOf(agentId) ?? name;
    const other = fleet.fleet.instances.get(instance)?.hostName ?? "";
    const copied = "one of the two runs on a copied state_dir: give this one its own, and a new join token";
    const words = {
      copy: {
        reason: `another agent with this identity is connected, from host ${other || "without a name"}; ${copied}`,
        warning: `another agent with its identity (${from}) is refused: one of the two runs on a copy of the other's state_dir`,
      },
      followed: {
        reason: `an agent with this identity that was started later was here a moment ago, from host ${other || "without a name"}; ${copied}`,
        warning: `an earlier start of its agent (${from}) is back and refused: one of the two runs on a copy of the other's state_dir`,
      },
      "set-back": {
        reason:
          "this start of the agent has forgotten what it reported: its host was set back to an earlier moment; restart it",
        warning: `its agent (${from}) is refused, for it has forgotten what it reported: its host was set back; restart the agent`,
      },
    }[claim];
    this.#noteRefusal(name, words.reason, words.warning);
    if (!agents.isAttached(agentId)) fleet.broken(instance, words.reason);
    this.goodbye(words.reason, { retryAfterMs: REFUSED_RETRY_MS, refused: true });
  }

  #noteRefusal(name: string, reason: string, warning: string | null): void {
    const agentId = this.#agentId;
    this.#world.refused.note({
      agentId,
      name: name.slice(0, NAME_CHARS),
      address: this.#stream.getPeer(),
      reason,
      warning,
    });
  }

  // ---- open ---------------------------------------------------------------------------------------------------

  #take(opened: Opened, { body }: AgentMessage): void {
    if (this.#state !== "open") return;
    const { fleet, agents } = this.#world;
    fleet.heard(opened.instance);
    switch (body?.$case) {
      case "reports":
        this.#takeReports(opened, body.value);
        break;
      case "snapshot":
        fleet.snapshot(opened.instance, decodeSnapshot(body.value));
        this.#answered(true);
        break;
      case "orderResult":
        agents.instance(this.#agentId).answer(body.value);
        break;
      case "logChunk":
        agents.instance(this.#agentId).logChunk(body.value);
        break;
      case "logEnd":
        agents.instance(this.#agentId).logEnd(body.value);
        break;
      case "rpcReply":
        agents.instance(this.#agentId).rpcReply(body.value);
        break;
      case "logMatches":
        agents.instance(this.#agentId).logMatches(body.value);
        break;
      case "logSearchEnd":
        agents.instance(this.#agentId).logSearchEnd(body.value);
        break;
      case "samples":
        this.#world.metrics.take(opened.instance, decodeSamples(body.value));
        break;
      case "heartbeat":
        fleet.heartbeat(opened.instance, body.value.atMs);
        break;
      case "hello":
        throw new FleetError("invalid-argument", "a second hello");
      // A newer agent may say what this controller does not know; that is no reason to part.
    }
  }

  #takeReports({ instance, intake }: Opened, batch: ReportBatch): void {
    const reports = batch.reports.map(decodeReport);
    if (batch.bootId !== "" && batch.bootId !== this.bootId) {
      this.#takeEarlier(instance, batch.bootId, reports);
      return;
    }
    const { fleet } = this.#world;
    if (fleet.reports(instance, reports)) this.send({ $case: "snapshotRequest", value: {} });
    if ((fleet.fleet.instances.get(instance)?.processes.size ?? 0) > PROCESSES) {
      throw new FleetError("invalid-argument", `more than ${PROCESSES} processes`);
    }
    if (this.#unkept) return;
    intake.take(reports).then(
      (seq) => {
        if (seq !== null) this.#acknowledge(seq);
        if (intake.waiting <= RESUME_REPORTS) this.#resume();
      },
      (error: unknown) => this.#notTaken(error),
    );
    if (intake.waiting < PAUSE_REPORTS) return;
    if (this.#world.store.trouble === null) this.#pause(instance);
    else this.#leaveUnkept();
  }

  /** What an earlier boot left: history, and nothing that is still so. */
  #takeEarlier(instance: string, bootId: string, reports: readonly Report[]): void {
    if (this.#unkept) return;
    checkBootId(bootId);
    let intake = this.#earlier.get(bootId);
    if (intake === undefined) {
      if (this.#earlier.size >= EARLIER_BOOTS) throw new FleetError("too-large", "reports of too many boots");
      intake = this.#intakeOf(instance, bootId);
      this.#earlier.set(bootId, intake);
    }
    intake
      .then(async (known) => {
        await known.take(reports);
        this.send({ $case: "ack", value: { bootId, seq: known.committed } });
      })
      .catch((error: unknown) => this.#notTaken(error));
  }

  /** While nothing can be written reports are shown and not kept: the agent has them until they are acknowledged. */
  #notTaken(error: unknown): void {
    const failure = FleetError.from(error);
    if (failure.kind === "unavailable" && this.#world.store.trouble !== null) this.#leaveUnkept();
    else this.#fail(failure);
  }

  /** From here on nothing of this session goes into history: the next one begins where history ends. */
  #leaveUnkept(): void {
    this.#unkept = true;
    this.#resume();
  }

  historyIsBack(): void {
    if (!this.#unkept) return;
    const reason = "history is written again: come back and tell what it has not";
    this.goodbye(reason, { retryAfterMs: UNKEPT_RETRY_MS, refused: false });
  }

  async #intakeOf(instance: string, bootId: string): Promise<Intake> {
    const { store, userOf, onKept } = this.#world;
    const agentId = this.#agentId;
    const committedSeq = await store.committedSeq(agentId, bootId);
    return new Intake({ store, agentId, bootId, instance, committedSeq, userOf, onKept });
  }

  /** Commits that end together are told together. */
  #acknowledge(seq: number): void {
    this.#ackedSeq = Math.max(this.#ackedSeq, seq);
    if (this.#ackPlanned) return;
    this.#ackPlanned = true;
    setImmediate(() => {
      this.#ackPlanned = false;
      this.send({ $case: "ack", value: { bootId: "", seq: this.#ackedSeq } });
    });
  }

  /** While we do not read, silence is ours: the transport's own pings tell whether the agent is there. */
  #pause(instance: string): void {
    if (this.#paused !== null || this.#state !== "open") return;
    this.#stream.pause();
    this.#paused = setInterval(() => {
      this.#world.fleet.heard(instance);
      if (this.#world.store.trouble !== null) this.#leaveUnkept();
    }, this.#world.heartbeatMs);
  }

  #resume(): void {
    if (this.#paused === null) return;
    clearInterval(this.#paused);
    this.#paused = null;
    this.#stream.resume();
  }
}

// One stream of one agent: its greeting, its reports and answers in, acknowledgements and orders out.
//
//   NEW ──hello──▶ OPENING ──granted──▶ OPEN ──▶ CLOSED        any trouble, either side: CLOSED
//                     └──refused──▶ CLOSED
import type { AgentMessage, ControllerMessage, Hello } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import type { Capability } from "@fleetvisor/proto/vocabulary/capabilities";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { HistoryEvent } from "../core/history.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { Metrics } from "../run/metrics.js";
import type { Store } from "../store/store.js";
import type { AgentAudit } from "./agent-audit.js";
import type { Agents, EndableWire } from "./agents.js";
import type { ClaimOutcome } from "./claims.js";
import { copyWords } from "./copy-words.js";
import { decodeCapabilities, decodeHello, decodeSamples, decodeSnapshot, type Introduction } from "./decode.js";
import { refusalOf } from "./refusals.js";
import { SessionReports } from "./session-reports.js";

const HELLO_MS = 10_000;
const REFUSED_RETRY_MS = 60_000;
/** Agents whose reports were not kept come back spread over this time. */
const UNKEPT_RETRY_MS = 1_000;
const NAME_CHARS = 128;
const TOO_OFTEN_MS = 10_000;
/** Bytes an agent may leave unread before it is taken for gone. */
const UNREAD_BYTES = 8 * 1024 * 1024;

export type AgentStream = ServerDuplexStream<AgentMessage, ControllerMessage>;
type Body = NonNullable<ControllerMessage["body"]>;

export interface SessionWorld {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly agents: Agents;
  readonly log: Logger;
  readonly audit: AgentAudit;
  readonly metrics: Metrics;
  readonly heartbeatMs: number;
  readonly version: string;
  readonly userOf: (operationId: string) => string | null;
  readonly onKept: (events: readonly HistoryEvent[]) => void;
}

interface Opened {
  readonly instance: string;
  readonly reports: SessionReports;
}

export class AgentSession implements EndableWire {
  readonly #stream: AgentStream;
  readonly #agentId: string;
  readonly #world: SessionWorld;
  #state: "new" | "opening" | "open" | "closed" = "new";
  #opened: Opened | null = null;
  #helloTimer: NodeJS.Timeout;
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

  historyIsBack(): void {
    if (this.#opened?.reports.unkept !== true) return;
    const reason = "history is written again: come back and tell what it has not";
    this.goodbye(reason, { retryAfterMs: UNKEPT_RETRY_MS, refused: false });
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
    this.#opened?.reports.end();
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
    const kept = { committedSeq: grant.committedSeq };
    const origin = { agentId: this.#agentId, bootId, instance: name, ...kept };
    const fail = (error: FleetError) => this.#fail(error);
    const reports = new SessionReports(this.#world, origin, {
      stream: this.#stream,
      send: (body) => this.send(body),
      fail,
    });
    this.#opened = { instance: name, reports };
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
    const other = fleet.fleet.instances.get(instance)?.hostName || "without a name";
    const words = copyWords(claim, { from, other });
    this.#noteRefusal(name, words.reason, words.warning);
    if (!agents.isAttached(agentId)) fleet.broken(instance, words.reason);
    this.goodbye(words.reason, { retryAfterMs: REFUSED_RETRY_MS, refused: true });
  }

  #noteRefusal(name: string, reason: string, warning: string | null): void {
    const agentId = this.#agentId;
    this.#world.audit.refused({
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
        opened.reports.take(body.value);
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
      case "answer":
        agents.instance(this.#agentId).questionAnswered(body.value);
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
}

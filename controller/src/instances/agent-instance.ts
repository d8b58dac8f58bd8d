// An instance whose agent dials in: orders and log streams outlive nothing but the session they are on, orders a lost one too.
import type {
  ControllerMessage,
  LogChunk,
  LogEnd,
  LogMatches,
  LogSearchEnd,
  OrderResult,
  RpcReply,
} from "@fleetvisor/proto/gen/fleet/v1/fleet";
import type { Capability } from "@fleetvisor/proto/vocabulary/capabilities";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { AgentCalls, type AnswerBudget } from "./agent-calls.js";
import { AgentSearches } from "./agent-searches.js";
import { decodeAnswers, VERB_MESSAGES } from "./decode.js";
import type {
  LogReader,
  LogRequest,
  LogSearchReader,
  LogSearchRequest,
  LogStream,
  ManagedInstance,
  OrderOutcome,
  OrderRequest,
  RpcRequest,
} from "./instance.js";

/** How long an order waits for an agent that is away, if its deadline allows. */
const RECONNECT_WAIT_MS = 10_000;
/** The agent answers at the deadline with what it knows; its answer may take this long to come. */
const ANSWER_GRACE_MS = 5_000;
const SHORTEST_ORDER_MS = 1;
/** What an agent says of a log that cannot be read is cut to this. */
const REASON_CHARS = 1_024;

type Body = NonNullable<ControllerMessage["body"]>;

/** What an instance needs of a session. */
export interface Wire {
  readonly epoch: number;
  readonly bootId: string;
  readonly capabilities: ReadonlySet<Capability>;
  send(body: Body): void;
}

interface PendingOrder {
  readonly request: OrderRequest;
  readonly beforeSend: (bootId: string) => Promise<void>;
  readonly settle: (outcome: OrderOutcome) => void;
  /** Boot it was sent to; null while it never left. */
  sentTo: string | null;
  /** Its leaving is being written down. */
  leaving: boolean;
  timer: NodeJS.Timeout;
}

interface OpenLog {
  readonly reader: LogReader;
  /** Bytes that may still come. */
  creditBytes: number;
}

export class AgentInstance implements ManagedInstance {
  readonly agentId: string;
  readonly #orders = new Map<string, PendingOrder>();
  readonly #logs = new Map<number, OpenLog>();
  readonly #searches = new AgentSearches();
  readonly #calls: AgentCalls;
  #wire: Wire | null = null;
  #streamIds = 0;

  constructor(agentId: string, budget: AnswerBudget) {
    this.agentId = agentId;
    this.#calls = new AgentCalls(budget);
  }

  get wire(): Wire | null {
    return this.#wire;
  }

  /** Takes the session into use and sends what waits for one. */
  attach(wire: Wire): void {
    this.#dropLogs("the agent connected anew");
    this.#wire = wire;
    for (const order of this.#orders.values()) this.#send(order);
  }

  /** No session any more. Orders wait for the next one until their deadline. */
  detach(wire: Wire, reason: string): boolean {
    if (this.#wire !== wire) return false;
    this.#wire = null;
    this.#dropLogs(reason);
    return true;
  }

  // ---- orders -------------------------------------------------------------------------------------------------

  order(request: OrderRequest, beforeSend: (bootId: string) => Promise<void>): Promise<OrderOutcome> {
    return new Promise((resolve) => {
      const settle = (outcome: OrderOutcome) => {
        clearTimeout(order.timer);
        this.#orders.delete(request.id);
        resolve(outcome);
      };
      const sentTo = request.givenTo;
      const order: PendingOrder = {
        request,
        beforeSend,
        settle,
        sentTo,
        leaving: false,
        timer: setTimeout(() => {}, 0),
      };
      this.#orders.set(request.id, order);
      const leftMs = request.deadlineAtMs - Date.now();
      if (this.#wire === null && sentTo === null) {
        this.#arm(order, Math.min(RECONNECT_WAIT_MS, leftMs), {
          type: "not-sent",
          reason: "the agent is not connected",
        });
      } else {
        this.#armAnswer(order);
      }
      this.#send(order);
    });
  }

  /** The agent's answer; one for an order that is settled or not its own says nothing. */
  answer(result: OrderResult): void {
    this.#orders.get(result.orderId)?.settle({ type: "answered", answers: decodeAnswers(result) });
  }

  #arm(order: PendingOrder, delayMs: number, outcome: OrderOutcome): void {
    clearTimeout(order.timer);
    order.timer = setTimeout(() => order.settle(outcome), Math.max(0, delayMs));
  }

  #armAnswer(order: PendingOrder): void {
    const leftMs = order.request.deadlineAtMs - Date.now();
    this.#arm(order, leftMs + ANSWER_GRACE_MS, { type: "unknown", reason: "no answer before the deadline" });
  }

  #send(order: PendingOrder): void {
    const wire = this.#wire;
    if (wire === null || order.leaving) return;
    if (order.sentTo === null) {
      this.#leave(order, wire);
    } else if (order.sentTo === wire.bootId) {
      this.#write(order, wire);
    } else {
      // Another start of the agent does not remember what the last one did: asking again could do it twice.
      order.settle({ type: "unknown", reason: "the agent was started anew before it answered" });
    }
  }

  #leave(order: PendingOrder, wire: Wire): void {
    order.leaving = true;
    this.#armAnswer(order);
    order.beforeSend(wire.bootId).then(
      () => {
        order.leaving = false;
        if (!this.#orders.has(order.request.id)) return;
        if (this.#wire === wire) {
          order.sentTo = wire.bootId;
          this.#write(order, wire);
        } else {
          this.#waitAgain(order);
        }
      },
      (error: unknown) => {
        order.leaving = false;
        order.settle({ type: "not-sent", reason: FleetError.from(error).message });
      },
    );
  }

  /** The session went while the leaving was written down: nothing left yet. */
  #waitAgain(order: PendingOrder): void {
    if (this.#wire !== null) {
      this.#send(order);
      return;
    }
    const leftMs = order.request.deadlineAtMs - Date.now();
    this.#arm(order, Math.min(RECONNECT_WAIT_MS, leftMs), { type: "not-sent", reason: "the agent is not connected" });
  }

  #write({ request }: PendingOrder, wire: Wire): void {
    wire.send({
      $case: "order",
      value: {
        id: request.id,
        epoch: wire.epoch,
        timeoutMs: Math.max(SHORTEST_ORDER_MS, request.deadlineAtMs - Date.now()),
        verb: VERB_MESSAGES[request.verb],
        targets: request.targets.map(({ group, name }) => ({ group, name })),
        signal: request.signal ?? "",
        wait: true,
      },
    });
  }

  /** Nobody waits any longer: whatever left is unknown. */
  abandon(reason: string): void {
    for (const order of [...this.#orders.values()]) {
      order.settle({ type: order.sentTo === null ? "not-sent" : "unknown", reason });
    }
    this.#dropLogs(reason);
  }

  /**
   * The controller stops: orders are let go without an outcome, for the next start asks the agent what became of them. Their
   * promises stay open.
   */
  suspend(reason: string): void {
    for (const order of this.#orders.values()) clearTimeout(order.timer);
    this.#orders.clear();
    this.#dropLogs(reason);
  }

  // ---- logs ---------------------------------------------------------------------------------------------------

  openLog(request: LogRequest, reader: LogReader): LogStream {
    const wire = this.#wire;
    if (wire === null) throw new FleetError("unavailable", "the agent is not connected");
    if ((request.channel === "main" || request.mustExist) && !wire.capabilities.has("xmlrpc")) throw tooOld();
    const streamId = ++this.#streamIds;
    wire.send({ $case: "logOpen", value: { streamId, ...request, mustExist: request.mustExist ?? false } });
    // Sending can end a session that does not read, and then nobody would tell the reader.
    if (this.#wire !== wire) throw new FleetError("unavailable", "the agent is not connected");
    const log: OpenLog = { reader, creditBytes: request.creditBytes };
    this.#logs.set(streamId, log);
    const current = () => this.#wire === wire && this.#logs.has(streamId);
    return {
      grant: (bytes) => {
        if (!current()) return;
        log.creditBytes += bytes;
        wire.send({ $case: "logCredit", value: { streamId, bytes } });
      },
      close: () => {
        if (current()) wire.send({ $case: "logClose", value: { streamId } });
        this.#logs.delete(streamId);
      },
    };
  }

  logChunk(chunk: LogChunk): void {
    const { streamId, data, skippedBytes } = chunk;
    const log = this.#logs.get(streamId);
    if (log === undefined) return;
    log.creditBytes -= data.length;
    if (log.creditBytes >= 0) {
      log.reader.chunk(data, skippedBytes);
      return;
    }
    this.#logs.delete(streamId);
    this.#wire?.send({ $case: "logClose", value: { streamId } });
    log.reader.end(new FleetError("unavailable", "the agent sent more of the log than was asked for"));
  }

  logEnd(end: LogEnd): void {
    const log = this.#logs.get(end.streamId);
    this.#logs.delete(end.streamId);
    log?.reader.end(end.error === "" ? null : logFailure(end));
  }

  // ---- XML-RPC --------------------------------------------------------------------------------------------------

  call(request: RpcRequest): Promise<string> {
    const wire = this.#wire;
    if (wire === null) return Promise.reject(new FleetError("unavailable", "the agent is not connected"));
    if (!wire.capabilities.has("xmlrpc")) return Promise.reject(tooOld());
    return this.#calls.call(wire, request);
  }

  rpcReply(reply: RpcReply): void {
    this.#calls.reply(reply);
  }

  // ---- searches -------------------------------------------------------------------------------------------------

  searchLogs(request: LogSearchRequest, reader: LogSearchReader): LogStream {
    const wire = this.#wire;
    if (wire === null) throw new FleetError("unavailable", "the agent is not connected");
    if (!wire.capabilities.has("log-search")) {
      throw new FleetError("unavailable", "the agent is too old to search its logs");
    }
    return this.#searches.open(++this.#streamIds, wire, request, reader);
  }

  logMatches(matches: LogMatches): void {
    this.#searches.matches(matches);
  }

  logSearchEnd(end: LogSearchEnd): void {
    this.#searches.end(end);
  }

  #dropLogs(reason: string): void {
    this.#searches.drop(reason);
    this.#calls.drop(reason);
    const logs = [...this.#logs.values()];
    this.#logs.clear();
    for (const { reader } of logs) reader.end(new FleetError("unavailable", reason));
  }
}

function tooOld(): FleetError {
  return new FleetError("unavailable", "the agent is too old for XML-RPC through the controller: update it");
}

const NOT_THERE: ReadonlySet<number> = new Set([FAULTS.BAD_NAME, FAULTS.NO_FILE]);

function logFailure({ code, error }: LogEnd): FleetError {
  return new FleetError(NOT_THERE.has(code) ? "not-found" : "unavailable", error.slice(0, REASON_CHARS));
}

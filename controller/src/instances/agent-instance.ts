// An instance whose agent dials in: orders and log streams outlive nothing but the session they are on, orders a lost one too.
import type {
  Answer,
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
import { AgentOrders } from "./agent-orders.js";
import { AgentQuestions } from "./agent-questions.js";
import { AgentSearches } from "./agent-searches.js";
import type {
  ConfigSection,
  LateOutcome,
  LogPage,
  LogPageRequest,
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

interface OpenLog {
  readonly reader: LogReader;
  /** Bytes that may still come. */
  creditBytes: number;
}

export class AgentInstance implements ManagedInstance {
  readonly agentId: string;
  readonly #orders = new AgentOrders();
  readonly #logs = new Map<number, OpenLog>();
  readonly #searches = new AgentSearches();
  readonly #calls: AgentCalls;
  readonly #questions = new AgentQuestions();
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
    this.#orders.attach(wire);
  }

  /** No session any more. Orders wait for the next one until their deadline. */
  detach(wire: Wire, reason: string): boolean {
    if (this.#wire !== wire) return false;
    this.#wire = null;
    this.#orders.detach();
    this.#dropLogs(reason);
    return true;
  }

  // ---- orders -------------------------------------------------------------------------------------------------

  order(
    request: OrderRequest,
    beforeSend: (bootId: string) => Promise<void>,
    onLate: (outcome: LateOutcome) => void,
  ): Promise<OrderOutcome> {
    return this.#orders.give(request, beforeSend, onLate);
  }

  ask(orderId: string, bootId: string, onLate: (outcome: LateOutcome) => void): void {
    this.#orders.ask(orderId, bootId, onLate);
  }

  answer(result: OrderResult): void {
    this.#orders.answer(result);
  }

  /** Nobody waits any longer: whatever left is unknown. */
  abandon(reason: string): void {
    this.#orders.abandon(reason);
    this.#dropLogs(reason);
  }

  /**
   * The controller stops: orders are let go without an outcome, for the next start asks the agent what became of them. Their
   * promises stay open.
   */
  suspend(reason: string): void {
    this.#orders.suspend();
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
    const { streamId, data, skippedBytes, file, offset } = chunk;
    const log = this.#logs.get(streamId);
    if (log === undefined) return;
    log.creditBytes -= data.length;
    if (log.creditBytes >= 0) {
      log.reader.chunk(data, skippedBytes, file === "" ? null : { file, offset });
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

  // ---- questions ------------------------------------------------------------------------------------------------

  async readLog(request: LogPageRequest): Promise<LogPage> {
    return this.#questions.logPage(this.#asked("to show more than the end of its logs"), request);
  }

  async config(process: { readonly group: string; readonly name: string } | null): Promise<ConfigSection[]> {
    return this.#questions.config(this.#asked("to show its configuration"), process);
  }

  questionAnswered(answer: Answer): void {
    this.#questions.answer(answer);
  }

  /** Throws `unavailable` where there is no session, or none that can be asked. */
  #asked(what: string): Wire {
    if (this.#wire === null) throw new FleetError("unavailable", "the agent is not connected");
    if (!this.#wire.capabilities.has("questions")) {
      throw new FleetError("unavailable", `the agent is too old ${what}: update it`);
    }
    return this.#wire;
  }

  #dropLogs(reason: string): void {
    this.#searches.drop(reason);
    this.#calls.drop(reason);
    this.#questions.drop(reason);
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

// XML-RPC calls that come over the link: has each answered by the daemon's own code and sends the answer in pieces, so that a long one
// delays no report. They belong to one connection, as their callers do.
import type { AgentMessage, RpcCall, RpcReply, RpcScope } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ChildLog } from "../run/child-log.js";
import { type Caller, HOST_CALLER } from "../xmlrpc/rpc-context.js";

/** Largest piece in one message. */
const PIECE_BYTES = 64 * 1024;
/** Calls that may be under way, answers that wait to be sent included: those that wait for a program take as long as it does. */
const MOST_CALLS = 256;
/** The largest answer; a log file is larger and can be asked for in parts. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;

type RpcMessage = Extract<AgentMessage["body"], { $case: "rpcReply" }>;

/** What the link asks of the daemon around the supervisor. */
export interface LinkedDaemon {
  readonly mainLog: ChildLog;
  /** The methodResponse to a methodCall; rejects for what is no call and for a defect. */
  answer(request: string, caller: Caller): Promise<string>;
}

/** The stream of one connection. */
export interface RpcStream {
  /** False while it is behind; it is asked again by `pump`. */
  isClear(): boolean;
  send(message: RpcMessage): void;
}

interface Answer {
  readonly callId: number;
  rest: Buffer;
}

export class RpcCalls {
  readonly #daemon: LinkedDaemon;
  readonly #stream: RpcStream;
  /** In turns: the one that had a piece sent goes to the end. */
  #answers: Answer[] = [];
  #underWay = 0;
  #closed = false;

  constructor(daemon: LinkedDaemon, stream: RpcStream) {
    this.#daemon = daemon;
    this.#stream = stream;
  }

  /** Never throws: what cannot be answered is told. */
  take(call: RpcCall): void {
    if (this.#underWay >= MOST_CALLS) {
      return this.#refuse(call.callId, `more than ${MOST_CALLS} calls are under way`);
    }
    this.#underWay += 1;
    // In the turn of its coming: a call's place among orders and other calls is the controller's to choose.
    void this.#daemon.answer(Buffer.from(call.request).toString("utf8"), callerOf(call)).then(
      (answer) => this.#answered(call.callId, Buffer.from(answer)),
      (error: unknown) => {
        this.#underWay -= 1;
        this.#refuse(call.callId, FleetError.from(error).message);
      },
    );
  }

  /** Goes on after the stream was behind. */
  pump(): void {
    while (this.#stream.isClear()) {
      const next = this.#answers.shift();
      if (next === undefined) return;
      const piece = next.rest.subarray(0, PIECE_BYTES);
      next.rest = next.rest.subarray(PIECE_BYTES);
      const last = next.rest.length === 0;
      if (last) this.#underWay -= 1;
      else this.#answers.push(next);
      this.#reply({ callId: next.callId, piece, last, error: "" });
    }
  }

  /** Whoever called is gone: nothing is sent any more. What was begun goes on. */
  close(): void {
    this.#closed = true;
    this.#answers = [];
  }

  #answered(callId: number, rest: Buffer): void {
    if (this.#closed) return;
    if (rest.length > MOST_ANSWER_BYTES) {
      this.#underWay -= 1;
      return this.#refuse(callId, `its answer has ${rest.length} bytes, more than ${MOST_ANSWER_BYTES}: ask for less`);
    }
    this.#answers.push({ callId, rest });
    this.pump();
  }

  #refuse(callId: number, error: string): void {
    this.#reply({ callId, piece: Buffer.alloc(0), last: true, error });
  }

  #reply(value: RpcReply): void {
    if (!this.#closed) this.#stream.send({ $case: "rpcReply", value });
  }
}

function callerOf({ orderId, scope }: RpcCall): Caller {
  return { orderId: orderId === "" ? null : orderId, covers: scope === undefined ? HOST_CALLER.covers : within(scope) };
}

function within({ processes }: RpcScope): Caller["covers"] {
  // Names hold no colon.
  const names = new Set(processes.map(({ group, name }) => `${group}:${name}`));
  return (group, name) => names.has(`${group}:${name}`);
}

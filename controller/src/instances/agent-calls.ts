// XML-RPC calls that are under way at one agent: puts each answer together from its pieces. A call lives and dies with the session it left on.
import type { RpcReply } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Wire } from "./agent-instance.js";
import type { RpcRequest } from "./instance.js";

/** What an agent answers at most; it is asked to keep to it, and held to it. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;
/** Calls at one agent, so that one who hangs does not collect them. An agent takes 256. */
const MOST_CALLS = 200;
/** Of all that it was asked and has not answered: an agent that does not read loses its session at 8 MiB. */
const MOST_ASKED_BYTES = 4 * 1024 * 1024;
/** What naming a process costs, about. */
const NAME_BYTES = 64;
/** What an agent says of a call that failed is cut to this. */
const REASON_CHARS = 1_024;
const TOO_MANY_BYTES = "too many long answers are under way in the controller: try again";

/** Bytes of answers that the controller holds, over all agents. */
export class AnswerBudget {
  #leftBytes: number;

  constructor(bytes = 256 * 1024 * 1024) {
    this.#leftBytes = bytes;
  }

  /** False when there are not so many left. */
  take(bytes: number): boolean {
    if (bytes > this.#leftBytes) return false;
    this.#leftBytes -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#leftBytes += bytes;
  }
}

interface Pending {
  readonly wire: Wire;
  readonly pieces: Uint8Array[];
  bytes: number;
  readonly settle: (result: string | FleetError) => void;
}

export class AgentCalls {
  readonly #budget: AnswerBudget;
  readonly #pending = new Map<number, Pending>();
  #ids = 0;
  #askedBytes = 0;

  constructor(budget: AnswerBudget) {
    this.#budget = budget;
  }

  /**
   * Resolves with the methodResponse. Rejects with `unavailable` when the call was surely not done, `unknown-outcome` when it may have
   * been: the session ended, the time is over, nobody waits any longer, or the answer could not be taken.
   */
  call(wire: Wire, request: RpcRequest): Promise<string> {
    const { signal, orderId, scope } = request;
    const xml = Buffer.from(request.xml);
    const askedBytes = xml.length + (scope?.length ?? 0) * NAME_BYTES;
    if (this.#askedBytes + askedBytes > MOST_ASKED_BYTES) {
      return Promise.reject(
        new FleetError("unavailable", `more than ${MOST_ASKED_BYTES} bytes of calls are under way there`),
      );
    }
    if (this.#pending.size >= MOST_CALLS) {
      return Promise.reject(new FleetError("unavailable", `more than ${MOST_CALLS} calls are under way there`));
    }
    if (signal.aborted) return Promise.reject(new FleetError("unavailable", "nobody waits for the answer any more"));
    const callId = ++this.#ids;
    return new Promise((resolve, reject) => {
      const give = (reason: string) => pending.settle(new FleetError("unknown-outcome", reason));
      const timer = setTimeout(() => give(`no answer came within ${request.timeoutMs / 1000} s`), request.timeoutMs);
      const left = () => give("nobody waits for the answer any more");
      const pending: Pending = {
        wire,
        pieces: [],
        bytes: 0,
        settle: (result) => {
          clearTimeout(timer);
          signal.removeEventListener("abort", left);
          this.#pending.delete(callId);
          this.#askedBytes -= askedBytes;
          this.#budget.giveBack(pending.bytes);
          if (typeof result === "string") resolve(result);
          else reject(result);
        },
      };
      this.#pending.set(callId, pending);
      this.#askedBytes += askedBytes;
      signal.addEventListener("abort", left);
      // Sending can end a session that does not read; then the call hears of it here.
      wire.send({
        $case: "rpcCall",
        value: {
          callId,
          request: xml,
          orderId: orderId ?? "",
          scope: scope === null ? undefined : { processes: scope.map(({ group, name }) => ({ group, name })) },
        },
      });
    });
  }

  /** A piece of an answer; one for a call that is settled says nothing. */
  reply({ callId, piece, last, error }: RpcReply): void {
    const pending = this.#pending.get(callId);
    if (pending === undefined) return;
    if (error !== "") return pending.settle(new FleetError("unknown-outcome", error.slice(0, REASON_CHARS)));
    if (pending.bytes + piece.length > MOST_ANSWER_BYTES) {
      return pending.settle(new FleetError("unknown-outcome", "the agent sent more than an answer may have"));
    }
    if (!this.#budget.take(piece.length)) {
      return pending.settle(new FleetError("unknown-outcome", TOO_MANY_BYTES));
    }
    pending.bytes += piece.length;
    pending.pieces.push(piece);
    if (last) pending.settle(Buffer.concat(pending.pieces).toString("utf8"));
  }

  /** No session any more: what was done of the calls is not known. */
  drop(reason: string): void {
    const pending = [...this.#pending.values()];
    for (const { settle } of pending) settle(new FleetError("unknown-outcome", reason));
  }
}

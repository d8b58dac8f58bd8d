// The orders given to one agent: each leaves once it is written down, waits for its answer over lost sessions, and may be heard of late.
import { type OrderResult, Verb as VerbMessage } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Wire } from "./agent-instance.js";
import { decodeAnswers, VERB_MESSAGES } from "./decode.js";
import type { LateOutcome, OrderOutcome, OrderRequest } from "./instance.js";

/** The agent answers at the deadline with what it knows; its answer may take this long to come. */
const ANSWER_GRACE_MS = 5_000;
const SHORTEST_ORDER_MS = 1;
/** Orders without an answer that are remembered; an agent remembers about as many. */
const MOST_QUESTIONS = 1_000;
/** Below that of every session: an agent answers what it remembers of such an order, and does not obey it. */
const NO_EPOCH = 0;

interface PendingOrder {
  readonly request: OrderRequest;
  readonly beforeSend: (bootId: string) => Promise<void>;
  readonly settle: (outcome: OrderOutcome) => void;
  /** Boot it was sent to, by this start of the controller or an earlier one; null while it never left. */
  sentTo: string | null;
  /** Its leaving is being written down. */
  leaving: boolean;
  timer: NodeJS.Timeout;
}

/** An order that was told as unknown. */
interface Question {
  readonly bootId: string;
  readonly onLate: (outcome: LateOutcome) => void;
}

export class AgentOrders {
  readonly #orders = new Map<string, PendingOrder>();
  readonly #questions = new Map<string, Question>();
  #wire: Wire | null = null;

  /** Takes the session into use and sends what waits for one. */
  attach(wire: Wire): void {
    this.#wire = wire;
    for (const order of [...this.#orders.values()]) this.#send(order);
    for (const [orderId, question] of [...this.#questions]) this.#ask(orderId, question, wire);
  }

  detach(): void {
    this.#wire = null;
  }

  /** As `ManagedInstance.order`. */
  give(
    request: OrderRequest,
    beforeSend: (bootId: string) => Promise<void>,
    onLate: (outcome: LateOutcome) => void,
  ): Promise<OrderOutcome> {
    return new Promise((resolve) => {
      const settle = (outcome: OrderOutcome) => {
        clearTimeout(order.timer);
        this.#orders.delete(request.id);
        if (outcome.type === "unknown" && order.sentTo !== null) this.#remember(request.id, order.sentTo, onLate);
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
      if (this.#wire === null && sentTo === null) this.#armAbsent(order);
      else this.#armAnswer(order);
      this.#send(order);
    });
  }

  /** As `ManagedInstance.ask`. */
  ask(orderId: string, bootId: string, onLate: (outcome: LateOutcome) => void): void {
    const question = this.#remember(orderId, bootId, onLate);
    if (this.#wire !== null) this.#ask(orderId, question, this.#wire);
  }

  /** The agent's answer; one for an order that is settled or not its own says nothing. */
  answer(result: OrderResult): void {
    const order = this.#orders.get(result.orderId);
    const question = this.#questions.get(result.orderId);
    if (order === undefined && question === undefined) return;
    const outcome = { type: "answered", answers: decodeAnswers(result) } as const;
    this.#questions.delete(result.orderId);
    order?.settle(outcome);
    if (order === undefined) question?.onLate(outcome);
  }

  #remember(orderId: string, bootId: string, onLate: (outcome: LateOutcome) => void): Question {
    const question = { bootId, onLate };
    this.#questions.set(orderId, question);
    for (const oldest of this.#questions.keys()) {
      if (this.#questions.size <= MOST_QUESTIONS) break;
      this.#questions.delete(oldest);
    }
    return question;
  }

  #ask(orderId: string, { bootId, onLate }: Question, wire: Wire): void {
    if (bootId !== wire.bootId) {
      this.#questions.delete(orderId);
      onLate({ type: "boot-ended" });
      return;
    }
    const nothing = {
      timeoutMs: SHORTEST_ORDER_MS,
      verb: VerbMessage.UNSPECIFIED,
      targets: [],
      signal: "",
      groups: [],
    };
    wire.send({ $case: "order", value: { id: orderId, epoch: NO_EPOCH, wait: true, ...nothing } });
  }

  #armAbsent(order: PendingOrder): void {
    const { deadlineAtMs, reconnectMs } = order.request;
    const delayMs = Math.min(reconnectMs, deadlineAtMs - Date.now());
    this.#arm(order, delayMs, () => ({ type: "never-left", reason: "the agent is not connected" }));
  }

  #arm(order: PendingOrder, delayMs: number, outcome: () => OrderOutcome): void {
    clearTimeout(order.timer);
    order.timer = setTimeout(() => order.settle(outcome()), Math.max(0, delayMs));
  }

  #armAnswer(order: PendingOrder): void {
    const leftMs = order.request.deadlineAtMs - Date.now();
    this.#arm(order, leftMs + ANSWER_GRACE_MS, () =>
      order.sentTo === null
        ? { type: "never-left", reason: "its leaving could not be written down in time" }
        : { type: "unknown", reason: "no answer before the deadline" },
    );
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
      order.settle({ type: "boot-ended" });
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
        // Nor is it known what the disk has of it: a controller started anew may give it after all.
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
    this.#armAbsent(order);
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
        groups: [...request.groups],
        wait: true,
      },
    });
  }

  /** Nobody waits any longer: whatever left is unknown. */
  abandon(reason: string): void {
    for (const order of [...this.#orders.values()]) {
      order.settle({ type: order.sentTo === null ? "never-left" : "unknown", reason });
    }
    this.#questions.clear();
  }

  /** Lets everything go without an outcome. */
  suspend(): void {
    for (const order of this.#orders.values()) clearTimeout(order.timer);
    this.#orders.clear();
    this.#questions.clear();
  }
}

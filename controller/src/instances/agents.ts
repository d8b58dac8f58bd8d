// Every agent known by its id, and which session speaks for it: the newest.
import type { Claim } from "../core/claim.js";
import { type RateLimit, Rates } from "../core/rate.js";
import { AnswerBudget } from "./agent-calls.js";
import { AgentInstance, type Wire } from "./agent-instance.js";
import { type ClaimOutcome, Claims, type Speaker } from "./claims.js";

/** A session that can be asked to end. */
export interface EndableWire extends Wire, Speaker {
  /** Hears that history is written again after it was not. */
  historyIsBack?(): void;
  goodbye(reason: string, options: { readonly retryAfterMs: number; readonly refused: boolean }): void;
}

/** An agent whose older session is replaced is likely to have two copies running; the older should not be back at once. */
const REPLACED_RETRY_MS = 5_000;

/** Greetings of one agent: each is a write. After a cut an agent comes back every half second at most, and ever more rarely. */
const HELLOS: RateLimit = { perSecond: 0.5, burst: 120 };

export class Agents {
  readonly #agents = new Map<string, AgentInstance>();
  readonly #budget = new AnswerBudget();
  readonly #claims = new Claims();
  readonly #hellos = new Rates(HELLOS);
  readonly #wires = new Map<string, EndableWire>();

  /** The instance of an agent, made when it is first asked for. */
  instance(agentId: string): AgentInstance {
    let instance = this.#agents.get(agentId);
    if (instance === undefined) {
      instance = new AgentInstance(agentId, this.#budget);
      this.#agents.set(agentId, instance);
    }
    return instance;
  }

  /** Counts a greeting of the agent; the ms after which the next may come when it comes too often, else 0. */
  greet(agentId: string): number {
    return this.#hellos.take(agentId, performance.now());
  }

  /** Whether a start of the agent may speak for it. Resolves at once unless another one is connected, which is then asked. */
  judge(agentId: string, claim: Claim): Promise<ClaimOutcome> {
    return this.#claims.judge(agentId, claim, this.#wires.get(agentId));
  }

  /** Lets a session speak for the agent and ends the one before. False when a newer one does already. */
  attach(agentId: string, wire: EndableWire): boolean {
    const older = this.#wires.get(agentId);
    if (older !== undefined && older.epoch > wire.epoch) return false;
    this.#wires.set(agentId, wire);
    this.#claims.take(agentId, wire.bootId, older !== undefined);
    older?.goodbye("a newer session of the same agent took over", { retryAfterMs: REPLACED_RETRY_MS, refused: false });
    this.instance(agentId).attach(wire);
    return true;
  }

  /** Agents that are connected. */
  get attached(): number {
    return this.#wires.size;
  }

  isAttached(agentId: string): boolean {
    return this.#wires.has(agentId);
  }

  /** True when the session was the one that spoke for the agent. */
  detach(agentId: string, wire: EndableWire, reason: string): boolean {
    if (this.#wires.get(agentId) !== wire) return false;
    this.#wires.delete(agentId);
    this.#claims.leave(agentId);
    return this.instance(agentId).detach(wire, reason);
  }

  /** Ends the agent's session for good and forgets it. */
  remove(agentId: string, reason: string): void {
    this.#wires.get(agentId)?.goodbye(reason, { retryAfterMs: 0, refused: true });
    this.#wires.delete(agentId);
    this.#claims.forget(agentId);
    this.#agents.get(agentId)?.abandon(reason);
    this.#agents.delete(agentId);
  }

  /** Everything that could not be taken into history while it was not written is told again. */
  historyIsBack(): void {
    for (const wire of [...this.#wires.values()]) wire.historyIsBack?.();
  }

  /** Tells every agent to come back in a moment; used when the controller stops. */
  goodbye(reason: string, retryAfterMs: number): void {
    for (const wire of [...this.#wires.values()]) wire.goodbye(reason, { retryAfterMs, refused: false });
    for (const agent of this.#agents.values()) agent.suspend(reason);
  }
}

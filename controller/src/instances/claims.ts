// Who speaks for each agent, and whether another start of it may: asks the one that is connected, and keeps what core/claim.ts decides by.
import { type Claim, doubtHold, type Holding, judgeClaim, leaveHold, takeHold, type Verdict } from "../core/claim.js";

/** A session that speaks for an agent. */
export interface Speaker {
  /** Whether it answers within a time; false at once when it ends. One that cannot be asked is taken for gone. */
  isThere?(withinMs: number): Promise<boolean>;
}

/** An agent answers within some milliseconds; a host that lost its power never does, and its next start waits for this. */
const ANSWER_MS = 3_000;

/** "copy": another start is connected, and has just answered. */
export type ClaimOutcome = Exclude<Verdict, "ask"> | "copy";

export class Claims {
  readonly #holdings = new Map<string, Holding>();

  /** `speaker` is the session that speaks for the agent now. */
  async judge(agentId: string, claim: Claim, speaker: Speaker | undefined): Promise<ClaimOutcome> {
    const verdict = this.#verdict(agentId, claim);
    if (verdict !== "ask") return verdict;
    if (speaker?.isThere === undefined || !(await speaker.isThere(ANSWER_MS))) {
      // It may have left meanwhile, and then it counts how it left.
      const now = this.#verdict(agentId, claim);
      return now === "ask" ? "let-in" : now;
    }
    const holding = this.#holdings.get(agentId);
    if (holding !== undefined) this.#holdings.set(agentId, doubtHold(holding, performance.now()));
    return "copy";
  }

  #verdict(agentId: string, claim: Claim): Verdict {
    return judgeClaim(claim, this.#holdings.get(agentId) ?? null, performance.now());
  }

  /** A session of this start speaks for the agent from now on; `replaced` when another one did. */
  take(agentId: string, bootId: string, replaced: boolean): void {
    this.#holdings.set(agentId, takeHold(this.#holdings.get(agentId) ?? null, bootId, replaced, performance.now()));
  }

  /** Nobody speaks for the agent any more. */
  leave(agentId: string): void {
    const holding = this.#holdings.get(agentId);
    if (holding !== undefined) this.#holdings.set(agentId, leaveHold(holding, performance.now()));
  }

  /** The agent is no longer of the fleet. */
  forget(agentId: string): void {
    this.#holdings.delete(agentId);
  }
}

// What is left behind when an agent that showed a certificate is refused: a line in the log, a row in the audit, a warning on its instance.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Logger } from "pino";
import type { LiveFleet } from "../run/live-fleet.js";
import type { Store } from "../store/store.js";

/** One row of the audit for one reason in this time: a refused agent comes again and again. */
const ONCE_MS = 600_000;
const MOST_REMEMBERED = 1_000;
/** A refused agent is back within two minutes; one that was not for this long has stopped. */
export const WARNING_MS = 300_000;

export interface RefusedAgent {
  readonly agentId: string;
  /** What it calls itself. */
  readonly name: string;
  readonly address: string;
  readonly reason: string;
  /** What people who look at the instance should know; null when it concerns nobody but the one refused. */
  readonly warning: string | null;
}

export interface RefusingWorld {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly log: Logger;
}

export class RefusedAgents {
  readonly #world: RefusingWorld;
  /** When an agent was last written down for a reason. */
  readonly #noted = new Map<string, number>();

  constructor(world: RefusingWorld) {
    this.#world = world;
  }

  note({ agentId, name, address, reason, warning }: RefusedAgent): void {
    const { store, fleet, log } = this.#world;
    const instance = fleet.nameOf(agentId) ?? name;
    log.warn({ agentId, instance, from: address, reason }, "agent refused");
    if (warning !== null) fleet.warn(instance, warning, WARNING_MS);
    if (!this.#isNew(`${agentId} ${reason}`)) return;
    const row = { actor: "", action: "agent.refuse", subject: `${instance}: ${reason}`, outcome: "refused" } as const;
    store.addAudit({ ...row, address, atMs: Date.now() }).catch((error: unknown) => {
      log.error({ error: FleetError.from(error).message }, "a refusal of an agent is not in the audit");
    });
  }

  #isNew(key: string): boolean {
    const nowMs = performance.now();
    for (const [oldest, sinceMs] of this.#noted) {
      if (this.#noted.size < MOST_REMEMBERED && nowMs - sinceMs < ONCE_MS) break;
      this.#noted.delete(oldest);
    }
    if (this.#noted.has(key)) return false;
    this.#noted.set(key, nowMs);
    return true;
  }
}

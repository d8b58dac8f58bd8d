// What is kept of agents that join and of those that are refused: a line in the log, a row in the audit, a warning on the instance.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Logger } from "pino";
import { Lately } from "../core/lately.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { AuditRecord } from "../store/records.js";
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

export interface JoinedAgent {
  readonly agentId: string;
  readonly name: string;
  readonly address: string;
  /** Who made the join token. */
  readonly invitedBy: string;
}

export interface AgentAuditWorld {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly log: Logger;
}

export class AgentAudit {
  readonly #world: AgentAuditWorld;
  readonly #noted = new Lately(ONCE_MS, MOST_REMEMBERED);

  constructor(world: AgentAuditWorld) {
    this.#world = world;
  }

  /** An agent that showed a certificate is not let in. */
  refused({ agentId, name, address, reason, warning }: RefusedAgent): void {
    const { fleet, log } = this.#world;
    const instance = fleet.nameOf(agentId) ?? name;
    log.warn({ agentId, instance, from: address, reason }, "agent refused");
    if (warning !== null) fleet.warn(instance, warning, WARNING_MS);
    if (!this.#noted.isNew(`${agentId} ${reason}`, performance.now())) return;
    this.#add("agent.refuse", `${instance}: ${reason}`, "refused", address);
  }

  joined({ agentId, name, address, invitedBy }: JoinedAgent): void {
    this.#world.log.info({ instance: name, agentId, from: address }, "agent joined");
    this.#add("agent.join", `${name}, by a join token of ${invitedBy}`, "done", address);
  }

  /** One row for all tries of an address that fail for the same reason. */
  joinRefused({ name, address, reason }: Pick<RefusedAgent, "name" | "address" | "reason">): void {
    this.#world.log.warn({ instance: name, from: address, error: reason }, "join refused");
    const host = address.replace(/:\d+$/, "");
    if (this.#noted.isNew(`${host} ${reason}`, performance.now()))
      this.#add("agent.join", `${name}: ${reason}`, "refused", address);
  }

  #add(action: string, subject: string, outcome: AuditRecord["outcome"], address: string): void {
    const { store, log } = this.#world;
    store.addAudit({ actor: "", action, subject, outcome, address, atMs: Date.now() }).catch((error: unknown) => {
      log.error(
        { action, subject, error: FleetError.from(error).message },
        "what became of an agent is not in the audit",
      );
    });
  }
}

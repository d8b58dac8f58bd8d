// What every route may use, and who is asking.

import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Access } from "../access/access.js";
import type { Actor, Permission } from "../access/actor.js";
import type { Joining } from "../access/joining.js";
import type { People } from "../access/people.js";
import type { Gateway } from "../gateway/gateway.js";
import type { Agents } from "../instances/agents.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { Metrics } from "../run/metrics.js";
import type { Operations } from "../run/operations.js";
import type { OwnState } from "../run/own-state.js";
import type { Store } from "../store/store.js";
import type { BasicName } from "./basic-login.js";
import type { LiveHub } from "./live-hub.js";
import { Reach } from "./reach.js";
import type { Streams } from "./streams.js";

export interface ApiWorld {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly metrics: Metrics;
  readonly agents: Agents;
  readonly access: Access;
  readonly people: People;
  readonly joining: Joining;
  readonly operations: Operations;
  readonly hub: LiveHub;
  readonly streams: Streams;
  readonly gateway: Gateway;
  readonly own: OwnState;
  /** Port on which agents reach this controller. */
  agentsPort(): number;
}

/** The web server as the routes see it. */
export type TypedApi = ReturnType<typeof typed>;

export function typed(app: FastifyInstance) {
  return app.withTypeProvider<TypeBoxTypeProvider>();
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** What is asked of the caller. Every route of the API names one. */
    permission?: Permission;
    /** The caller is known by a Basic login with an API token as password, and by nothing else. */
    basic?: BasicName;
  }
  interface FastifyRequest {
    actor: Actor | null;
  }
}

/** Who is asking, on a route that is not for anyone. */
export function actorOf(request: FastifyRequest): Actor {
  if (request.actor === null) throw new FleetError("unauthenticated", "log in first");
  return request.actor;
}

/** What the caller of a route may see and do. */
export function reachOf(request: FastifyRequest, { fleet }: Pick<ApiWorld, "fleet">): Reach {
  return new Reach(actorOf(request), fleet);
}

/** Writes into the audit trail; rejects when the trail cannot be kept, and then what was asked must not be done. */
export function audit(
  store: Store,
  request: FastifyRequest,
  entry: {
    readonly actor?: string;
    readonly action: string;
    readonly subject: string;
    readonly outcome: "done" | "refused";
  },
): Promise<void> {
  return store.addAudit({ actor: request.actor?.user ?? "", address: request.ip, atMs: Date.now(), ...entry });
}

// GET /metrics, to be scraped: by who may read the whole fleet, or by anybody where that is configured.
import { METRICS_CONTENT_TYPE } from "@fleetvisor/proto/prometheus/text";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { type ApiWorld, actorOf, reachOf } from "../context.js";
import { fleetText } from "../exposition.js";
import { ownRegistry } from "../own-metrics.js";

export interface PrometheusOptions {
  /** Asks nobody who they are. */
  readonly isPublic: boolean;
  /** With more processes than this none has series of its own. */
  readonly mostProcesses: number;
}

export function prometheusRoute(app: FastifyInstance, world: ApiWorld, options: PrometheusOptions): void {
  let own: Registry | null = null;
  let underWay: Promise<string> | null = null;

  /** Scrapes that come together are answered with one text. */
  function text(): Promise<string> {
    own ??= ownRegistry(world);
    const register = own;
    underWay ??= Promise.all([register.metrics(), fleetText(world, options.mostProcesses)])
      .then((parts) => parts.join(""))
      .finally(() => {
        underWay = null;
      });
    return underWay;
  }

  const config = options.isPublic ? {} : { permission: "covered" as const };
  app.get("/metrics", { config, schema: { hide: true } }, async (request, reply) => {
    if (!options.isPublic && !reachOf(request, world).everywhere("read")) {
      throw new FleetError("forbidden", `${actorOf(request).user} may not read the whole fleet, which /metrics shows`);
    }
    return reply.type(METRICS_CONTENT_TYPE).send(await text());
  });
}

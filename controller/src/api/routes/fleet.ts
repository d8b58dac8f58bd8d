// The live fleet: overview, instances, processes, and the stream of their changes.
import * as v1 from "@fleetvisor/proto/api/v1";
import { Type } from "typebox";
import { pageSteps } from "../../core/listing.js";
import { compareNames } from "../../core/names.js";
import { select } from "../../core/selection.js";
import { summarize } from "../../core/summary.js";
import { inTurns } from "../../run/in-turns.js";
import { alarmsOf } from "../alarms.js";
import { type ApiWorld, audit, reachOf, type TypedApi } from "../context.js";
import { instanceNow, processNow } from "../figures.js";
import { countsView } from "../views.js";

export const InstancePath = Type.Object({ instance: Type.String() });
export const ProcessPath = Type.Object({ instance: Type.String(), group: Type.String(), name: Type.String() });

const DEFAULT_LIMIT = 200;

export function fleetRoutes(api: TypedApi, world: ApiWorld): void {
  const { fleet: live, hub, streams } = world;
  const tags = ["fleet"];
  const config = { permission: "covered" } as const;

  api.get(
    v1.API_PATHS.fleet,
    { config, schema: { tags, summary: "The fleet at a glance", response: { 200: v1.FleetSummary } } },
    async (request) => {
      const reach = reachOf(request, world);
      const { fleet, cover } = reach;
      const { byLiveness, verdict, trouble, troubleTotal } = summarize(fleet, (name) => live.livenessOf(name));
      return {
        atMs: Date.now(),
        instances: { total: fleet.instances.size, ...byLiveness },
        processes: fleet.processCount,
        counts: countsView(fleet.counts),
        alarms: alarmsOf(world, fleet, cover.everything),
        verdict,
        trouble: trouble.map((row) => processNow(row, reach, world)),
        troubleTotal,
      };
    },
  );

  api.get(
    v1.API_PATHS.instances,
    {
      config,
      schema: {
        tags,
        summary: "Every instance, or those of a selector, by name",
        querystring: v1.InstanceQuery,
        response: { 200: v1.InstanceList },
      },
    },
    async (request) => {
      const { selector, limit } = request.query;
      const selection = select(selector);
      const reach = reachOf(request, world);
      return {
        items: [...reach.fleet.instances.values()]
          .filter(({ name, labels }) => selection.within(name, labels) !== null)
          .sort((a, b) => compareNames(a.name, b.name))
          .slice(0, limit)
          .map((instance) => instanceNow(instance, reach, world)),
      };
    },
  );

  api.get(
    v1.API_PATHS.instance,
    { config, schema: { tags, summary: "One instance", params: InstancePath, response: { 200: v1.Instance } } },
    async (request) => {
      const reach = reachOf(request, world);
      return instanceNow(reach.instance(request.params.instance), reach, world);
    },
  );

  api.delete(
    v1.API_PATHS.instance,
    {
      config,
      schema: {
        tags,
        summary: "Remove an instance from the fleet: its agent is refused from now on",
        params: InstancePath,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const reach = reachOf(request, world);
      const { id, name } = reach.instance(request.params.instance);
      reach.require("administer", [{ instance: name, group: null, name: null }]);
      await audit(world.store, request, { action: "instance.remove", subject: name, outcome: "done" });
      await world.store.revokeInstance(name, Date.now());
      world.agents.remove(id, "this agent has been removed from the fleet: it needs a new join token");
      live.remove(name, "removed from the fleet");
      return reply.code(204).send(null);
    },
  );

  api.get(
    v1.API_PATHS.processes,
    {
      config,
      schema: {
        tags,
        summary: "Processes that a selector takes",
        querystring: v1.ProcessQuery,
        response: { 200: v1.ProcessList },
      },
    },
    async (request) => {
      const { selector, sort = "target", limit = DEFAULT_LIMIT, cursor = null, offset = 0 } = request.query;
      const reach = reachOf(request, world);
      const figuresOf = (instance: string) => world.metrics.processes(instance);
      const page = { sort, limit, cursor, offset, figuresOf };
      const { rows, total, nextCursor } = await inTurns(pageSteps(reach.fleet, select(selector), page));
      return { items: rows.map((row) => processNow(row, reach, world)), total, nextCursor };
    },
  );

  api.get(
    v1.API_PATHS.process,
    { config, schema: { tags, summary: "One process", params: ProcessPath, response: { 200: v1.Process } } },
    async (request) => {
      const { instance, group, name } = request.params;
      const reach = reachOf(request, world);
      return processNow(reach.process(instance, group, name), reach, world);
    },
  );

  api.get(
    v1.API_PATHS.stream,
    {
      config,
      schema: {
        tags,
        summary: "Live changes as server-sent events",
        description: "Events: hello, reset, instance, instance-removed, process, process-removed, history, operation.",
        produces: ["text/event-stream"],
      },
    },
    async (request, reply) => {
      const seen = request.headers["last-event-id"];
      const stream = streams.open(request, reply, (ended) => hub.remove(ended));
      hub.add(stream, typeof seen === "string" ? seen : undefined, reachOf(request, world).cover);
    },
  );
}

// Operations: start, stop, restart or signal whatever a selector takes, and what became of it.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Type } from "typebox";
import { isDone, type Operation } from "../../core/operation.js";
import { type ApiWorld, actorOf, audit, reachOf, type TypedApi } from "../context.js";
import type { Reach } from "../reach.js";
import { operationView } from "../views.js";

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_LIST = 50;
/** Operations that are looked through for those of one caller. */
const MOST_SEARCHED = 10_000;
const OperationPath = Type.Object({ id: Type.String() });
const WaitQuery = Type.Object(
  {
    waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 300_000, description: "Answer when finished or then" })),
  },
  { additionalProperties: false },
);
const ListQuery = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: DEFAULT_LIST })) },
  { additionalProperties: false },
);

export function operationRoutes(api: TypedApi, world: ApiWorld): void {
  const { store, operations } = world;
  const tags = ["operations"];

  api.post(
    v1.API_PATHS.operations,
    {
      config: { permission: "covered" },
      schema: { tags, summary: "Begin an operation", body: v1.OperationRequest, response: { 200: v1.Operation } },
    },
    async (request) => {
      const { verb, selector, signal, dryRun = false, timeoutMs = DEFAULT_TIMEOUT_MS, waitMs = 0 } = request.body;
      if ((verb === "signal") !== (signal !== undefined)) {
        throw new FleetError("invalid-argument", "verb signal, and no other, needs a signal");
      }
      const { user } = actorOf(request);
      const reach = reachOf(request, world);
      const operation = operations.plan({ verb, selector, signal: signal ?? null, user, timeoutMs }, reach.fleet);
      reach.require(verb, operation.targets);
      if (dryRun) return operationView(operation);
      await audit(store, request, { action: `operation.${verb}`, subject: selector, outcome: "done" });
      await operations.begin(operation);
      return operationView((await operations.find(operation.id, waitMs)) ?? operation);
    },
  );

  api.get(
    v1.API_PATHS.operations,
    {
      config: { permission: "covered" },
      schema: { tags, summary: "Latest operations", querystring: ListQuery, response: { 200: v1.OperationList } },
    },
    async (request) => ({
      items: (await latest(reachOf(request, world), request.query.limit ?? DEFAULT_LIST)).map(operationView),
    }),
  );

  api.get(
    v1.API_PATHS.operation,
    {
      config: { permission: "covered" },
      schema: {
        tags,
        summary: "One operation",
        params: OperationPath,
        querystring: WaitQuery,
        response: { 200: v1.Operation },
      },
    },
    async (request) => {
      const { id } = request.params;
      const reach = reachOf(request, world);
      const isOver = (operation: Operation) => reach.operation(operation)?.targets.every(isDone) ?? true;
      const operation = await operations.find(id, request.query.waitMs ?? 0, isOver);
      const part = operation === null ? null : reach.operation(operation);
      if (part === null) throw new FleetError("not-found", `there is no operation ${id}`);
      return operationView(part);
    },
  );

  /** The latest that the caller may know of: as many as there are, however many others lie between. */
  async function latest(reach: Reach, limit: number): Promise<readonly Operation[]> {
    for (let count = limit; ; count *= 4) {
      const all = await operations.latest(count);
      const known = all.flatMap((operation) => reach.operation(operation) ?? []);
      if (known.length >= limit || all.length < count || count > MOST_SEARCHED) return known.slice(0, limit);
    }
  }
}

// Operations: do something to whatever a selector takes, what became of it, and pausing, resuming or aborting it.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { OPERATION_CONTROLS, operationVerb } from "@fleetvisor/proto/vocabulary/operations";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { SeenOperation } from "../../access/covered-operation.js";
import { isDone, type Operation } from "../../core/operation.js";
import { type ApiWorld, actorOf, audit, reachOf, type TypedApi } from "../context.js";
import type { Reach } from "../reach.js";
import { operationView } from "../views.js";

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_LIST = 50;
/** Operations that are looked through for those of one caller. */
const MOST_SEARCHED = 10_000;
const OperationPath = Type.Object({ id: Type.String() });
const ControlPath = Type.Object({
  id: Type.String(),
  control: Type.Unsafe<(typeof OPERATION_CONTROLS)[number]>({ type: "string", enum: [...OPERATION_CONTROLS] }),
});
const Targets = Type.Optional(
  Type.Unsafe<"all" | "none">({
    type: "string",
    enum: ["all", "none"],
    default: "all",
    description: "none: without targets, for what has many of them; `counts` tells how they are",
  }),
);
const GetQuery = Type.Object(
  {
    waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 300_000, description: "Answer when finished or then" })),
    targets: Targets,
  },
  { additionalProperties: false },
);
const ListQuery = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: DEFAULT_LIST })), targets: Targets },
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
      const { verb, selector, signal, groups = [], dryRun = false, waitMs = 0 } = request.body;
      const { user } = actorOf(request);
      const reach = reachOf(request, world);
      const asked = { verb, selector, signal: signal ?? null, groups, user, plan: planOf(request.body) };
      const operation = operations.plan(asked, reach.fleet);
      reach.require(operationVerb(verb).access, operation.targets);
      if (dryRun) return operationView(seen(reach, operation));
      const subject = groups.length === 0 ? selector : `${groups.join(" ")} on ${selector}`;
      await audit(store, request, { action: `operation.${verb}`, subject, outcome: "done" });
      await operations.begin(operation);
      const known = (await operations.find(operation.id, waitMs)) ?? operation;
      return { ...operationView(seen(reach, known)), recorded: operations.isRecorded(operation.id) };
    },
  );

  api.get(
    v1.API_PATHS.operations,
    {
      config: { permission: "covered" },
      schema: { tags, summary: "Latest operations", querystring: ListQuery, response: { 200: v1.OperationList } },
    },
    async (request) => {
      const { limit = DEFAULT_LIST, targets = "all" } = request.query;
      const known = await latest(reachOf(request, world), limit);
      return { items: known.map((operation) => operationView(operation, targets)) };
    },
  );

  api.get(
    v1.API_PATHS.operation,
    {
      config: { permission: "covered" },
      schema: {
        tags,
        summary: "One operation",
        params: OperationPath,
        querystring: GetQuery,
        response: { 200: v1.Operation },
      },
    },
    async (request) => {
      const { waitMs = 0, targets = "all" } = request.query;
      const operation = await known(request, request.params.id, waitMs);
      return { ...operationView(operation, targets), recorded: operations.isRecorded(operation.id) };
    },
  );

  api.post(
    v1.API_PATHS.operationControl,
    {
      config: { permission: "covered" },
      schema: {
        tags,
        summary: "Pause, resume or abort an operation: for who began it, and who may do the same to all of its targets",
        params: ControlPath,
        response: { 200: v1.Operation },
      },
    },
    async (request) => {
      const { id, control } = request.params;
      const { user } = actorOf(request);
      const reach = reachOf(request, world);
      const operation = await operations.find(id);
      if (operation === null || reach.operation(operation) === null) throw unknown(id);
      const { verb } = operation;
      if (
        operation.user !== user &&
        !operation.targets.every((target) => reach.may(operationVerb(verb).access, target))
      ) {
        throw new FleetError(
          "forbidden",
          `${user} may not ${control} operation ${id}: may not ${verb} all of its targets`,
        );
      }
      await audit(store, request, { action: `operation.${control}`, subject: `${id} (${verb})`, outcome: "done" });
      return operationView(seen(reach, await operations.control(id, control, user)));
    },
  );

  /** The part of an operation that the caller may know, once that is over or after a time. Throws `not-found`. */
  async function known(request: FastifyRequest, id: string, waitMs: number): Promise<SeenOperation> {
    const reach = reachOf(request, world);
    const isOver = (operation: Operation) => reach.operation(operation)?.targets.every(isDone) ?? true;
    const operation = await operations.find(id, waitMs, isOver);
    const part = operation === null ? null : reach.operation(operation);
    if (part === null) throw unknown(id);
    return part;
  }

  /** The latest that the caller may know of: as many as there are, however many others lie between. */
  async function latest(reach: Reach, limit: number): Promise<readonly SeenOperation[]> {
    for (let count = limit; ; count *= 4) {
      const all = await operations.latest(count);
      const known = all.flatMap((operation) => reach.operation(operation) ?? []);
      if (known.length >= limit || all.length < count || count > MOST_SEARCHED) return known.slice(0, limit);
    }
  }
}

function planOf({ batch, pauseMs, waitRunningMs, maxFailures, timeoutMs }: v1.OperationRequest) {
  return {
    batch: batch ?? null,
    pauseMs: pauseMs ?? 0,
    waitRunningMs: waitRunningMs ?? 0,
    maxFailures,
    timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
  };
}

function unknown(id: string): FleetError {
  return new FleetError("not-found", `there is no operation ${id}`);
}

/** One that the caller may see: it was planned in what the caller sees, or looked up there. Throws `not-found`. */
function seen(reach: Reach, operation: Operation): SeenOperation {
  const part = reach.operation(operation);
  if (part === null) throw unknown(operation.id);
  return part;
}

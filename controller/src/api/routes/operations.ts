// Operations: do something to whatever a selector takes, what became of it, and pausing, resuming or aborting it.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { OPERATION_CONTROLS, operationVerb, TARGET_RESULT_NAMES } from "@fleetvisor/proto/vocabulary/operations";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { SeenOperation, SeenSummary } from "../../access/covered-operation.js";
import { isDone, type Operation, type OperationPlace, operationState, summarize } from "../../core/operation.js";
import { impactOf } from "../../core/operation-impact.js";
import { targetPage } from "../../core/operation-page.js";
import { type ApiWorld, actorOf, audit, reachOf, type TypedApi } from "../context.js";
import type { Reach } from "../reach.js";
import { operationSummaryView, operationTargetsView, operationView, readTargetCursor } from "../views.js";

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_LIST = 50;
const DEFAULT_TARGETS = 100;
/** Operations that are looked through for a page of a list, and read from the store at a time. */
const MOST_SEARCHED = 10_000;
const READ_AT_ONCE = 100;
const OperationPath = Type.Object({ id: Type.String() });
const ControlPath = Type.Object({
  id: Type.String(),
  control: Type.Unsafe<(typeof OPERATION_CONTROLS)[number]>({ type: "string", enum: [...OPERATION_CONTROLS] }),
});
const GetQuery = Type.Object(
  {
    waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 300_000, description: "Answer when finished or then" })),
  },
  { additionalProperties: false },
);

export function operationRoutes(api: TypedApi, world: ApiWorld): void {
  const { store, operations, streams } = world;
  const tags = ["operations"];

  api.post(
    v1.API_PATHS.operations,
    {
      config: { permission: "covered" },
      schema: { tags, summary: "Begin an operation", body: v1.OperationRequest, response: { 200: v1.Operation } },
    },
    async (request) => {
      const { verb, selector, signal, groups = [], dryRun = false, mostTargets, waitMs = 0 } = request.body;
      const { user } = actorOf(request);
      const reach = reachOf(request, world);
      const asked = { verb, selector, signal: signal ?? null, groups, user, plan: planOf(request.body) };
      const operation = operations.plan(asked, reach.fleet);
      reach.require(operationVerb(verb).access, operation.targets);
      if (dryRun) return preview(seen(reach, operation), mostTargets);
      const subject = groups.length === 0 ? selector : `${groups.join(" ")} on ${selector}`;
      await operations.begin(operation, () =>
        audit(store, request, { action: `operation.${verb}`, subject, outcome: "done" }),
      );
      const known = (await waited(request, operation.id, waitMs)) ?? operation;
      return { ...operationView(seen(reachOf(request, world), known)), recorded: operations.isRecorded(operation.id) };
    },
  );

  api.get(
    v1.API_PATHS.operations,
    {
      config: { permission: "covered" },
      schema: {
        tags,
        summary: "Operations, newest first, without their targets",
        querystring: v1.OperationsQuery,
        response: { 200: v1.OperationList },
      },
    },
    async (request) => {
      const { limit = DEFAULT_LIST, cursor, state, verb, user } = request.query;
      const isWanted = (one: SeenSummary) =>
        (state === undefined || operationState(one) === state) &&
        (verb === undefined || one.verb === verb) &&
        (user === undefined || one.user === user);
      const page = await list(reachOf(request, world), isWanted, limit, readCursor(cursor));
      return { items: page.items.map(operationSummaryView), nextCursor: page.next };
    },
  );

  api.get(
    v1.API_PATHS.operation,
    {
      config: { permission: "covered" },
      schema: {
        tags,
        summary: "One operation, with the first of its targets",
        params: OperationPath,
        querystring: GetQuery,
        response: { 200: v1.Operation },
      },
    },
    async (request) => {
      const { waitMs = 0 } = request.query;
      const operation = await known(request, request.params.id, waitMs);
      return { ...operationView(operation), recorded: operations.isRecorded(operation.id) };
    },
  );

  api.get(
    v1.API_PATHS.operationTargets,
    {
      config: { permission: "covered" },
      schema: {
        tags,
        summary: "Targets of an operation, page by page, and what became of each",
        params: OperationPath,
        querystring: v1.OperationTargetsQuery,
        response: { 200: v1.OperationTargetList },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { result, limit = DEFAULT_TARGETS, cursor } = request.query;
      const results = TARGET_RESULT_NAMES.filter((name) => result?.split(",").includes(name));
      const wanted = { results, from: readTargetCursor(cursor), limit };
      // Who sees everything need not wait for all of it to be read.
      const whole = reachOf(request, world).cover.everything;
      const page = whole
        ? await operations.targets(id, wanted)
        : targetPage((await known(request, id, 0)).targets, wanted);
      if (page === null) throw unknown(id);
      return operationTargetsView(page);
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
    const operation = await waited(request, id, waitMs, isOver);
    // Of what the caller may know by now: grants may have been taken back meanwhile.
    const part = operation === null ? null : reachOf(request, world).operation(operation);
    if (part === null) throw unknown(id);
    return part;
  }

  /** As `Operations.find`, but no longer than the caller may know the same. Throws `unauthenticated`. */
  function waited(
    request: FastifyRequest,
    id: string,
    waitMs: number,
    isOver?: (operation: Operation) => boolean,
  ): Promise<Operation | null> {
    if (waitMs === 0) return operations.find(id);
    return streams.waiting(request, (signal) => operations.find(id, waitMs, isOver, signal));
  }

  /**
   * A page of what the caller may know of and wants, however many others lie between. Whether there is another page, and where it
   * begins, follows from what the caller sees alone.
   */
  async function list(
    reach: Reach,
    isWanted: (one: SeenSummary) => boolean,
    limit: number,
    after: OperationPlace | undefined,
  ): Promise<{ items: readonly SeenSummary[]; next: string | null }> {
    const items: SeenSummary[] = [];
    let place = after;
    for (let searched = 0; searched < MOST_SEARCHED; searched += READ_AT_ONCE) {
      const read = await operations.latest(READ_AT_ONCE, place);
      for (const one of read) {
        place = one;
        const summary = reach.cover.everything ? one : await partOf(reach, one);
        if (summary === null || !isWanted(summary)) continue;
        const last = items.at(-1);
        if (items.length === limit && last !== undefined) return { items, next: writeCursor(last) };
        items.push(summary);
      }
      if (read.length < READ_AT_ONCE) return { items, next: null };
    }
    return { items, next: reach.cover.everything && place !== undefined ? writeCursor(place) : null };
  }

  /** What is known of it for who sees some of the fleet depends on each target. */
  async function partOf(reach: Reach, { id }: OperationPlace): Promise<SeenSummary | null> {
    const operation = await operations.find(id);
    const part = operation === null ? null : reach.operation(operation);
    return part === null ? null : summarize(part);
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

/** Of very many targets, the names of all would take longer to tell than to find. */
function preview(operation: SeenOperation, mostTargets: number | undefined): v1.Operation {
  // Nothing is kept of it that pages could be asked of.
  const { moreTargets: _, ...view } = operationView(operation, mostTargets ?? Number.POSITIVE_INFINITY);
  if (mostTargets === undefined) return view;
  const { most, ...impact } = impactOf(operation.targets);
  return { ...view, impact: { ...impact, most: [...most] } };
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

function writeCursor({ createdAtMs, id }: OperationPlace): string {
  return `${createdAtMs}.${id}`;
}

function readCursor(cursor: string | undefined): OperationPlace | undefined {
  if (cursor === undefined) return undefined;
  const [, createdAtMs = "", id = ""] = /^(\d{1,15})\.([\w-]{1,64})$/.exec(cursor) ?? [];
  if (id === "") throw new FleetError("invalid-argument", "the cursor is not one of this list");
  return { createdAtMs: Number(createdAtMs), id };
}

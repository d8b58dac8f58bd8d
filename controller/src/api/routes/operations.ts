// Operations: start, stop, restart or signal whatever a selector takes, and what became of it.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Type } from "typebox";
import { type ApiWorld, actorOf, audit, type TypedApi } from "../context.js";
import { operationView } from "../views.js";

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_LIST = 50;
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

export function operationRoutes(api: TypedApi, { store, operations }: ApiWorld): void {
  const tags = ["operations"];

  api.post(
    v1.API_PATHS.operations,
    {
      config: { permission: "operate" },
      schema: { tags, summary: "Begin an operation", body: v1.OperationRequest, response: { 200: v1.Operation } },
    },
    async (request) => {
      const { verb, selector, signal, dryRun = false, timeoutMs = DEFAULT_TIMEOUT_MS, waitMs = 0 } = request.body;
      if ((verb === "signal") !== (signal !== undefined)) {
        throw new FleetError("invalid-argument", "verb signal, and no other, needs a signal");
      }
      const { user } = actorOf(request);
      const operation = operations.plan({ verb, selector, signal: signal ?? null, user, timeoutMs });
      if (dryRun) return operationView(operation);
      await audit(store, request, { action: `operation.${verb}`, subject: selector, outcome: "done" });
      await operations.begin(operation);
      return operationView((await operations.find(operation.id, waitMs)) ?? operation);
    },
  );

  api.get(
    v1.API_PATHS.operations,
    {
      config: { permission: "read" },
      schema: { tags, summary: "Latest operations", querystring: ListQuery, response: { 200: v1.OperationList } },
    },
    async (request) => ({
      items: (await operations.latest(request.query.limit ?? DEFAULT_LIST)).map(operationView),
    }),
  );

  api.get(
    v1.API_PATHS.operation,
    {
      config: { permission: "read" },
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
      const operation = await operations.find(id, request.query.waitMs ?? 0);
      if (operation === null) throw new FleetError("not-found", `there is no operation ${id}`);
      return operationView(operation);
    },
  );
}

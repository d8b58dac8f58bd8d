// What happened, newest first.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { historyClauses } from "../../core/history-filter.js";
import { select } from "../../core/selection.js";
import type { HistoryClause, TargetName } from "../../store/store.js";
import { type ApiWorld, reachOf, type TypedApi } from "../context.js";
import type { Reach } from "../reach.js";
import { historyView } from "../views.js";

const DEFAULT_LIMIT = 100;

export function historyRoutes(api: TypedApi, { store, fleet }: ApiWorld): void {
  api.get(
    v1.API_PATHS.events,
    {
      config: { permission: "covered" },
      schema: {
        tags: ["history"],
        summary: "History of what a selector takes, newest first",
        querystring: v1.HistoryQuery,
        response: { 200: v1.HistoryPage },
      },
    },
    async (request) => {
      const { selector, sinceMs = null, untilMs = null, limit = DEFAULT_LIMIT, cursor } = request.query;
      const labelsOf = (instance: string) => fleet.fleet.instances.get(instance)?.labels ?? {};
      const asked = selector === undefined ? null : historyClauses(select(selector), labelsOf);
      const clauses = cutTo(reachOf(request, { fleet }), asked);
      const beforeId = cursor === undefined ? null : readCursor(cursor);
      const { events, nextBeforeId } = await store.history({ clauses, sinceMs, untilMs, limit, beforeId });
      return { items: events.map(historyView), nextCursor: nextBeforeId === null ? null : String(nextBeforeId) };
    },
  );
}

/** The clauses as far as the caller's grants cover what they take; null for everything. */
function cutTo(reach: Reach, clauses: readonly HistoryClause[] | null): readonly HistoryClause[] | null {
  if (reach.cover.everything) return clauses;
  const sees = (target: TargetName) => reach.sees(target);
  if (clauses === null) return [{ exact: null, states: null, covers: sees }];
  return clauses.map(({ exact, states, covers }) => ({
    exact: exact === null ? null : exact.filter(sees),
    states,
    covers: (target) => covers(target) && sees(target),
  }));
}

function readCursor(cursor: string): number {
  const id = Number(cursor);
  if (!/^\d{1,15}$/.test(cursor)) throw new FleetError("invalid-argument", "the cursor is not one of this list");
  return id;
}

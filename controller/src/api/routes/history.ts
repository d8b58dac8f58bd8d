// What happened, newest first.
import { setImmediate as immediate } from "node:timers/promises";
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { HistoryEvent } from "../../core/history.js";
import { historyClauses } from "../../core/history-filter.js";
import { select } from "../../core/selection.js";
import type { HistoryClause, HistoryRequest, TargetName } from "../../store/store.js";
import { type ApiWorld, reachOf, type TypedApi } from "../context.js";
import { PartNumbers } from "../part-numbers.js";
import type { Reach } from "../reach.js";
import { historyView } from "../views.js";

const DEFAULT_LIMIT = 100;
/** How long a page of a part is searched for. */
const SEARCH_MS = 1_000;

export function historyRoutes(api: TypedApi, { store, fleet }: ApiWorld): void {
  const numbers = new PartNumbers(store);

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
      const { selector, sinceMs = null, untilMs = null, user = null, cause = null, kind = null } = request.query;
      const { limit = DEFAULT_LIMIT, cursor } = request.query;
      const labelsOf = (instance: string) => fleet.fleet.instances.get(instance)?.labels ?? {};
      const asked = selector === undefined ? null : historyClauses(select(selector), labelsOf);
      const reach = reachOf(request, { fleet });
      const clauses = cutTo(reach, asked);
      const before = cursor === undefined ? null : readCursor(cursor);
      const bounds = { clauses, sinceMs, untilMs, user, cause, kind, limit };
      if (reach.cover.everything) {
        const { events, nextBeforeId } = await store.history({ ...bounds, beforeId: before });
        return { items: events.map(historyView), nextCursor: nextBeforeId === null ? null : String(nextBeforeId) };
      }
      return readPart(reach, bounds, before);
    },
  );

  /** A page of a part: filled as far as the time allows, since a short page would tell of what was passed over; with numbers of its own. */
  async function readPart(reach: Reach, bounds: Omit<HistoryRequest, "beforeId">, cursor: number | null) {
    const sees = (target: TargetName) => reach.sees(target);
    const endMs = performance.now() + SEARCH_MS;
    const events: HistoryEvent[] = [];
    let beforeId = cursor === null ? null : await numbers.idOf(cursor, sees);
    do {
      const page = await store.history({ ...bounds, limit: bounds.limit - events.length, beforeId });
      events.push(...page.events);
      beforeId = page.nextBeforeId;
      await immediate();
    } while (beforeId !== null && events.length < bounds.limit && performance.now() < endMs);
    const moments = await numbers.momentsOf(events.map(({ id }) => id));
    return {
      items: events.map((event) => ({
        ...historyView(event),
        id: numbers.numberIn(moments.get(event.id), event.id, sees),
      })),
      nextCursor: beforeId === null ? null : String(await numbers.cursorOf(beforeId, sees)),
    };
  }
}

/** The clauses as far as the caller's grants cover what they take; null for everything. */
function cutTo(reach: Reach, clauses: readonly HistoryClause[] | null): readonly HistoryClause[] | null {
  if (reach.cover.everything) return clauses;
  const sees = (target: TargetName) => reach.sees(target);
  if (clauses === null) return [{ exact: null, states: null, covers: sees }];
  return clauses.map((clause) => ({
    ...clause,
    exact: clause.exact?.filter(sees) ?? null,
    covers: (target) => clause.covers(target) && sees(target),
  }));
}

function readCursor(cursor: string): number {
  const id = Number(cursor);
  if (!/^\d{1,16}$/.test(cursor) || !Number.isSafeInteger(id))
    throw new FleetError("invalid-argument", "the cursor is not one of this list");
  return id;
}

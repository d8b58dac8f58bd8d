// Which part of history a question is about besides targets and times, and the index that holds only that part. The conditions are
// those of the indexes word for word: SQLite uses a partial index for nothing else.
import { PROCESS_STATES, TROUBLED_STATES } from "@fleetvisor/proto/vocabulary/states";
import { EVENT_KINDS, type HistoryCause } from "../../core/history.js";
import type { HistoryRequest } from "../store.js";

export interface Narrowing {
  /** Null when there is none for it. */
  readonly index: string | null;
  /** What rows of the index have in common. */
  readonly within: string;
  /** A condition on rows of `event`, that of the index included. */
  readonly where: string;
  readonly values: Readonly<Record<string, string | number>>;
}

const CAUSES: Readonly<Record<HistoryCause, { readonly index: string | null; readonly where: string }>> = {
  order: { index: "event_order", where: "operation_id IS NOT NULL" },
  signal: { index: "event_signal", where: "exit_signal IS NOT NULL" },
  "spawn-error": { index: "event_spawn_error", where: "spawn_error IS NOT NULL" },
  // Where programs crash these are many, so a walk meets them soon.
  unexpected: { index: null, where: "exit_expected = 0" },
  restart: { index: null, where: "to_state = 10 AND from_state IN (30, 100) AND operation_id IS NULL" },
  "out-of-memory": { index: "event_oom", where: "oom_killed = 1" },
};
/** All kinds but the one that nearly every event is of. */
const RARE_KIND = "kind > 1";
const TROUBLED: ReadonlySet<number> = new Set(TROUBLED_STATES.map((state) => PROCESS_STATES[state]));
const TROUBLE = "to_state IN (30, 200, 1000)";

/** `states` are all that can be meant, null for any. */
export function narrowing(
  { user = null, cause = null, kind = null }: HistoryRequest,
  states: ReadonlySet<number> | null,
): Narrowing {
  const byCause = cause === null ? null : CAUSES[cause];
  const isRare = kind !== null && kind !== "process-state";
  const conditions = [byCause?.where ?? "TRUE", ...(kind === null ? [] : ["kind = @kind"])];
  const where = conditions.join(" AND ");
  const values = kind === null ? {} : { kind: EVENT_KINDS[kind] };
  const by = (index: string | null, within: string): Narrowing => ({
    index,
    within,
    where: `${within} AND ${where}`,
    values,
  });
  if (user !== null) return { ...by("event_user", "user = @user"), values: { ...values, user } };
  if (isRare) return by("event_kind", `${RARE_KIND} AND kind = @kind`);
  if (byCause !== null && byCause.index !== null) return by(byCause.index, byCause.where);
  const troubled = states !== null && [...states].every((state) => TROUBLED.has(state));
  return troubled ? by("event_trouble", TROUBLE) : by(null, "TRUE");
}

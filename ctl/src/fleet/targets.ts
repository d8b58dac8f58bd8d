// Which processes selectors mean, asked of the controller; what to say of those that mean none.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { Process, ProcessList } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ApiClient } from "./client.js";

const PAGE_ROWS = 1000;
/** Questions asked at a time. */
const ASKED_AT_ONCE = 8;

/** Every process that any of the selectors means, all pages; no selector means every process. */
export async function listProcesses(
  client: ApiClient,
  selectors: readonly string[],
  sort?: string,
): Promise<readonly Process[]> {
  const query = { selector: selectors.length === 0 ? undefined : selectors.join(" "), sort, limit: PAGE_ROWS };
  const items: Process[] = [];
  let cursor: string | undefined;
  do {
    const page: ProcessList = await client.get<ProcessList>(API_PATHS.processes, { ...query, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** The selectors that mean nothing at all. `found` are targets that are known to be meant by the whole list. */
export async function unmatched(
  client: ApiClient,
  selectors: readonly string[],
  found: ReadonlySet<string>,
): Promise<readonly string[]> {
  const [only, second] = selectors;
  if (only === undefined) return [];
  if (second === undefined) return found.size === 0 ? [only] : [];
  if (found.size === 0) return selectors;
  // Exact targets, as `-o name` prints them by the thousand, need no question.
  const open = [...new Set(selectors)].filter((selector) => !found.has(selector));
  const nothing: string[] = [];
  for (let at = 0; at < open.length; at += ASKED_AT_ONCE) {
    const asked = open.slice(at, at + ASKED_AT_ONCE);
    const totals = await Promise.all(
      asked.map(async (selector) => (await client.get<ProcessList>(API_PATHS.processes, { selector, limit: 1 })).total),
    );
    nothing.push(...asked.filter((_, i) => totals[i] === 0));
  }
  return nothing;
}

/** `nothing matches web-1 (a whole instance is web-1/all)`. */
export function noMatch(selectors: readonly string[]): FleetError {
  const [first = ""] = selectors;
  const isPlain = selectors.length === 1 && /^[^/:=\s]+$/.test(first);
  const hint = isPlain ? ` (a process called so in a group called so; a whole instance is ${first}/all)` : "";
  return new FleetError("not-found", `nothing matches ${selectors.join(" ")}${hint}`);
}

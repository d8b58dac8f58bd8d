// Which processes selectors mean, asked of the controller; what to say of those that mean none.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { Process, ProcessList } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ApiClient } from "./client.js";

const PAGE_ROWS = 1000;
/** Questions asked at a time. */
const ASKED_AT_ONCE = 8;

export interface Listed {
  readonly sort?: string | undefined;
  /** Rows of the first page, which is to come at once. */
  readonly firstRows?: number;
  readonly signal?: AbortSignal;
}

/**
 * Every process that any of the selectors means, page by page; no selector means every process. The next page is asked for
 * while one is used, and none is kept.
 */
export async function* processPages(
  client: ApiClient,
  selectors: readonly string[],
  { sort, firstRows = PAGE_ROWS, signal }: Listed = {},
): AsyncGenerator<ProcessList, void, void> {
  const selector = selectors.length === 0 ? undefined : selectors.join(" ");
  const ask = (cursor: string | undefined, limit: number) => {
    const page = client.get<ProcessList>(API_PATHS.processes, { selector, sort, limit, cursor }, signal);
    page.catch(() => null); // it is waited for only when it is wanted
    return page;
  };
  let next: Promise<ProcessList> | null = ask(undefined, firstRows);
  while (next !== null) {
    const page: ProcessList = await next;
    next = page.nextCursor === null ? null : ask(page.nextCursor, PAGE_ROWS);
    yield page;
  }
}

/** The processes that selectors mean, at most `most`. Throws `not-found` for none, `invalid-argument` naming `verb` for more. */
export async function fewProcesses(
  client: ApiClient,
  selectors: readonly string[],
  { verb, most }: { readonly verb: string; readonly most: number },
): Promise<readonly Process[]> {
  const found: Process[] = [];
  for await (const { items, total } of processPages(client, selectors)) {
    if (total > most) {
      const what = `${selectors.join(" ")} means ${total}`;
      throw new FleetError("invalid-argument", `${verb} takes at most ${most} processes, and ${what}: say which`);
    }
    found.push(...items);
  }
  if (found.length === 0) throw noMatch(selectors);
  return found;
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

/** `nothing matches web-1 (a process called so in a group called so; a whole group is web-1:*, a whole instance web-1/all)`. */
export function noMatch(selectors: readonly string[], where = ""): FleetError {
  const [first = ""] = selectors;
  const hint = selectors.length === 1 ? hintOf(first) : "";
  return new FleetError("not-found", `nothing matches ${selectors.join(" ")}${where}${hint}`);
}

/** What a name alone means, for those who meant the whole. */
function hintOf(selector: string): string {
  if (/^[^/:=\s]+$/.test(selector)) {
    return ` (a process called so in a group called so; a whole group is ${selector}:*, a whole instance is ${selector}/all)`;
  }
  const isName = /^[^/\s]+\/[^/:=*?\s]+$/.test(selector) && !selector.endsWith("/all");
  return isName ? ` (a process called so in a group called so; a whole group is ${selector}:*)` : "";
}

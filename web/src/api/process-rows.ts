// The rows of a process list for a view that may stand anywhere in it: pages near the view are asked for, some are kept, the others go.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { Process, ProcessList } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { keptPages, pagesAround, type RowPage, type RowRange, type SparseRows } from "../model/sparse-rows.js";
import { call } from "./client.js";
import { keys, type ProcessListKey } from "./keys.js";
import { useAsk } from "./queries.js";

/** Rows a request; the most that the API gives is 1,000. */
const PAGE_ROWS = 500;
/** Ten thousand rows: each is kept right as it changes. */
const MOST_PAGES = 20;
/** So many rows before they come into view they are asked for: a key that is held down passes by hundreds a second. */
const AROUND_ROWS = 250;
/** Between two looks at where the view stands: who pulls the scroll bar passes by most pages. */
const LOOK_MS = 100;
/** Calling an answer off saves the controller nothing, so the next look waits for it, but no longer than this. */
const MOST_WAIT_MS = 500;

const NO_ROWS: SparseRows<Process> = { total: 0, pageRows: PAGE_ROWS, pages: [] };
const TOP: RowRange = { first: 0, last: 0 };

export interface ProcessRows {
  readonly rows: SparseRows<Process>;
  /** Nothing has been answered yet. */
  readonly isPending: boolean;
  /** The rows are of the question before. */
  readonly isOutdated: boolean;
  /** Why rows in view, or all of them, are not here. */
  readonly error: FleetError | null;
  readonly refetch: () => void;
  /** Tells which rows are in view. */
  readonly look: (range: RowRange) => void;
}

/** `mustStay`: whether one of those rows is needed though it is far from the view. */
export function useProcessRows(list: ProcessListKey, mustStay: (rows: readonly Process[]) => boolean): ProcessRows {
  const { ask, poll, recent } = useAsk();
  const client = useQueryClient();
  const { selector, sort } = list;
  const question = `${sort} ${selector}`;
  const { range, look } = useLook(
    question,
    () => client.isFetching({ queryKey: keys.processes({ selector, sort }) }) > 0,
  );
  const answerOf = (page: number) => client.getQueryData<ProcessList>(keys.processPage({ selector, sort }, page));

  const last = useRef({ question, kept: [0] as readonly number[], rows: NO_ROWS });
  const isSame = last.current.question === question;
  // One that is passed by before it has come is called off.
  const here = (isSame ? last.current.kept : [0]).filter((page) => answerOf(page) !== undefined);
  const known = Math.max(0, ...here.map((page) => answerOf(page)?.total ?? 0));
  const inView = pagesAround(range, AROUND_ROWS, PAGE_ROWS, known);
  const kept = keptPages(here, inView, (page) => mustStay(answerOf(page)?.items ?? []), MOST_PAGES);

  const results = useQueries({
    queries: kept.map((page) => {
      const key = keys.processPage({ selector, sort }, page);
      const query = { selector, sort, limit: PAGE_ROWS, offset: page * PAGE_ROWS };
      return {
        queryKey: key,
        queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
          ask(
            key,
            () => call<ProcessList>(apiPath("processes"), { query, signal }),
            (answer, askedAtMs) => ({ ...answer, items: recent.renewProcesses(answer.items, askedAtMs) }),
          ),
        // The others are asked for again when they come into view.
        enabled: inView.includes(page),
        refetchInterval: poll,
      };
    }),
  });

  const newest = results.reduce<(typeof results)[number] | null>(
    (best, result) => (result.data !== undefined && result.dataUpdatedAt > (best?.dataUpdatedAt ?? 0) ? result : best),
    null,
  );
  const pages = useSame(
    kept.flatMap((page, at): RowPage<Process>[] => {
      const rows = results[at]?.data?.items;
      return rows === undefined ? [] : [{ page, rows }];
    }),
  );
  const total = newest?.data?.total ?? 0;
  const own = useMemo<SparseRows<Process>>(() => ({ total, pageRows: PAGE_ROWS, pages }), [total, pages]);
  const failed = results.find(({ isError, data }) => isError && data === undefined);
  const isAnswered = newest !== null;
  const rows = isAnswered || failed !== undefined ? own : last.current.rows;

  const before = useRef({ selector, sort, kept });
  useEffect(() => {
    const { selector: oldSelector, sort: oldSort, kept: old } = before.current;
    before.current = { selector, sort, kept };
    if (oldSelector !== selector || oldSort !== sort) return;
    for (const page of old) {
      if (kept.includes(page)) continue;
      client.removeQueries({ queryKey: keys.processPage({ selector, sort }, page), exact: true });
    }
  });
  // While another question is asked what is kept of the one before stays as it was.
  useEffect(() => {
    last.current = { question, kept, rows };
  });
  const refetch = useCallback(
    () => void client.invalidateQueries({ queryKey: keys.processes({ selector, sort }) }),
    [client, selector, sort],
  );
  return {
    rows,
    isPending: !isAnswered && failed === undefined,
    isOutdated: !isAnswered && failed === undefined && rows.pages.length > 0,
    error: failed === undefined ? null : FleetError.from(failed.error),
    refetch,
    look,
  };
}

interface Look {
  readonly range: RowRange;
  readonly look: (range: RowRange) => void;
}

/** Where the view stands, looked at now and then and not while an answer is awaited; at the top again with another question. */
function useLook(question: string, isAwaiting: () => boolean): Look {
  const [seen, setSeen] = useState({ question, range: TOP });
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(seen);
  const awaiting = useRef(isAwaiting);
  awaiting.current = isAwaiting;
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  const look = useCallback(
    (range: RowRange) => {
      latest.current = { question, range };
      if (timer.current !== undefined) return;
      const wait = (waitedMs: number): void => {
        timer.current = setTimeout(() => {
          if (awaiting.current() && waitedMs < MOST_WAIT_MS) return wait(waitedMs + LOOK_MS);
          timer.current = undefined;
          setSeen(latest.current);
        }, LOOK_MS);
      };
      wait(LOOK_MS);
    },
    [question],
  );
  return { range: seen.question === question ? seen.range : TOP, look };
}

/** The pages of before where they are the same ones. */
function useSame(pages: readonly RowPage<Process>[]): readonly RowPage<Process>[] {
  const last = useRef(pages);
  const isSame =
    pages.length === last.current.length &&
    pages.every(({ page, rows }, at) => page === last.current[at]?.page && rows === last.current[at]?.rows);
  if (!isSame) last.current = pages;
  return last.current;
}

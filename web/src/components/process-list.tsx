// A process table with its data: pages as one scrolls, rows picked, acting on many; and its words when it has no rows.
import type { Process } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Button } from "@mantine/core";
import { IconFilterOff } from "@tabler/icons-react";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useProcesses } from "../api/queries.js";
import { t } from "../i18n/i18n.js";
import { formatCount } from "../lib/format.js";
import { useSteady } from "../lib/steady.js";
import { type ColumnId, USUAL_COLUMNS } from "../model/columns.js";
import type { ProcessView } from "../model/links.js";
import { ALL_PICKED, isPicked, NOTHING_PICKED } from "../model/picked.js";
import { actSelector, shownSelector } from "../model/processes.js";
import { BulkActions } from "./bulk-actions.js";
import classes from "./process-list.module.css";
import { ProcessTable } from "./process-table.js";
import { Empty, Failed, Loading } from "./words.js";

interface ProcessListProps {
  readonly label: string;
  readonly view: ProcessView;
  readonly onSort: (sort: ProcessView["sort"]) => void;
  readonly withInstance: boolean;
  /** The usual ones where nothing is said. */
  readonly columns?: readonly ColumnId[];
  /** Beside the actions on many. */
  readonly tools?: ReactNode;
  /** What to say when nothing matches, with a way out. */
  readonly empty: ReactNode;
  /** Told of a selector that the controller refuses, or null. */
  readonly children?: (problem: string | null) => ReactNode;
}

/** Rows that are loaded by scrolling alone: nobody reads more, and each is kept right as it changes. */
const MOST_BY_ITSELF = 10_000;

const targetOf = (process: Process) => process.target;

export function ProcessList({ label, view, onSort, withInstance, columns, tools, empty, children }: ProcessListProps) {
  const selector = shownSelector(view);
  const list = useProcesses({ selector, sort: view.sort });
  const [picking, setPicking] = useState({ picked: NOTHING_PICKED, of: selector });
  // All that matched something else is nothing anybody meant.
  const picked = picking.picked.all && picking.of !== selector ? NOTHING_PICKED : picking.picked;
  const setPicked = (next: typeof picked) => setPicking({ picked: next, of: selector });
  const [most, setMost] = useState(MOST_BY_ITSELF);
  const loaded = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  // While another question is asked the rows of the one before are shown, whose order is not to be kept.
  const question = `${list.isPlaceholderData} ${view.sort} ${selector}`;
  const { rows, hold } = useSteady(loaded, targetOf, question);
  const pickedRows = useMemo(() => rows.filter(({ target }) => isPicked(picked, target)), [rows, picked]);
  const total = list.data?.pages[0]?.total ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const isFull = rows.length >= most;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFull) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, isFull]);
  const shownColumns = useMemo(
    () => (columns ?? USUAL_COLUMNS).filter((id) => withInstance || id !== "instance"),
    [columns, withInstance],
  );
  const error = list.isError ? FleetError.from(list.error) : null;
  const badSelector = error?.kind === "invalid-argument" ? error.message : null;
  return (
    <>
      {children?.(badSelector)}
      <section className={classes.panel} aria-label={label} {...hold}>
        <div className={classes.tools}>
          <div className={classes.left}>{tools}</div>
          <BulkActions
            picked={pickedRows}
            allPicked={picked.all}
            canPickAll={pickedRows.length === rows.length && total > rows.length}
            total={total}
            selectorOfAll={(verb) => actSelector(view, verb)}
            pickAll={() => setPicked(ALL_PICKED)}
            clear={() => setPicked(NOTHING_PICKED)}
          />
        </div>
        {rows.length > 0 ? (
          <ProcessTable
            label={label}
            rows={rows}
            total={total}
            sort={view.sort}
            onSort={onSort}
            picked={picked}
            onPicked={setPicked}
            columns={shownColumns}
            onNearEnd={more}
            outdated={list.isPlaceholderData}
          />
        ) : list.isPending ? (
          <Loading rows={12} />
        ) : badSelector !== null ? (
          <Empty icon={IconFilterOff} title={t("words:selectorUnread")} />
        ) : error !== null ? (
          <Failed error={error} what={t("words:processesFailed")} retry={() => void list.refetch()} />
        ) : (
          empty
        )}
        {isFull && hasNextPage && (
          <div className={classes.more}>
            <span className="dim num">
              {t("processes:loadMore", { shown: formatCount(rows.length), total: formatCount(total) })}
            </span>
            <Button
              variant="default"
              size="xs"
              loading={isFetchingNextPage}
              onClick={() => setMost(rows.length + MOST_BY_ITSELF)}
            >
              {t("processes:loadMoreDo")}
            </Button>
          </div>
        )}
      </section>
    </>
  );
}

// A process table with its data: pages as one scrolls, rows picked, acting on many; and its words when it has no rows.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { IconFilterOff } from "@tabler/icons-react";
import type { RowSelectionState } from "@tanstack/react-table";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useProcesses } from "../api/queries.js";
import type { ProcessView } from "../model/links.js";
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
  /** Beside the actions on many. */
  readonly tools?: ReactNode;
  /** What to say when nothing matches, with a way out. */
  readonly empty: ReactNode;
  /** Told of a selector that the controller refuses, or null. */
  readonly children?: (problem: string | null) => ReactNode;
}

export function ProcessList({ label, view, onSort, withInstance, tools, empty, children }: ProcessListProps) {
  const list = useProcesses({ selector: shownSelector(view), sort: view.sort });
  const [picked, setPicked] = useState<RowSelectionState>({});
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const pickedRows = useMemo(() => rows.filter((process) => picked[process.target] === true), [rows, picked]);
  const total = list.data?.pages[0]?.total ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const error = list.isError ? FleetError.from(list.error) : null;
  const badSelector = error?.kind === "invalid-argument" ? error.message : null;
  return (
    <>
      {children?.(badSelector)}
      <section className={classes.panel} aria-label={label}>
        <div className={classes.tools}>
          <div className={classes.left}>{tools}</div>
          <BulkActions
            picked={pickedRows}
            total={total}
            selectorOfAll={(verb) => actSelector(view, verb)}
            clear={() => setPicked({})}
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
            withInstance={withInstance}
            onNearEnd={more}
            outdated={list.isPlaceholderData}
          />
        ) : list.isPending ? (
          <Loading rows={12} />
        ) : badSelector !== null ? (
          <Empty icon={IconFilterOff} title="The selector cannot be read" />
        ) : error !== null ? (
          <Failed error={error} what="Processes cannot be shown" retry={() => void list.refetch()} />
        ) : (
          empty
        )}
      </section>
    </>
  );
}

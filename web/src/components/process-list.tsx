// A process table with its data: the pages around where one has scrolled to, rows picked, acting on many; and its words when it has no rows.
import type { Process } from "@fleetvisor/proto/api/v1";
import { Button } from "@mantine/core";
import { IconFilterOff } from "@tabler/icons-react";
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { useProcessRows } from "../api/process-rows.js";
import { t } from "../i18n/i18n.js";
import { useHolding } from "../lib/steady.js";
import { type ColumnId, USUAL_COLUMNS } from "../model/columns.js";
import type { ProcessView } from "../model/links.js";
import { ALL_PICKED, isPicked, NOTHING_PICKED } from "../model/picked.js";
import { actSelector, shownSelector } from "../model/processes.js";
import { keepPlaces, loadedRows, type SparseRows } from "../model/sparse-rows.js";
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

const targetOf = (process: Process) => process.target;

export function ProcessList({ label, view, onSort, withInstance, columns, tools, empty, children }: ProcessListProps) {
  const selector = shownSelector(view);
  const [picking, setPicking] = useState({ picked: NOTHING_PICKED, of: selector });
  // All that matched something else is nothing anybody meant.
  const picked = picking.picked.all && picking.of !== selector ? NOTHING_PICKED : picking.picked;
  const setPicked = (next: typeof picked) => setPicking({ picked: next, of: selector });
  const mustStay = useCallback(
    (rows: readonly Process[]) => !picked.all && rows.some(({ target }) => picked.targets.has(target)),
    [picked],
  );
  const list = useProcessRows({ selector, sort: view.sort }, mustStay);
  // While another question is asked the rows of the one before are shown, whose order is not to be kept.
  const { rows, hold } = useSteadyRows(list.rows, `${list.isOutdated} ${view.sort} ${selector}`);
  const loaded = useMemo(() => loadedRows(rows), [rows]);
  const pickedRows = useMemo(() => loaded.filter(({ target }) => isPicked(picked, target)), [loaded, picked]);
  const { total } = rows;
  const shownColumns = useMemo(
    () => (columns ?? USUAL_COLUMNS).filter((id) => withInstance || id !== "instance"),
    [columns, withInstance],
  );
  const { error } = list;
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
            canPickAll={pickedRows.length === loaded.length && total > loaded.length}
            total={total}
            selectorOfAll={(verb) => actSelector(view, verb)}
            pickAll={() => setPicked(ALL_PICKED)}
            clear={() => setPicked(NOTHING_PICKED)}
          />
        </div>
        {loaded.length > 0 ? (
          <ProcessTable
            label={label}
            rows={rows}
            loaded={loaded}
            sort={view.sort}
            onSort={onSort}
            picked={picked}
            onPicked={setPicked}
            columns={shownColumns}
            onLook={list.look}
            outdated={list.isOutdated}
          />
        ) : list.isPending ? (
          <Loading rows={12} />
        ) : badSelector !== null ? (
          <Empty icon={IconFilterOff} title={t("words:selectorUnread")} />
        ) : error !== null ? (
          <Failed error={error} what={t("words:processesFailed")} retry={list.refetch} />
        ) : (
          empty
        )}
        {loaded.length > 0 && error !== null && (
          <div className={classes.more} role="alert">
            <span className="any-break">{t("processes:rowsFailed", { problem: error.message })}</span>
            <Button variant="default" size="xs" onClick={list.refetch}>
              {t("words:tryAgain")}
            </Button>
          </div>
        )}
      </section>
    </>
  );
}

/** The rows with their places kept while the pointer or the focus is among them. */
function useSteadyRows(rows: SparseRows<Process>, question: string) {
  const { held, hold } = useHolding();
  const shown = useRef({ question, rows });
  const kept = useMemo(() => {
    const { question: before, rows: old } = shown.current;
    const next = held && before === question ? keepPlaces(old, rows, targetOf) : rows;
    shown.current = { question, rows: next };
    return next;
  }, [rows, question, held]);
  return { rows: kept, hold };
}

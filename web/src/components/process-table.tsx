// The table of processes: virtual rows over the window's scroll, sorting by the server, picking rows. It draws; pages decide.
// biome-ignore-all lint/a11y/useSemanticElements: virtual rows are laid out by grid, which a table element forbids
// biome-ignore-all lint/a11y/useFocusableInteractive: this is a table, not a grid; what is focused is inside its cells
import type { Process } from "@fleetvisor/proto/api/v1";
import { Checkbox } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import {
  type ColumnDef,
  flexRender,
  getCoreRowModel,
  type Row,
  type RowSelectionState,
  useReactTable,
} from "@tanstack/react-table";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import { Since } from "../lib/clock.js";
import { useSkew } from "../lib/skew.js";
import { links, type ProcessSort } from "../model/links.js";
import { RowActions } from "./process-actions.js";
import classes from "./process-table.module.css";
import { Reason } from "./reason.js";
import { LivenessIcon, StateBadge } from "./state-badge.js";

export interface ProcessTableProps {
  readonly label: string;
  readonly rows: readonly Process[];
  readonly total: number;
  readonly sort: ProcessSort;
  readonly onSort: (sort: ProcessSort) => void;
  readonly picked: RowSelectionState;
  readonly onPicked: (picked: RowSelectionState) => void;
  /** Left out where the page is about one instance. */
  readonly withInstance: boolean;
  /** Called when the end of the loaded rows comes near. */
  readonly onNearEnd: () => void;
  /** The rows are of another question than the one being asked. */
  readonly outdated: boolean;
}

interface ColumnMeta {
  readonly className: string | undefined;
  readonly sort?: ProcessSort;
}

/** Height of most rows, px; the real ones are measured. */
const ROW_PX = 41;
const NEAR_END_ROWS = 40;

function buildColumns(withInstance: boolean, skewOf: (instance: string) => number): ColumnDef<Process>[] {
  const column = (id: string, header: string, meta: ColumnMeta, cell: (process: Process) => React.ReactNode) => ({
    id,
    header,
    meta,
    cell: ({ row }: { row: Row<Process> }) => cell(row.original),
  });
  const columns = [
    column("state", "State", { className: classes.state, sort: "state" }, (process) => (
      <StateBadge state={process.state} stale={process.liveness !== "live"} />
    )),
    column("name", "Process", { className: classes.name, sort: "target" }, (process) => (
      <Link to={links.process(process)} className={classes.link}>
        {process.group !== process.name && <span className="dim">{process.group}:</span>}
        {process.name}
      </Link>
    )),
    column("instance", "Instance", { className: classes.instance }, (process) => (
      <span className={classes.host}>
        {process.liveness !== "live" && <LivenessIcon liveness={process.liveness} size={14} />}
        <Link to={links.instance(process.instance)} className={classes.link}>
          {process.instance}
        </Link>
        {process.liveness !== "live" && <span className="sr-only">{process.liveness}</span>}
      </span>
    )),
    column("detail", "Detail", { className: classes.detail }, (process) => <Reason process={process} />),
    column("since", "In state for", { className: classes.since, sort: "since" }, (process) => (
      <Since atMs={process.sinceMs} skewMs={skewOf(process.instance)} />
    )),
    column("actions", "Actions", { className: classes.actions }, (process) => <RowActions process={process} />),
  ];
  return withInstance ? columns : columns.filter(({ id }) => id !== "instance");
}

export function ProcessTable(props: ProcessTableProps) {
  const { rows, total, sort, onSort, picked, onPicked, withInstance, onNearEnd } = props;
  const skewOf = useSkew();
  const columns = useMemo(() => buildColumns(withInstance, skewOf), [withInstance, skewOf]);
  const table = useReactTable({
    data: rows as Process[],
    columns,
    getRowId: (process) => process.target,
    getCoreRowModel: getCoreRowModel(),
    manualSorting: true,
    state: { rowSelection: picked },
    onRowSelectionChange: (update) => onPicked(typeof update === "function" ? update(picked) : update),
  });
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    // What is above the rows may change its height (a dismissed strip, a wrapped toolbar), so it is looked at each time.
    const top = (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  const modelRows = table.getRowModel().rows;
  const virtualizer = useWindowVirtualizer({
    count: modelRows.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: margin,
    getItemKey: (index) => modelRows[index]?.id ?? index,
  });
  const visible = virtualizer.getVirtualItems();
  const lastSeen = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastSeen >= modelRows.length - NEAR_END_ROWS) onNearEnd();
  }, [lastSeen, modelRows.length, onNearEnd]);

  return (
    <div
      className={classes.table}
      role="table"
      aria-label={props.label}
      aria-rowcount={total + 1}
      aria-busy={props.outdated}
      data-outdated={props.outdated || undefined}
      data-instance={withInstance || undefined}
    >
      <div className={classes.headgroup} role="rowgroup">
        <div className={classes.head} role="row" aria-rowindex={1}>
          <span className={classes.pick} role="columnheader">
            <Checkbox
              size="xs"
              aria-label="Pick all loaded processes"
              checked={table.getIsAllRowsSelected()}
              indeterminate={table.getIsSomeRowsSelected()}
              onChange={table.getToggleAllRowsSelectedHandler()}
            />
          </span>
          {table.getFlatHeaders().map((header) => (
            <HeadCell
              key={header.id}
              word={String(header.column.columnDef.header)}
              meta={header.column.columnDef.meta as ColumnMeta}
              sort={sort}
              onSort={onSort}
            />
          ))}
        </div>
      </div>
      <div ref={body} className={classes.body} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
        {visible.map((item) => {
          const row = modelRows[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className={classes.slot}
              role="row"
              aria-rowindex={item.index + 2}
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              <BodyRow row={row} process={row.original} picked={row.getIsSelected()} columns={columns} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface HeadCellProps {
  readonly word: string;
  readonly meta: ColumnMeta;
  readonly sort: ProcessSort;
  readonly onSort: (sort: ProcessSort) => void;
}

function HeadCell({ word, meta, sort, onSort }: HeadCellProps) {
  const own = meta.sort;
  const active = own === sort;
  return (
    <span
      className={meta.className}
      role="columnheader"
      aria-sort={own === undefined ? undefined : active ? "descending" : "none"}
    >
      {own === undefined ? (
        word
      ) : (
        <button type="button" className={classes.sort} onClick={() => onSort(own)}>
          {word}
          <IconArrowDown size={13} className={classes.arrow} data-on={active || undefined} aria-hidden />
        </button>
      )}
    </span>
  );
}

interface BodyRowProps {
  readonly row: Row<Process>;
  /** Apart from `row`, which is a new object whenever any row changes. */
  readonly process: Process;
  readonly picked: boolean;
  readonly columns: unknown;
}

const BodyRow = memo(
  function BodyRow({ row, process, picked }: BodyRowProps) {
    return (
      <div className={classes.row} role="presentation" data-picked={picked || undefined}>
        <span className={classes.pick} role="cell">
          <Checkbox
            size="xs"
            aria-label={`Pick ${process.target}`}
            checked={picked}
            onChange={row.getToggleSelectedHandler()}
          />
        </span>
        {row.getVisibleCells().map((cell) => (
          <span key={cell.id} className={(cell.column.columnDef.meta as ColumnMeta).className} role="cell">
            {flexRender(cell.column.columnDef.cell, cell.getContext())}
          </span>
        ))}
      </div>
    );
  },
  (a, b) => a.process === b.process && a.picked === b.picked && a.columns === b.columns,
);

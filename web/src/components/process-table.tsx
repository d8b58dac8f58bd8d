// The table of processes: virtual rows over the window's scroll, sorting by the server, picking rows. It draws; pages decide.
// biome-ignore-all lint/a11y/useSemanticElements: virtual rows are laid out by grid, which a table element forbids
// biome-ignore-all lint/a11y/useFocusableInteractive: this is a table, not a grid; what is focused is inside its cells
import type { Process } from "@fleetvisor/proto/api/v1";
import { Checkbox } from "@mantine/core";
import { useElementSize, useMediaQuery } from "@mantine/hooks";
import { IconArrowDown } from "@tabler/icons-react";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { t } from "../i18n/i18n.js";
import { useSkew } from "../lib/skew.js";
import { type ColumnId, columnPlan, columnTracks, leastWidth } from "../model/columns.js";
import type { ProcessSort } from "../model/links.js";
import { isPicked, type Picked, pickedShare, toggleLoaded, togglePicked } from "../model/picked.js";
import { type RowRange, rowAt, type SparseRows } from "../model/sparse-rows.js";
import { CELLS } from "./process-cells.js";
import classes from "./process-table.module.css";
import { useRowKeys } from "./process-table-keys.js";
import { tracks } from "./virtual-table.js";

export interface ProcessTableProps {
  readonly label: string;
  readonly rows: SparseRows<Process>;
  /** All of them that are here. */
  readonly loaded: readonly Process[];
  readonly columns: readonly ColumnId[];
  readonly sort: ProcessSort;
  readonly onSort: (sort: ProcessSort) => void;
  readonly picked: Picked;
  readonly onPicked: (picked: Picked) => void;
  /** Told which rows are in view. */
  readonly onLook: (range: RowRange) => void;
  /** The rows are of another question than the one being asked. */
  readonly outdated: boolean;
}

/** Height of most rows, px; the real ones are measured. */
const ROW_PX = 41;
/** Of the page's head and the table's, which stay in view. */
const ABOVE_PX = 88;
/** On a narrow screen each is a card. */
const CARD_PX = 92;
const IS_NARROW = "(max-width: 48rem)";

export function ProcessTable(props: ProcessTableProps) {
  const { rows, columns, sort, onSort, picked, onPicked, onLook } = props;
  const { total } = rows;
  const skewOf = useSkew();
  const loaded = useMemo(() => props.loaded.map(({ target }) => target), [props.loaded]);
  const isNarrow = useMediaQuery(IS_NARROW) ?? false;
  // The latest of both, so that a row need not be drawn anew because others changed.
  const latest = useRef({ picked, loaded, onPicked });
  latest.current = { picked, loaded, onPicked };
  const toggle = useCallback((target: string) => {
    const now = latest.current;
    now.onPicked(togglePicked(now.picked, target, now.loaded));
  }, []);
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    // What is above the rows may change its height (a dismissed strip, a wrapped toolbar), so it is looked at each time.
    const top = (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  const virtualizer = useWindowVirtualizer({
    // Known by their places: of most rows nothing else is known.
    count: total,
    estimateSize: () => (isNarrow ? CARD_PX : ROW_PX),
    overscan: 12,
    scrollMargin: margin,
    scrollPaddingStart: ABOVE_PX,
  });
  useRowKeys({ body, total, top: ABOVE_PX, scrollTo: (index) => virtualizer.scrollToIndex(index) });
  const visible = virtualizer.getVirtualItems();
  const first = visible[0]?.index ?? 0;
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => onLook({ first, last }), [first, last, onLook]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands in a place may have become another row
  useLayoutEffect(() => {
    for (const slot of body.current?.children ?? []) virtualizer.measureElement(slot as HTMLDivElement);
  }, [rows, columns, virtualizer]);
  const share = pickedShare(picked, loaded);
  const { ref: table, width } = useElementSize<HTMLDivElement>();
  const wide = width > 0 && width < leastWidth(columns) * remPx();

  return (
    <div
      ref={table}
      className={classes.table}
      role="table"
      aria-label={props.label}
      aria-rowcount={total + 1}
      aria-busy={props.outdated}
      data-outdated={props.outdated || undefined}
      data-wide={wide || undefined}
      style={{ ...tracks(columnTracks(columns)), ...(wide ? { "--least": `${leastWidth(columns)}rem` } : {}) }}
    >
      <div className={classes.headgroup} role="rowgroup">
        <div className={classes.head} role="row" aria-rowindex={1}>
          <span className={classes.pick} role="columnheader">
            <Checkbox
              size="xs"
              aria-label={t("processes:pickAllLoaded")}
              checked={share === "all"}
              indeterminate={share === "some"}
              onChange={() => onPicked(toggleLoaded(picked, loaded))}
            />
          </span>
          {columns.map((id) => (
            <HeadCell key={id} id={id} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      <div ref={body} className={classes.body} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
        {visible.map((item) => {
          const process = rowAt(rows, item.index);
          return (
            <div
              key={process?.target ?? item.index}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className={classes.slot}
              role="row"
              aria-rowindex={item.index + 2}
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              {process === undefined ? (
                <div className={classes.waiting} role="presentation">
                  <span role="cell" className="sr-only">
                    {t("words:loading")}
                  </span>
                </div>
              ) : (
                <BodyRow
                  process={process}
                  picked={isPicked(picked, process.target)}
                  onToggle={toggle}
                  columns={columns}
                  skewOf={skewOf}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** A rem as it is now, px: people choose it in their browser. */
function remPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

interface HeadCellProps {
  readonly id: ColumnId;
  readonly sort: ProcessSort;
  readonly onSort: (sort: ProcessSort) => void;
}

function HeadCell({ id, sort, onSort }: HeadCellProps) {
  const { sort: own, end } = columnPlan(id);
  const active = own === sort;
  const word = t(`processes:columns.${id}`);
  return (
    <span
      className={classes[id]}
      role="columnheader"
      data-end={end || undefined}
      data-sorts={own !== undefined || undefined}
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
  readonly process: Process;
  readonly picked: boolean;
  readonly onToggle: (target: string) => void;
  readonly columns: readonly ColumnId[];
  readonly skewOf: (instance: string) => number;
}

const BodyRow = memo(function BodyRow({ process, picked, onToggle, columns, skewOf }: BodyRowProps) {
  return (
    <div className={classes.row} role="presentation" data-picked={picked || undefined}>
      <span className={classes.pick} role="cell">
        <Checkbox
          size="xs"
          aria-label={t("processes:pick", { target: process.target })}
          checked={picked}
          onChange={() => onToggle(process.target)}
        />
      </span>
      {columns.map((id) => {
        const { usual, end } = columnPlan(id);
        return (
          <span
            key={id}
            className={usual ? classes[id] : classes.other}
            role="cell"
            data-end={end || undefined}
            data-head={usual ? undefined : t(`processes:columns.${id}`)}
          >
            {CELLS[id](process, skewOf)}
          </span>
        );
      })}
    </div>
  );
});

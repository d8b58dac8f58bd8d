// The plain table for any number of rows: only those near the window's view are drawn. On a narrow screen each row is a card.
// biome-ignore-all lint/a11y/useSemanticElements: virtual rows are laid out by grid, which a table element forbids
// biome-ignore-all lint/a11y/useFocusableInteractive: this is a table, not a grid; what is focused is inside its cells
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, useLayoutEffect, useRef, useState } from "react";
import type { Column } from "./table.js";
import classes from "./virtual-table.module.css";

/** Every row of a window is laid out for itself, so a column needs a width that does not depend on what is in it. */
export interface SizedColumn<Row> extends Column<Row> {
  /** A track of a CSS grid: `7rem`, `minmax(0, 2fr)`. */
  readonly width: string;
}

interface VirtualTableProps<Row> {
  readonly label: string;
  readonly columns: readonly SizedColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** The row tells of something bad. */
  readonly tone?: (row: Row) => "bad" | undefined;
}

/** Height of most rows, px; the real ones are measured. */
const ROW_PX = 37;

export function VirtualTable<Row>({ label, columns, rows, keyOf, tone }: VirtualTableProps<Row>) {
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    // What is above the rows may change its height, so it is looked at each time.
    const top = (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: margin,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
  });
  return (
    <div
      className={classes.table}
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      style={tracks(columns.map(({ width }) => width))}
    >
      <div role="rowgroup">
        <div className={classes.head} role="row" aria-rowindex={1}>
          {columns.map(({ key, head, end }) => (
            <span key={key} role="columnheader" data-end={end || undefined}>
              {head}
            </span>
          ))}
        </div>
      </div>
      <div ref={body} className={classes.body} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              data-tone={tone?.(row)}
              className={classes.row}
              role="row"
              aria-rowindex={item.index + 2}
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              {columns.map((column) => (
                <span
                  key={column.key}
                  role="cell"
                  data-head={column.title || column.head === "" ? undefined : column.head}
                  data-end={column.end || undefined}
                  data-grow={column.grow || undefined}
                  data-title={column.title || undefined}
                >
                  {column.cell(row)}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Widths of columns for the style sheet, which may lay them out otherwise where the screen is narrow. */
export function tracks(widths: readonly string[]): CSSProperties {
  return { "--columns": widths.join(" ") } as CSSProperties;
}

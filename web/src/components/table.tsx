// A plain table of not too many rows; on a narrow screen each row becomes a card in which every value has its heading.
// biome-ignore-all lint/a11y/noRedundantRoles: laid out as cards the elements lose their roles, unless they are said
import type { ReactNode } from "react";
import { Fragment } from "react";
import classes from "./table.module.css";

export interface Column<Row> {
  readonly key: string;
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers and times stand at the right. */
  readonly end?: boolean;
  /** Takes what room is left. */
  readonly grow?: boolean;
  /** Names the row: first on a narrow screen, without a heading. */
  readonly title?: boolean;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** Shown under a row over its whole width; null for nothing. */
  readonly detail?: (row: Row) => ReactNode;
  /** The row tells of something bad, or is old. */
  readonly tone?: (row: Row) => "bad" | "old" | undefined;
}

export function Table<Row>({ label, columns, rows, keyOf, detail, tone }: TableProps<Row>) {
  return (
    <table className={classes.table} role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ key, head, end, grow }) => (
            <th key={key} role="columnheader" scope="col" data-end={end || undefined} data-grow={grow || undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => {
          const more = detail?.(row) ?? null;
          const key = keyOf(row);
          return (
            <Fragment key={key}>
              <tr role="row" data-tone={tone?.(row)} data-open={more !== null || undefined}>
                {columns.map((column) => (
                  <td
                    key={column.key}
                    role="cell"
                    data-head={column.title || column.head === "" ? undefined : column.head}
                    data-end={column.end || undefined}
                    data-grow={column.grow || undefined}
                    data-title={column.title || undefined}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
              {more !== null && (
                <tr role="row" className={classes.detail}>
                  <td role="cell" colSpan={columns.length}>
                    {more}
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

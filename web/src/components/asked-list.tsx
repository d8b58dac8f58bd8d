// A list in a panel while it is asked for, when that failed, when it is empty, and else as its table.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { t } from "../i18n/i18n.js";
import { type Column, Table } from "./table.js";
import { Empty, Failed, Loading } from "./words.js";

interface AskedListProps<Row> {
  readonly asked: Pick<UseQueryResult<unknown>, "isPending" | "error" | "refetch">;
  readonly rows: readonly Row[];
  readonly label: string;
  readonly empty: string;
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string | number;
  readonly tone?: (row: Row) => "bad" | "old" | undefined;
}

export function AskedList<Row>({ asked, rows, label, empty, columns, keyOf, tone }: AskedListProps<Row>): ReactNode {
  if (asked.isPending) return <Loading rows={4} />;
  if (asked.error !== null && rows.length === 0) {
    return (
      <Failed
        error={asked.error}
        what={t("operations:asked.failed", { what: label })}
        retry={() => void asked.refetch()}
      />
    );
  }
  if (rows.length === 0) return <Empty title={empty} />;
  return <Table {...{ label, columns, rows, keyOf }} {...(tone === undefined ? {} : { tone })} />;
}

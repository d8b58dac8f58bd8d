// The audit, newest first: every change and every refusal.
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { useAudit } from "../../api/access.js";
import { AskedList } from "../../components/asked-list.js";
import { Panel } from "../../components/panel.js";
import type { Column } from "../../components/table.js";
import { formatMoment } from "../../lib/format.js";
import { type AuditRow, buildAudit } from "../../model/access.js";
import classes from "./access-page.module.css";

const COLUMNS: readonly Column<AuditRow>[] = [
  {
    key: "what",
    head: "What",
    title: true,
    grow: true,
    cell: ({ action, subject, refused }) => (
      <>
        <strong>{action}</strong> {refused && <span className={classes.bad}>refused </span>}
        <span className="dim">{subject}</span>
      </>
    ),
  },
  { key: "who", head: "Who", cell: ({ actor }) => actor },
  { key: "from", head: "From", cell: ({ address }) => <span className="mono">{address}</span> },
  { key: "row", head: "Row and hash", cell: ({ id, hash }) => <span className="mono">{`${id} ${hash}`}</span> },
  { key: "when", head: "When", end: true, cell: ({ atMs }) => formatMoment(atMs) },
];

export function Audit() {
  const audit = useAudit();
  const rows = useMemo(() => buildAudit(audit.data?.pages.flatMap(({ items }) => items) ?? []), [audit.data]);
  return (
    <Panel
      title="Audit, newest first"
      flush
      actions={
        <span className="dim">
          Each row covers the one before: <code>fvcontroller audit verify</code> on its host checks them all.
        </span>
      }
    >
      <AskedList
        asked={audit}
        rows={rows}
        label="Audit"
        empty="Nothing has been written yet"
        columns={COLUMNS}
        keyOf={({ id }) => id}
        tone={({ refused }) => (refused ? "bad" : undefined)}
      />
      {audit.hasNextPage && (
        <div className={classes.more}>
          <Button
            variant="default"
            size="xs"
            loading={audit.isFetchingNextPage}
            onClick={() => void audit.fetchNextPage()}
          >
            Earlier
          </Button>
        </div>
      )}
    </Panel>
  );
}

// How the lives of a process ended: cause, how long they lasted, what they used, and their last lines a click away.
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { useHistory } from "../../api/queries.js";
import { LogBlock } from "../../components/log-text.js";
import { type Column, Table } from "../../components/table.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { Ago } from "../../lib/clock.js";
import { buildExits, type ExitRow } from "../../model/exits.js";
import type { HistoryFilter } from "../../model/live-patch.js";
import classes from "./exits.module.css";

interface ExitsProps {
  readonly filter: HistoryFilter;
  readonly skewMs: number;
}

export function Exits({ filter, skewMs }: ExitsProps) {
  const history = useHistory(filter);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const rows = useMemo(() => buildExits(history.data?.pages.flatMap(({ items }) => items) ?? []), [history.data]);
  if (history.isPending) return <Loading rows={6} />;
  if (history.isError && rows.length === 0) {
    return <Failed error={history.error} what="Exits cannot be shown" retry={() => void history.refetch()} />;
  }
  const toggle = (id: number) =>
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const columns: readonly Column<ExitRow>[] = [
    {
      key: "cause",
      head: "Ended",
      title: true,
      grow: true,
      cell: (row) => (
        <>
          <span className={row.bad ? classes.bad : undefined}>{row.cause}</span>
          <span className={`dim ${classes.more}`}>
            <Ago atMs={row.atMs} skewMs={skewMs} />
            {row.who !== "" && `, asked by ${row.who}`}
            {row.operationHref !== null && (
              <>
                , <Link to={row.operationHref}>operation</Link>
              </>
            )}
          </span>
          {row.tails.length > 0 && (
            <button
              type="button"
              className={classes.toggle}
              aria-expanded={open.has(row.id)}
              onClick={() => toggle(row.id)}
            >
              {open.has(row.id) ? "Hide last lines" : "Last lines"}
            </button>
          )}
        </>
      ),
    },
    { key: "uptime", head: "After", end: true, cell: ({ uptime }) => uptime },
    { key: "cpu", head: "CPU", end: true, cell: ({ cpu }) => cpu },
    { key: "memory", head: "Peak", end: true, cell: ({ memory }) => memory },
  ];
  return (
    <>
      {rows.length === 0 ? (
        <Empty title={history.hasNextPage ? "None has ended lately" : "None has ended yet"} />
      ) : (
        <Table
          label="Exits, newest first"
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          detail={({ id, tails }) =>
            open.has(id)
              ? tails.map(({ channel, text }) => (
                  <div key={channel}>
                    <p className={classes.channel}>{channel}</p>
                    <LogBlock text={text} />
                  </div>
                ))
              : null
          }
        />
      )}
      {history.hasNextPage && (
        <div className={classes.earlier}>
          <Button
            variant="default"
            size="xs"
            loading={history.isFetchingNextPage}
            onClick={() => void history.fetchNextPage()}
          >
            Earlier
          </Button>
        </div>
      )}
    </>
  );
}

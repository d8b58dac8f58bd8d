// How the lives of a process ended: cause, how long they lasted, what they used, and their last lines and place in the log a click away.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { useHistory } from "../../api/queries.js";
import { LogBlock } from "../../components/log-text.js";
import { type Column, Table } from "../../components/table.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { Ago } from "../../lib/clock.js";
import { buildExits, type ExitRow } from "../../model/exits.js";
import type { HistoryFilter } from "../../model/live-patch.js";
import classes from "./exits.module.css";

interface ExitsProps {
  readonly filter: HistoryFilter;
  readonly skewMs: number;
  /** Null where the log may not be read. */
  readonly onJump: ((end: HistoryEvent, channel: "stdout" | "stderr") => void) | null;
}

export function Exits({ filter, skewMs, onJump }: ExitsProps) {
  const history = useHistory(filter);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const events = useMemo(() => history.data?.pages.flatMap(({ items }) => items) ?? [], [history.data]);
  const rows = useMemo(() => buildExits(events), [events]);
  if (history.isPending) return <Loading rows={6} />;
  if (history.isError && rows.length === 0) {
    return <Failed error={history.error} what={t("process:exits.failed")} retry={() => void history.refetch()} />;
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
      head: t("process:exits.ended"),
      title: true,
      grow: true,
      cell: (row) => (
        <>
          <span className={row.bad ? classes.bad : undefined}>{row.cause}</span>
          <span className={`dim ${classes.more}`}>
            <Ago atMs={row.atMs} skewMs={skewMs} />
            {row.who !== "" && `, ${t("process:exits.asked", { user: row.who })}`}
            {row.operationHref !== null && (
              <>
                , <Link to={row.operationHref}>{t("process:exits.operation")}</Link>
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
              {open.has(row.id) ? t("process:exits.hideLastLines") : t("process:exits.lastLines")}
            </button>
          )}
          {onJump !== null &&
            row.tails.map(({ channel }, place) => (
              <button
                key={channel}
                type="button"
                className={classes.toggle}
                aria-label={row.tails.length > 1 ? t("process:exits.inLogOf", { channel }) : undefined}
                onClick={() => {
                  const end = events.find(({ id }) => id === row.id);
                  if (end !== undefined) onJump(end, channel);
                }}
              >
                {row.tails.length === 1
                  ? t("process:exits.inLog")
                  : place === 0
                    ? t("process:exits.inLogOf", { channel })
                    : channel}
              </button>
            ))}
        </>
      ),
    },
    { key: "uptime", head: t("process:exits.after"), end: true, cell: ({ uptime }) => uptime },
    { key: "cpu", head: t("process:exits.cpu"), end: true, cell: ({ cpu }) => cpu },
    { key: "memory", head: t("process:exits.peak"), end: true, cell: ({ memory }) => memory },
  ];
  return (
    <>
      {rows.length === 0 ? (
        <Empty title={history.hasNextPage ? t("process:exits.noneLately") : t("process:exits.noneYet")} />
      ) : (
        <Table
          label={t("process:exits.table")}
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
            {t("process:exits.earlier")}
          </Button>
        </div>
      )}
    </>
  );
}

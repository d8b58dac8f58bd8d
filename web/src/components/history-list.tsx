// History of one thing, newest first: state, cause, uptime; the last words of an ended life one click away.
import { Button } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useHistory } from "../api/queries.js";
import { t } from "../i18n/i18n.js";
import { Ago } from "../lib/clock.js";
import { formatMoment } from "../lib/format.js";
import { buildHistory, type HistoryRow } from "../model/history.js";
import type { HistoryFilter } from "../model/live-patch.js";
import classes from "./history-list.module.css";
import { LogBlock } from "./log-text.js";
import { StateBadge } from "./state-badge.js";
import { Empty, Failed, Loading } from "./words.js";

interface HistoryListProps {
  readonly filter: HistoryFilter;
  readonly skewMs: number;
}

export function HistoryList({ filter, skewMs }: HistoryListProps) {
  const history = useHistory(filter);
  const rows = useMemo(() => buildHistory(history.data?.pages.flatMap((page) => page.items) ?? []), [history.data]);
  if (history.isPending) return <Loading rows={8} />;
  if (history.isError && rows.length === 0) {
    return <Failed error={history.error} what={t("events:failed")} retry={() => void history.refetch()} />;
  }
  if (rows.length === 0) return <Empty title={t("events:nothing")} />;
  return (
    <>
      <ol className="plain-list" aria-label={t("events:listLabel")}>
        {rows.map((row) => (
          <HistoryItem key={row.id} row={row} skewMs={skewMs} />
        ))}
      </ol>
      {history.hasNextPage && (
        <div className={classes.more}>
          <Button
            variant="default"
            size="xs"
            loading={history.isFetchingNextPage}
            onClick={() => void history.fetchNextPage()}
          >
            {t("events:earlier")}
          </Button>
        </div>
      )}
    </>
  );
}

function HistoryItem({ row, skewMs }: { readonly row: HistoryRow; readonly skewMs: number }) {
  const [open, setOpen] = useState(false);
  const more = [
    row.uptime === "" ? "" : t("events:after", { span: row.uptime }),
    row.resources,
    row.who === "" ? "" : t("events:askedByUser", { user: row.who }),
  ]
    .filter((words) => words !== "")
    .join(", ");
  return (
    <li className={classes.item} data-bad={row.bad || undefined}>
      <div className={classes.row}>
        {row.state === null ? (
          <span className={classes.event}>{t("events:event")}</span>
        ) : (
          <StateBadge state={row.state} />
        )}
        <div className={`${classes.what} any-break num`}>
          <span className={classes.words}>{row.words}</span>
          {row.words !== "" && more !== "" && " "}
          <span className="dim">{more}</span>
          {row.tails.length > 0 && (
            <button type="button" className={classes.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
              <IconChevronRight size={13} data-open={open || undefined} aria-hidden /> {t("events:lastLines")}
            </button>
          )}
        </div>
        <div className={`${classes.when} num`}>
          <span className="no-break">{formatMoment(row.atMs - skewMs)}</span>
          <br />
          <span className="dim no-break">
            <Ago atMs={row.atMs} skewMs={skewMs} />
          </span>
        </div>
      </div>
      {open && (
        <div className={classes.tails}>
          {row.tails.map((tail) => (
            <div key={tail.channel}>
              <p className={classes.channel}>{tail.channel}</p>
              <LogBlock text={tail.text} />
            </div>
          ))}
        </div>
      )}
    </li>
  );
}

// Rows of history of anything: when, what became of what, why, by whom; last lines a click away.
import { useState } from "react";
import { Link } from "react-router";
import { LogBlock } from "../../components/log-text.js";
import { StateBadge } from "../../components/state-badge.js";
import { type Column, Table } from "../../components/table.js";
import { t } from "../../i18n/i18n.js";
import { Ago } from "../../lib/clock.js";
import { formatMoment } from "../../lib/format.js";
import { useSkew } from "../../lib/skew.js";
import type { HistoryRow } from "../../model/history.js";
import classes from "./event-rows.module.css";

export function EventRows({ rows }: { readonly rows: readonly HistoryRow[] }) {
  const skewOf = useSkew();
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const toggle = (id: number) =>
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const columns: readonly Column<HistoryRow>[] = [
    {
      key: "subject",
      head: t("events:what"),
      title: true,
      cell: ({ subject, href }) => <Link to={href}>{subject}</Link>,
    },
    {
      key: "state",
      head: t("events:became"),
      cell: ({ state }) =>
        state === null ? <span className="dim">{t("events:event")}</span> : <StateBadge state={state} />,
    },
    {
      key: "why",
      head: t("events:why"),
      grow: true,
      cell: (row) => (
        <>
          <span className={row.bad ? classes.bad : undefined}>{row.words}</span>
          {row.uptime !== "" && <span className="dim"> {t("events:after", { span: row.uptime })}</span>}
          {row.resources !== "" && <span className="dim">, {row.resources}</span>}
          {row.tails.length > 0 && (
            <button
              type="button"
              className={classes.toggle}
              aria-expanded={open.has(row.id)}
              onClick={() => toggle(row.id)}
            >
              {t(open.has(row.id) ? "events:hideLastLines" : "events:lastLines")}
            </button>
          )}
        </>
      ),
    },
    {
      key: "who",
      head: t("events:askedBy"),
      cell: ({ who, operationHref }) =>
        operationHref === null ? who : <Link to={operationHref}>{who || t("events:operation")}</Link>,
    },
    {
      key: "when",
      head: t("events:when"),
      end: true,
      cell: ({ atMs, subject }) => {
        const skewMs = skewOf(subject.split("/")[0] ?? "");
        return (
          <>
            {formatMoment(atMs - skewMs)}
            <span className={`dim ${classes.ago}`}>
              <Ago atMs={atMs} skewMs={skewMs} />
            </span>
          </>
        );
      },
    },
  ];
  return (
    <Table
      label={t("events:title")}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      tone={({ bad }) => (bad ? "bad" : undefined)}
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
  );
}

// The newest changes anywhere in the fleet or on one instance: here a process that dies and comes back between two looks shows itself.
import { memo, useMemo } from "react";
import { Link } from "react-router";
import { useHistory } from "../api/queries.js";
import { t } from "../i18n/i18n.js";
import { Ago } from "../lib/clock.js";
import { useSkew } from "../lib/skew.js";
import { useFrozen } from "../lib/steady.js";
import { buildLatest, type HistoryRow } from "../model/history.js";
import classes from "./latest-changes.module.css";
import { Panel } from "./panel.js";
import { StateBadge } from "./state-badge.js";
import { Empty, Failed, Loading } from "./words.js";

interface LatestChangesProps {
  /** Null for the whole fleet. */
  readonly instance: string | null;
  readonly most: number;
}

export function LatestChanges({ instance, most }: LatestChangesProps) {
  const history = useHistory({ instance, group: null, name: null });
  const skewOf = useSkew();
  const latest = useMemo(() => buildLatest(history.data?.pages[0]?.items ?? [], most), [history.data, most]);
  const { rows, held, hold } = useFrozen(latest);
  return (
    <Panel
      title={t("home:latest.title")}
      flush
      actions={held && rows !== latest && <span className="dim">{t("home:latest.held")}</span>}
    >
      {history.isPending ? (
        <Loading />
      ) : history.isError && rows.length === 0 ? (
        <Failed error={history.error} what={t("home:latest.failed")} retry={() => void history.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={t("home:latest.none")} />
      ) : (
        <ul className="plain-list" {...hold}>
          {rows.map((row) => (
            <Change key={row.id} row={row} on={instance} skewMs={skewOf(row.subject.split("/")[0] ?? "")} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface ChangeProps {
  readonly row: HistoryRow;
  readonly on: string | null;
  readonly skewMs: number;
}

const Change = memo(
  function Change({ row, on, skewMs }: ChangeProps) {
    return (
      <li className={classes.row} data-bad={row.bad || undefined}>
        {row.state !== null ? <StateBadge state={row.state} /> : <span />}
        <div className={`${classes.what} any-break`}>
          <Link to={row.href} className={classes.subject}>
            {on === null ? row.subject : within(on, row.subject)}
          </Link>{" "}
          <span className={classes.words}>
            {row.words}
            {row.uptime !== "" && <span className="no-break">{t("home:latest.after", { uptime: row.uptime })}</span>}
            {row.who !== "" && t("home:latest.by", { user: row.who })}
          </span>
        </div>
        <span className={`${classes.when} dim`}>
          <Ago atMs={row.atMs} skewMs={skewMs} />
        </span>
      </li>
    );
  },
  // What has happened does not change any more.
  (a, b) => a.row.id === b.row.id && a.on === b.on && a.skewMs === b.skewMs,
);

/** A process as it is called on its own instance. */
function within(instance: string, subject: string): string {
  return subject.startsWith(`${instance}/`) ? subject.slice(instance.length + 1) : subject;
}

// The newest changes anywhere in the fleet: here a process that dies and comes back between two looks shows itself.
import { useMemo } from "react";
import { Link } from "react-router";
import { useHistory } from "../../api/queries.js";
import { Panel } from "../../components/panel.js";
import { StateBadge } from "../../components/state-badge.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { Ago } from "../../lib/clock.js";
import { useSkew } from "../../lib/skew.js";
import { useFrozen } from "../../lib/steady.js";
import { buildLatest } from "../../model/history.js";
import classes from "./latest-changes.module.css";

const WHOLE_FLEET = { instance: null, group: null, name: null };
const MOST = 12;

export function LatestChanges() {
  const history = useHistory(WHOLE_FLEET);
  const skewOf = useSkew();
  const latest = useMemo(() => buildLatest(history.data?.pages[0]?.items ?? [], MOST), [history.data]);
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
            <li key={row.id} className={classes.row} data-bad={row.bad || undefined}>
              {row.state !== null ? <StateBadge state={row.state} /> : <span className={classes.none} />}
              <div className={`${classes.what} any-break`}>
                <Link to={row.href} className={classes.subject}>
                  {row.subject}
                </Link>{" "}
                <span className={classes.words}>
                  {row.words}
                  {row.uptime !== "" && (
                    <span className="no-break">{t("home:latest.after", { uptime: row.uptime })}</span>
                  )}
                  {row.who !== "" && t("home:latest.by", { user: row.who })}
                </span>
              </div>
              <span className={`${classes.when} dim`}>
                <Ago atMs={row.atMs} skewMs={skewOf(row.subject.split("/")[0] ?? "")} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

// The last hour: what became worse, what restarts again and again, which operations fail. One line when it was quiet.
import type { HistoryPage } from "@fleetvisor/proto/api/v1";
import { Button } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { useLive } from "../../api/live-context.js";
import { useOperations } from "../../api/queries.js";
import { Panel } from "../../components/panel.js";
import { LivenessBadge, StateBadge } from "../../components/state-badge.js";
import { Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { buildLastHour, type FailedRow, type RestartRow, type WorseRow } from "../../model/last-hour.js";
import { links } from "../../model/links.js";
import { parseSpan } from "../../model/spans.js";
import classes from "./last-hour.module.css";

/** Rows of what became worse that are shown at once. */
const FEW = 5;

/** `events` of the last hour. */
export function LastHour({ events }: { readonly events: UseQueryResult<HistoryPage> }) {
  const operations = useOperations(50);
  const { state } = useLive();
  const hour = useMemo(
    () => buildLastHour(events.data?.items ?? [], operations.data?.items ?? [], Date.now() + state.clockOffsetMs),
    [events.data, operations.data, state],
  );
  const { worse, restarters, failed } = hour;
  const complete = events.data?.nextCursor == null;
  return (
    <Panel
      title={t("home:hour.title")}
      flush
      actions={<Link to={links.events({ span: parseSpan("1h") })}>{t("home:hour.all")}</Link>}
    >
      {events.isPending ? (
        <Loading rows={3} />
      ) : events.isError && events.data === undefined ? (
        <Failed error={events.error} what={t("home:hour.failed")} retry={() => void events.refetch()} />
      ) : worse.length + restarters.length + failed.length === 0 ? (
        <p className={`${classes.quiet} dim`}>{t("home:hour.quiet")}</p>
      ) : (
        <div className={classes.lists}>
          {worse.length > 0 && <Worse rows={worse} />}
          {restarters.length > 0 && <Restarters rows={restarters} complete={complete} />}
          {failed.length > 0 && <FailedOperations rows={failed} />}
        </div>
      )}
    </Panel>
  );
}

function Worse({ rows }: { readonly rows: readonly WorseRow[] }) {
  const [all, setAll] = useState(false);
  const more = rows.length - FEW;
  return (
    <section aria-label={t("home:hour.worse")}>
      <h3 className={classes.title}>{t("home:hour.worse")}</h3>
      <ul className="plain-list">
        {rows.slice(0, all ? rows.length : FEW).map((row) => (
          <li key={row.subject} className={classes.row}>
            {row.state === null ? <LivenessBadge liveness="lost" /> : <StateBadge state={row.state} />}
            <span className="any-break">
              <Link to={row.href} className={classes.subject}>
                {row.subject}
              </Link>{" "}
              <span className="dim">{row.words}</span>
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <Button variant="subtle" size="compact-xs" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("home:hour.showFew") : t("home:hour.showAll", { count: more })}
        </Button>
      )}
    </section>
  );
}

/** `complete`: all events of the hour were looked at, so that the counts are exact. */
function Restarters({ rows, complete }: { readonly rows: readonly RestartRow[]; readonly complete: boolean }) {
  return (
    <section aria-label={t("home:hour.restarts")}>
      <h3 className={classes.title}>{t("home:hour.restartsMore")}</h3>
      <ul className="plain-list">
        {rows.map(({ subject, href, count, eventsHref }) => (
          <li key={subject} className={classes.row}>
            <Link to={eventsHref} className={`num ${classes.count}`}>
              {t(complete ? "home:hour.times" : "home:hour.timesLeast", { count })}
            </Link>
            <Link to={href} className={`any-break ${classes.subject}`}>
              {subject}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function FailedOperations({ rows }: { readonly rows: readonly FailedRow[] }) {
  return (
    <section aria-label={t("home:hour.operations")}>
      <h3 className={classes.title}>{t("home:hour.operations")}</h3>
      <ul className="plain-list">
        {rows.map(({ id, title, href, user, count, countHref, underWay }) => (
          <li key={id} className={classes.row}>
            {count > 0 && (
              <Link to={countHref} className={`num ${classes.count}`}>
                {t("home:hour.targets", { count })}
              </Link>
            )}
            <span className="any-break">
              <Link to={href} className={classes.subject}>
                {title}
              </Link>{" "}
              <span className="dim">{t(underWay ? "home:hour.byUnderWay" : "home:hour.by", { user })}</span>
            </span>
          </li>
        ))}
      </ul>
      <Link to={links.operations(["failed"])}>{t("home:hour.allFailed")}</Link>
    </section>
  );
}

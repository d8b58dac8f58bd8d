// The last hour: what became worse, what restarts again and again, which operations failed. Nothing at all when it was quiet.
import { useMemo } from "react";
import { Link } from "react-router";
import { useLive } from "../../api/live-context.js";
import { useLastHour } from "../../api/measures.js";
import { useOperations } from "../../api/queries.js";
import { Panel } from "../../components/panel.js";
import { LivenessBadge, StateBadge } from "../../components/state-badge.js";
import { formatCount } from "../../lib/format.js";
import { buildLastHour } from "../../model/last-hour.js";
import { links } from "../../model/links.js";
import { parseSpan } from "../../model/spans.js";
import classes from "./last-hour.module.css";

export function LastHour() {
  const events = useLastHour();
  const operations = useOperations(50);
  const { state } = useLive();
  const hour = useMemo(
    () => buildLastHour(events.data?.items ?? [], operations.data?.items ?? [], Date.now() + state.clockOffsetMs),
    [events.data, operations.data, state],
  );
  const { worse, moreWorse, restarters, failed } = hour;
  if (worse.length + restarters.length + failed.length === 0) return null;
  const all = links.events({ span: parseSpan("1h") });
  return (
    <Panel title="The last hour" flush actions={<Link to={all}>All of its events</Link>}>
      <div className={classes.lists}>
        {worse.length > 0 && (
          <section aria-label="Became worse">
            <h3 className={classes.title}>Became worse</h3>
            <ul className="plain-list">
              {worse.map((row) => (
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
            {moreWorse > 0 && <Link to={all}>and {formatCount(moreWorse)} more</Link>}
          </section>
        )}
        {restarters.length > 0 && (
          <section aria-label="Restart most">
            <h3 className={classes.title}>Restart most, without being asked</h3>
            <ul className="plain-list">
              {restarters.map(({ subject, href, count, eventsHref }) => (
                <li key={subject} className={classes.row}>
                  <Link to={eventsHref} className={`num ${classes.count}`}>
                    {events.data?.nextCursor == null ? "" : "at least "}
                    {formatCount(count)} times
                  </Link>
                  <Link to={href} className="any-break">
                    {subject}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        )}
        {failed.length > 0 && (
          <section aria-label="Operations that failed">
            <h3 className={classes.title}>Operations that failed</h3>
            <ul className="plain-list">
              {failed.map(({ id, title, href, user }) => (
                <li key={id} className="any-break">
                  <Link to={href} className={classes.subject}>
                    {title}
                  </Link>{" "}
                  <span className="dim">by {user}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </Panel>
  );
}

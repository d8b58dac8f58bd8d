// What is wrong: fatal, failing and unknown processes, worst first, each with its reason and what can be done.
import { IconMoodSmile } from "@tabler/icons-react";
import { Link } from "react-router";
import { Panel } from "../../components/panel.js";
import { RowActions } from "../../components/process-actions.js";
import { StateBadge } from "../../components/state-badge.js";
import { Empty } from "../../components/words.js";
import { Since } from "../../lib/clock.js";
import { formatCount } from "../../lib/format.js";
import { useSkew } from "../../lib/skew.js";
import type { HomeView } from "../../model/home.js";
import { links } from "../../model/links.js";
import classes from "./trouble.module.css";

interface TroubleProps {
  readonly rows: HomeView["trouble"];
  readonly more: HomeView["moreTrouble"];
}

export function Trouble({ rows, more }: TroubleProps) {
  const skewOf = useSkew();
  return (
    <Panel title="What is wrong" flush>
      {rows.length === 0 ? (
        <Empty icon={IconMoodSmile} title="No process is in trouble">
          None is fatal, failing to start or unknown.
        </Empty>
      ) : (
        <ul className="plain-list">
          {rows.map(({ process, href, reason }) => (
            <li key={process.target} className={classes.row}>
              <StateBadge state={process.state} stale={process.liveness !== "live"} />
              <div className={classes.what}>
                <Link to={href} className={`${classes.name} any-break`}>
                  {process.group === process.name ? process.name : `${process.group}:${process.name}`}
                </Link>
                <span className="dim any-break">
                  {" on "}
                  <Link to={links.instance(process.instance)} className={classes.host}>
                    {process.instance}
                  </Link>
                  {", for "}
                  <Since atMs={process.sinceMs} skewMs={skewOf(process.instance)} />
                  {process.liveness !== "live" && `, host ${process.liveness}`}
                </span>
                <div className={`${classes.reason} any-break`}>{reason}</div>
              </div>
              <RowActions process={process} />
            </li>
          ))}
        </ul>
      )}
      {more !== null && (
        <Link className={classes.more} to={more.href}>
          {formatCount(more.count)} more {more.count === 1 ? "process" : "processes"} in trouble
        </Link>
      )}
    </Panel>
  );
}

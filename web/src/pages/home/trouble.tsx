// What is wrong: hosts not heard of, then fatal, failing and unknown processes, each with its reason and what can be done.
import { IconMoodSmile } from "@tabler/icons-react";
import { Link } from "react-router";
import { Panel } from "../../components/panel.js";
import { RowActions } from "../../components/process-actions.js";
import { LivenessBadge, StateBadge } from "../../components/state-badge.js";
import { Empty } from "../../components/words.js";
import { Ago, Since } from "../../lib/clock.js";
import { plural } from "../../lib/format.js";
import { useSkew } from "../../lib/skew.js";
import type { HomeView, TroubleRow } from "../../model/home.js";
import type { InstanceRow } from "../../model/instances.js";
import { links } from "../../model/links.js";
import classes from "./trouble.module.css";

export function Trouble({ home }: { readonly home: HomeView }) {
  const { silent, moreSilent, trouble, moreTrouble } = home;
  return (
    <Panel title="What is wrong" flush>
      {silent.length + trouble.length === 0 ? (
        <Empty icon={IconMoodSmile} title="Nothing is wrong">
          Every host is heard of, and no process is fatal, failing to start or unknown.
        </Empty>
      ) : (
        <ul className="plain-list">
          {silent.map((row) => (
            <SilentHost key={row.instance.name} row={row} />
          ))}
          {trouble.map((row) => (
            <TroubledProcess key={row.process.target} row={row} />
          ))}
        </ul>
      )}
      {moreSilent > 0 && (
        <Link className={classes.more} to={links.instances()}>
          {plural(moreSilent, "more host", "more hosts")} not heard of
        </Link>
      )}
      {moreTrouble !== null && (
        <Link className={classes.more} to={moreTrouble.href}>
          {plural(moreTrouble.count, "more process", "more processes")} in trouble
        </Link>
      )}
    </Panel>
  );
}

function SilentHost({ row }: { readonly row: InstanceRow }) {
  const { instance } = row;
  return (
    <li className={classes.row}>
      <LivenessBadge liveness={instance.liveness} />
      <div className={classes.what}>
        <Link to={row.href} className={`${classes.name} any-break`}>
          {instance.name}
        </Link>
        <span className="dim">
          , last heard <Ago atMs={instance.lastHeardAtMs} />
        </span>
        {instance.livenessReason !== null && (
          <div className={`${classes.reason} any-break`}>{instance.livenessReason}</div>
        )}
      </div>
    </li>
  );
}

function TroubledProcess({ row }: { readonly row: TroubleRow }) {
  const skewOf = useSkew();
  const { process, href, reason } = row;
  return (
    <li className={classes.row}>
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
  );
}

// Instances of the fleet, worst first: liveness, labels and how their processes are.
import { Link } from "react-router";
import { Labels } from "../../components/labels.js";
import { Panel } from "../../components/panel.js";
import { StaleSince } from "../../components/stale-since.js";
import { LivenessIcon } from "../../components/state-badge.js";
import { StateBar, StateCountLinks } from "../../components/state-bar.js";
import { t } from "../../i18n/i18n.js";
import { useSteady } from "../../lib/steady.js";
import type { HomeView } from "../../model/home.js";
import type { InstanceRow } from "../../model/instances.js";
import { LIVENESS_LOOKS } from "../../model/states.js";
import classes from "./instances.module.css";

const nameOf = ({ instance }: InstanceRow) => instance.name;

export function HomeInstances({ home: { instances, allInstances } }: { readonly home: HomeView }) {
  const { rows, hold } = useSteady(instances, nameOf);
  if (rows.length === 0) return null;
  return (
    <Panel title={t("home:instances.title")} flush>
      <ul className="plain-list" {...hold}>
        {rows.map((row) => (
          <InstanceItem key={row.instance.name} row={row} />
        ))}
      </ul>
      {allInstances !== null && (
        <Link className={classes.more} to={allInstances.href}>
          {t("home:instances.all", { count: allInstances.count })}
        </Link>
      )}
    </Panel>
  );
}

function InstanceItem({ row }: { readonly row: InstanceRow }) {
  const { instance } = row;
  return (
    <li className={classes.item} data-stale={row.stale || undefined}>
      <div className={classes.head}>
        <LivenessIcon liveness={instance.liveness} />
        <Link to={row.href} className={`${classes.name} any-break`}>
          {instance.name}
        </Link>
        <span className="sr-only">{LIVENESS_LOOKS[instance.liveness].word}</span>
        <Labels labels={row.labels} />
      </div>
      <StateCountLinks counts={row.counts} />
      <StateBar counts={row.counts} />
      {row.stale && (
        <p className={`${classes.stale} any-break`}>
          <StaleSince instance={instance} />
        </p>
      )}
    </li>
  );
}

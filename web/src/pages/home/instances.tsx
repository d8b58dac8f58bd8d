// Instances of the fleet, worst first: liveness, labels and how their processes are.
import { Link } from "react-router";
import { Labels } from "../../components/labels.js";
import { Panel } from "../../components/panel.js";
import { LivenessIcon } from "../../components/state-badge.js";
import { StateBar, StateCountLinks } from "../../components/state-bar.js";
import { Failed, Loading } from "../../components/words.js";
import { Ago } from "../../lib/clock.js";
import { formatCount } from "../../lib/format.js";
import type { InstanceRow } from "../../model/instances.js";
import { links } from "../../model/links.js";
import { LIVENESS_LOOKS } from "../../model/states.js";
import classes from "./instances.module.css";

interface HomeInstancesProps {
  readonly rows: readonly InstanceRow[];
  readonly more: number;
  readonly loading: boolean;
  readonly error: unknown;
}

export function HomeInstances({ rows, more, loading, error }: HomeInstancesProps) {
  return (
    <Panel title="Instances" flush actions={<Link to={links.instances()}>All instances</Link>}>
      {loading ? (
        <Loading />
      ) : error !== null && rows.length === 0 ? (
        <Failed error={error} what="Instances cannot be shown" />
      ) : (
        <ul className="plain-list">
          {rows.map((row) => (
            <InstanceItem key={row.instance.name} row={row} />
          ))}
        </ul>
      )}
      {more > 0 && (
        <Link className={classes.more} to={links.instances()}>
          {formatCount(more)} more, none of them worse
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
          {LIVENESS_LOOKS[instance.liveness].word}, last heard <Ago atMs={instance.lastHeardAtMs} />
        </p>
      )}
    </li>
  );
}

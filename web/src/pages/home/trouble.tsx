// What is wrong: hosts not heard of, then fatal, failing and unknown processes, each with its reason and what can be done, then
// those that restart again and again.
import { IconMoodSmile } from "@tabler/icons-react";
import { memo } from "react";
import { Trans } from "react-i18next";
import { Link } from "react-router";
import { Panel } from "../../components/panel.js";
import { RowActions } from "../../components/process-actions.js";
import { LivenessBadge, RestlessBadge, StateBadge } from "../../components/state-badge.js";
import { Empty } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { Ago, Since } from "../../lib/clock.js";
import { useSkew } from "../../lib/skew.js";
import { useSteady } from "../../lib/steady.js";
import type { HomeView, TroubleRow } from "../../model/home.js";
import type { InstanceRow } from "../../model/instances.js";
import { links } from "../../model/links.js";
import type { RestlessRow } from "../../model/restless.js";
import { LIVENESS_LOOKS } from "../../model/states.js";
import classes from "./trouble.module.css";

const nameOf = ({ instance }: InstanceRow) => instance.name;
const placeOf = ({ href }: RestlessRow) => href;
const targetOf = ({ process }: TroubleRow) => process.target;

export function Trouble({ home }: { readonly home: HomeView }) {
  const skewOf = useSkew();
  const silent = useSteady(home.silent, nameOf);
  const trouble = useSteady(home.trouble, targetOf);
  const restless = useSteady(home.restless, placeOf);
  const { allSilent, allTrouble, allRestless } = home;
  return (
    <Panel title={t("home:trouble.title")} flush>
      {silent.rows.length + trouble.rows.length + restless.rows.length === 0 ? (
        <Empty icon={IconMoodSmile} title={t("home:trouble.none")}>
          {t("home:trouble.noneMore")}
        </Empty>
      ) : (
        <>
          <ul className={`plain-list ${classes.rows}`} {...silent.hold}>
            {silent.rows.map((row) => (
              <SilentHost key={row.instance.name} row={row} />
            ))}
          </ul>
          <ul className={`plain-list ${classes.rows}`} {...trouble.hold}>
            {trouble.rows.map((row) => (
              <TroubledProcess key={row.process.target} row={row} skewMs={skewOf(row.process.instance)} />
            ))}
          </ul>
          <ul className={`plain-list ${classes.rows}`} {...restless.hold}>
            {restless.rows.map((row) => (
              <RestlessProcess key={row.href} row={row} />
            ))}
          </ul>
        </>
      )}
      {allSilent !== null && (
        <Link className={classes.more} to={allSilent.href}>
          {t("home:trouble.allSilent", { count: allSilent.count })}
        </Link>
      )}
      {allTrouble !== null && (
        <Link className={classes.more} to={allTrouble.href}>
          {t("home:trouble.all", { count: allTrouble.count })}
        </Link>
      )}
      {allRestless !== null && (
        <Link className={classes.more} to={allRestless.href}>
          {t("home:trouble.allRestless", { count: allRestless.count })}
        </Link>
      )}
    </Panel>
  );
}

function RestlessProcess({
  row: { process, href, count, atLeast, eventsHref, reason },
}: {
  readonly row: RestlessRow;
}) {
  return (
    <li className={classes.row}>
      <RestlessBadge />
      <div className={classes.what}>
        <Link to={href} className={`${classes.name} any-break`}>
          {process.group === process.name ? process.name : `${process.group}:${process.name}`}
        </Link>
        <span className="dim any-break">
          <Trans
            ns="home"
            i18nKey="trouble.restlessOn"
            values={{ host: process.instance }}
            components={{ host: <Link to={links.instance(process.instance)} className={classes.host} /> }}
          />
          {", "}
          <Trans
            ns="home"
            i18nKey={atLeast ? "trouble.restlessLeast" : "trouble.restlessReason"}
            values={{ count }}
            count={count}
            components={{ times: <Link to={eventsHref} className={`num ${classes.host}`} /> }}
          />
        </span>
        {reason !== "" && <div className={`${classes.reason} any-break`}>{reason}</div>}
      </div>
    </li>
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
          <Trans ns="home" i18nKey="trouble.lastHeard" components={{ ago: <Ago atMs={instance.lastHeardAtMs} /> }} />
        </span>
        {instance.livenessReason !== null && (
          <div className={`${classes.reason} any-break`}>{instance.livenessReason}</div>
        )}
      </div>
    </li>
  );
}

interface TroubledProcessProps {
  readonly row: TroubleRow;
  readonly skewMs: number;
}

const TroubledProcess = memo(function TroubledProcess({ row, skewMs }: TroubledProcessProps) {
  const { process, href, reason } = row;
  return (
    <li className={classes.row}>
      <StateBadge state={process.state} stale={process.liveness !== "live"} />
      <div className={classes.what}>
        <Link to={href} className={`${classes.name} any-break`}>
          {process.group === process.name ? process.name : `${process.group}:${process.name}`}
        </Link>
        <span className="dim any-break">
          <Trans
            ns="home"
            i18nKey="trouble.on"
            values={{ host: process.instance }}
            components={{
              host: <Link to={links.instance(process.instance)} className={classes.host} />,
              since: <Since atMs={process.sinceMs} skewMs={skewMs} />,
            }}
          />
          {process.liveness !== "live" &&
            t("home:trouble.hostIs", { liveness: LIVENESS_LOOKS[process.liveness].word.toLowerCase() })}
        </span>
        <div className={`${classes.reason} any-break`}>{reason}</div>
      </div>
      <RowActions process={process} />
    </li>
  );
}, sameTrouble);

/** All that is drawn of a row comes from its process. */
function sameTrouble(a: TroubledProcessProps, b: TroubledProcessProps): boolean {
  return a.row.process === b.row.process && a.skewMs === b.skewMs;
}

// The verdict on the fleet in words, each number a link to what it counts.
import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashedPlus,
  type TablerIcon,
} from "@tabler/icons-react";
import { Fragment } from "react";
import { Trans } from "react-i18next";
import { Link } from "react-router";
import { t } from "../../i18n/i18n.js";
import type { Counted, HomeView } from "../../model/home.js";
import classes from "./verdict.module.css";

const ICONS: Readonly<Record<HomeView["tone"], TablerIcon>> = {
  good: IconCircleCheckFilled,
  warn: IconAlertTriangleFilled,
  bad: IconAlertTriangleFilled,
  empty: IconCircleDashedPlus,
};

export function Verdict({ home: { tone, headline, detail } }: { readonly home: HomeView }) {
  const Icon = ICONS[tone];
  return (
    <div className={classes.verdict} data-tone={tone}>
      <Icon size={34} aria-hidden className={classes.icon} />
      <div>
        <h1 className={classes.headline}>
          {headline.map(({ words, href }, place) => (
            <Fragment key={words}>
              {place > 0 && ", "}
              {href === null ? words : <Link to={href}>{words}</Link>}
            </Fragment>
          ))}
        </h1>
        <p className={`${classes.detail} num`}>
          {detail === null ? (
            t("home:verdict.emptyMore")
          ) : (
            <Trans
              ns="home"
              i18nKey="verdict.detail"
              values={{ running: detail.running.words, processes: detail.processes.words, hosts: detail.hosts.words }}
              components={{
                running: <Into counted={detail.running} />,
                processes: <Into counted={detail.processes} />,
                hosts: <Into counted={detail.hosts} />,
              }}
            />
          )}
        </p>
      </div>
    </div>
  );
}

/** The words come from the sentence around it. */
function Into({ counted, children }: { readonly counted: Counted; readonly children?: React.ReactNode }) {
  return counted.href === null ? children : <Link to={counted.href}>{children}</Link>;
}

// Says across every page but the controller's, which lists them all, what is wrong with the controller itself, or with who speaks for an
// instance, for as long as it is so.
import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Trans } from "react-i18next";
import { Link, useLocation } from "react-router";
import { useAlarms } from "../api/queries.js";
import { Since } from "../lib/clock.js";
import { alarmLines } from "../model/alarms.js";
import { links } from "../model/links.js";
import classes from "./link-banner.module.css";

export function AlarmBanner() {
  const lines = alarmLines(useAlarms().data ?? []);
  if (useLocation().pathname === links.controller()) return null;
  return (
    <div role="alert">
      {lines.map(({ key, title, message, sinceMs, to }) => (
        <Alert
          key={key}
          className={classes.banner ?? ""}
          color="red"
          variant="light"
          icon={<IconAlertTriangle size={18} />}
        >
          <span className="any-break">
            <strong>{title}:</strong>{" "}
            <Trans ns="alarms" i18nKey="since" values={{ message }} components={{ since: <Since atMs={sinceMs} /> }} />{" "}
            <Link to={to.href} className={classes.more}>
              {to.word}
            </Link>
          </span>
        </Alert>
      ))}
    </div>
  );
}

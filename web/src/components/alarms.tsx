// What is wrong with the controller itself, or with who speaks for an instance: each with its way there.
import type { Alarm } from "@fleetvisor/proto/api/v1";
import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Trans } from "react-i18next";
import { Link } from "react-router";
import { t } from "../i18n/i18n.js";
import { Since } from "../lib/clock.js";
import { links } from "../model/links.js";
import classes from "./link-banner.module.css";

export function Alarms({ alarms }: { readonly alarms: readonly Alarm[] }) {
  return alarms.map(({ kind, message, sinceMs, instance }) => (
    <Alert
      key={`${kind} ${instance} ${message}`}
      color="red"
      variant="light"
      role="alert"
      icon={<IconAlertTriangle size={18} />}
    >
      <span className="any-break">
        <strong>{t(`alarms:${kind}`, { instance: instance ?? t("alarms:controller") })}:</strong>{" "}
        {sinceMs > 0 ? (
          <Trans ns="alarms" i18nKey="since" values={{ message }} components={{ since: <Since atMs={sinceMs} /> }} />
        ) : (
          message
        )}
        {instance !== null && (
          <>
            {" "}
            <Link to={links.instance(instance)} className={classes.more}>
              {t("alarms:show", { instance })}
            </Link>
          </>
        )}
      </span>
    </Alert>
  ));
}

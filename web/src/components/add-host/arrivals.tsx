// Hosts that came since this was put on the page; until one does, where the reason stands that it does not.
import { Loader } from "@mantine/core";
import { IconCircleCheckFilled } from "@tabler/icons-react";
import { useState } from "react";
import { Trans } from "react-i18next";
import { Link } from "react-router";
import { useInstances } from "../../api/queries.js";
import { t } from "../../i18n/i18n.js";
import { arrivedSince } from "../../model/instances.js";
import { links } from "../../model/links.js";
import classes from "./add-host.module.css";

export function Arrivals() {
  const { data } = useInstances();
  const [known, setKnown] = useState<ReadonlySet<string> | null>(null);
  if (known === null && data !== undefined) setKnown(new Set(data.items.map(({ name }) => name)));
  const arrived = arrivedSince(known, data?.items ?? []);
  return (
    <div role="status" className={classes.arrivals}>
      {arrived.length === 0 ? (
        <p className={classes.arrival}>
          <Loader size={14} />
          <span>
            {t("access:joins.waiting")} <span className="dim">{t("access:joins.waitingMore")}</span>
          </span>
        </p>
      ) : (
        arrived.map((name) => (
          <p key={name} className={classes.arrival}>
            <IconCircleCheckFilled size={16} className={classes.came} aria-hidden />
            <span>
              <Trans
                ns="access"
                i18nKey="joins.came"
                values={{ name }}
                components={{ host: <Link to={links.instance(name)} /> }}
              />
            </span>
          </p>
        ))
      )}
    </div>
  );
}

// Rows of instances, virtual over the window's scroll.
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState } from "react";
import { Trans } from "react-i18next";
import { Link } from "react-router";
import { Labels } from "../../components/labels.js";
import { LivenessBadge } from "../../components/state-badge.js";
import { StateBar, StateCountLinks } from "../../components/state-bar.js";
import { t } from "../../i18n/i18n.js";
import { Ago } from "../../lib/clock.js";
import type { InstanceRow } from "../../model/instances.js";
import classes from "./instance-rows.module.css";

const ROW_PX = 58;

export function InstanceRows({ rows }: { readonly rows: readonly InstanceRow[] }) {
  const list = useRef<HTMLUListElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = (list.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: 10,
    scrollMargin: margin,
    getItemKey: (index) => rows[index]?.instance.name ?? index,
  });
  return (
    <ul ref={list} className={`plain-list ${classes.list}`} style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((item) => {
        const row = rows[item.index];
        if (row === undefined) return null;
        return (
          <li
            key={item.key}
            ref={virtualizer.measureElement}
            data-index={item.index}
            className={classes.slot}
            style={{ transform: `translateY(${item.start - margin}px)` }}
          >
            <Row row={row} />
          </li>
        );
      })}
    </ul>
  );
}

function Row({ row }: { readonly row: InstanceRow }) {
  const { instance } = row;
  return (
    <div className={classes.row} data-stale={row.stale || undefined}>
      <LivenessBadge liveness={instance.liveness} />
      <div className={classes.who}>
        <Link to={row.href} className={`${classes.name} any-break`}>
          {instance.name}
        </Link>
        <div className={`${classes.facts} any-break`}>
          {row.stale ? (
            <Trans
              ns="instances"
              i18nKey={instance.livenessReason === null ? "lastHeard" : "lastHeardWhy"}
              values={{ reason: instance.livenessReason }}
              components={{ ago: <Ago atMs={instance.lastHeardAtMs} /> }}
            />
          ) : (
            t("instances:hostVersion", { host: instance.hostName, version: instance.version })
          )}
        </div>
      </div>
      <Labels labels={row.labels} />
      <div className={classes.counts}>
        <StateCountLinks counts={row.counts} />
        <StateBar counts={row.counts} />
      </div>
    </div>
  );
}

// What each column of the process table shows of a process.
import type { Process } from "@fleetvisor/proto/api/v1";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { t } from "../i18n/i18n.js";
import { Since } from "../lib/clock.js";
import { formatCount, formatMoment } from "../lib/format.js";
import { formatValue } from "../model/chart.js";
import type { ColumnId } from "../model/columns.js";
import { links } from "../model/links.js";
import { RowActions } from "./process-actions.js";
import classes from "./process-table.module.css";
import { Reason } from "./reason.js";
import { LivenessIcon, StateBadge } from "./state-badge.js";

/** `skewOf`: clock of a host minus the controller's, ms. */
type Cell = (process: Process, skewOf: (instance: string) => number) => ReactNode;

export const CELLS: Readonly<Record<ColumnId, Cell>> = {
  state: (process) => <StateBadge state={process.state} stale={process.liveness !== "live"} />,
  name: (process) => (
    <Link to={links.process(process)} className={classes.link}>
      {process.group !== process.name && <span className="dim">{process.group}:</span>}
      {process.name}
    </Link>
  ),
  instance: (process) => (
    <span className={classes.host}>
      {process.liveness !== "live" && <LivenessIcon liveness={process.liveness} size={14} />}
      <Link to={links.instance(process.instance)} className={classes.link}>
        {process.instance}
      </Link>
      {process.liveness !== "live" && <span className="sr-only">{t(`states:${process.liveness}.word`)}</span>}
    </span>
  ),
  detail: (process) => <Reason process={process} />,
  command: ({ command }) => <span className="mono">{command}</span>,
  cpu: ({ cpuPercent }) => figure("cpu", cpuPercent),
  memory: ({ memoryBytes }) => figure("memory", memoryBytes),
  pid: ({ pid }) => (pid === null || pid === 0 ? "" : pid),
  started: ({ startedAtMs, instance }, skewOf) =>
    startedAtMs === null ? (
      <span className="dim">{t("processes:columns.never")}</span>
    ) : (
      formatMoment(startedAtMs - skewOf(instance))
    ),
  priority: ({ priority }) => priority,
  autorestart: ({ autorestart }) =>
    autorestart === "true" || autorestart === "false" || autorestart === "unexpected"
      ? t(`processes:autorestart.${autorestart}`)
      : autorestart,
  tries: ({ tries }) => (tries === 0 ? "" : formatCount(tries)),
  since: (process, skewOf) => <Since atMs={process.sinceMs} skewMs={skewOf(process.instance)} />,
  actions: (process) => <RowActions process={process} />,
};

function figure(kind: "cpu" | "memory", value: number | null | undefined): ReactNode {
  if (value !== undefined && value !== null) return formatValue(kind, value);
  return (
    <span className="dim" title={t("processes:columns.notKnown")}>
      –
    </span>
  );
}

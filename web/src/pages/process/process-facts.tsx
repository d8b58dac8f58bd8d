// What is told of a process beside its state.
import type { Process } from "@fleetvisor/proto/api/v1";
import { Link } from "react-router";
import type { Fact } from "../../components/facts.js";
import { t } from "../../i18n/i18n.js";
import { Ago, Since } from "../../lib/clock.js";
import { links } from "../../model/links.js";
import { describeEnd } from "../../model/reason.js";
import { groupSelector } from "../../model/selector.js";

const AUTORESTART: Readonly<Record<string, () => string>> = {
  true: () => t("process:fact.always"),
  false: () => t("process:fact.neverRestarted"),
  unexpected: () => t("process:fact.unexpected"),
};

export function processFacts(process: Process, skewMs: number): readonly Fact[] {
  const up = process.state === "RUNNING" || process.state === "STARTING";
  const since = up && process.startedAtMs !== null ? process.startedAtMs : process.sinceMs;
  return [
    { name: t("process:fact.pid"), value: process.pid ?? t("process:fact.noPid") },
    { name: up ? t("process:fact.upFor") : t("process:fact.inState"), value: <Since atMs={since} skewMs={skewMs} /> },
    {
      name: t("process:fact.lastStart"),
      value:
        process.startedAtMs === null ? t("process:fact.never") : <Ago atMs={process.startedAtMs} skewMs={skewMs} />,
    },
    { name: t("process:fact.lastEnd"), value: describeEnd(process) ?? t("process:fact.noEnd") },
    { name: t("process:fact.restarted"), value: AUTORESTART[process.autorestart]?.() ?? process.autorestart },
    { name: t("process:fact.autostart"), value: process.autostart ? t("process:fact.yes") : t("process:fact.no") },
    { name: t("process:fact.priority"), value: process.priority },
    {
      name: t("process:fact.group"),
      value: (
        <Link to={links.processes({ selector: groupSelector(process.instance, process.group) })}>{process.group}</Link>
      ),
    },
    { name: t("process:fact.command"), value: <span className="mono">{process.command}</span>, wide: true },
  ];
}

// What is told of an instance beside its processes.
import type { Instance } from "@fleetvisor/proto/api/v1";
import type { Fact } from "../../components/facts.js";
import { t } from "../../i18n/i18n.js";
import { Since } from "../../lib/clock.js";
import { formatSpan } from "../../lib/format.js";

/** Clocks that differ by less are not worth a word. */
const SKEW_MS = 2_000;

export function instanceFacts(instance: Instance): readonly Fact[] {
  const skew = instance.clockSkewMs;
  return [
    { name: t("instances:facts.host"), value: instance.hostName },
    { name: t("instances:facts.agent"), value: t("instances:facts.version", { version: instance.version }) },
    {
      name: t("instances:facts.supervisor"),
      value: t("instances:facts.mood", { mood: instance.mood.toLowerCase(), pid: instance.pid }),
    },
    { name: t("instances:facts.since"), value: <Since atMs={instance.supervisorStartedAtMs} skewMs={skew} /> },
    { name: t("instances:facts.identifier"), value: instance.identifier },
    {
      name: t("instances:facts.clock"),
      value:
        Math.abs(skew) < SKEW_MS
          ? t("instances:facts.clockRight")
          : t(skew > 0 ? "instances:facts.ahead" : "instances:facts.behind", { span: formatSpan(Math.abs(skew)) }),
    },
    {
      name: t("instances:facts.configuration"),
      value: <span className="mono">{instance.configFile}</span>,
      wide: true,
    },
  ];
}

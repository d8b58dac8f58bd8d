// What is told of an instance beside its processes.
import type { Instance } from "@fleetvisor/proto/api/v1";
import type { Fact } from "../../components/facts.js";
import { Since } from "../../lib/clock.js";
import { formatSpan } from "../../lib/format.js";

/** Clocks that differ by less are not worth a word. */
const SKEW_MS = 2_000;

export function instanceFacts(instance: Instance): readonly Fact[] {
  const skew = instance.clockSkewMs;
  return [
    { name: "Host", value: instance.hostName },
    { name: "Agent", value: `version ${instance.version}` },
    { name: "Supervisor", value: `${instance.mood.toLowerCase()}, pid ${instance.pid}` },
    { name: "Supervising for", value: <Since atMs={instance.supervisorStartedAtMs} skewMs={skew} /> },
    { name: "Identifier", value: instance.identifier },
    {
      name: "Clock",
      value: Math.abs(skew) < SKEW_MS ? "right" : `${formatSpan(Math.abs(skew))} ${skew > 0 ? "ahead" : "behind"}`,
    },
    { name: "Configuration", value: <span className="mono">{instance.configFile}</span>, wide: true },
  ];
}

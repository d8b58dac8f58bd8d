// What is told of a process beside its state.
import type { Process } from "@fleetvisor/proto/api/v1";
import { Link } from "react-router";
import type { Fact } from "../../components/facts.js";
import { Ago, Since } from "../../lib/clock.js";
import { links } from "../../model/links.js";
import { describeEnd } from "../../model/reason.js";
import { groupSelector } from "../../model/selector.js";

const AUTORESTART: Readonly<Record<string, string>> = {
  true: "always",
  false: "never",
  unexpected: "after an unexpected exit",
};

export function processFacts(process: Process, skewMs: number): readonly Fact[] {
  const up = process.state === "RUNNING" || process.state === "STARTING";
  const since = up && process.startedAtMs !== null ? process.startedAtMs : process.sinceMs;
  return [
    { name: "Pid", value: process.pid ?? "none" },
    { name: up ? "Up for" : "In this state for", value: <Since atMs={since} skewMs={skewMs} /> },
    {
      name: "Last start",
      value: process.startedAtMs === null ? "never" : <Ago atMs={process.startedAtMs} skewMs={skewMs} />,
    },
    { name: "Last end", value: describeEnd(process) ?? "none yet" },
    { name: "Restarted", value: AUTORESTART[process.autorestart] ?? process.autorestart },
    { name: "Started with the supervisor", value: process.autostart ? "yes" : "no" },
    { name: "Priority", value: process.priority },
    {
      name: "Group",
      value: (
        <Link to={links.processes({ selector: groupSelector(process.instance, process.group) })}>{process.group}</Link>
      ),
    },
    { name: "Command", value: <span className="mono">{process.command}</span>, wide: true },
  ];
}

// One process: state, why it is down, facts, what may be done, its live log and its history.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Alert } from "@mantine/core";
import { IconNotes, IconZoomQuestion } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import type { LogSource } from "../../api/log-follow.js";
import { useHistory, useInstance, useProcess } from "../../api/queries.js";
import { Facts } from "../../components/facts.js";
import { LogViewer } from "../../components/log/log-viewer.js";
import { Metrics } from "../../components/metrics/metrics.js";
import { PageHead } from "../../components/page-head.js";
import { Panel } from "../../components/panel.js";
import { ProcessActions } from "../../components/process-actions.js";
import { SpanChoice } from "../../components/span-choice.js";
import { StateBadge } from "../../components/state-badge.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { usePageTitle } from "../../lib/page-title.js";
import { useSkew } from "../../lib/skew.js";
import { channelOfLastWords, lastEnd } from "../../model/history.js";
import { links } from "../../model/links.js";
import { LastEnd } from "./last-end.js";
import { Past } from "./past.js";
import { processFacts } from "./process-facts.js";
import classes from "./process-page.module.css";
import { Timeline } from "./timeline.js";

const DOWN = new Set(["FATAL", "BACKOFF", "EXITED", "UNKNOWN"]);

export function ProcessPage() {
  const { instance = "", group = "", name = "" } = useParams();
  return <OneProcess key={`${instance}/${group}:${name}`} {...{ instance, group, name }} />;
}

function OneProcess({ instance, group, name }: Readonly<Record<"instance" | "group" | "name", string>>) {
  usePageTitle(`${group === name ? name : `${group}:${name}`} on ${instance}`);
  const process = useProcess(instance, group, name);
  const filter = { instance, group, name };
  const history = useHistory(filter);
  const skewMs = useSkew()(instance);
  const host = useInstance(instance);
  const [params, setParams] = useSearchParams();
  // Chosen once: a program that fails again and again must not swap the log under its reader.
  const [opening, setOpening] = useState<LogSource["channel"] | null>(null);
  if (opening === null && process.data !== undefined && history.data !== undefined) {
    const end = DOWN.has(process.data.state) ? lastEnd(history.data.pages[0]?.items ?? []) : null;
    setOpening(channelOfLastWords(end) ?? "stdout");
  }
  if (process.data === undefined) {
    if (!process.isError) return <Loading rows={10} />;
    return FleetError.from(process.error).kind === "not-found" ? (
      <Empty icon={IconZoomQuestion} title={`${instance} has no process ${group}:${name}`}>
        <Link to={links.instance(instance)}>Processes of {instance}</Link>
      </Empty>
    ) : (
      <Failed error={process.error} what="The process cannot be shown" retry={() => void process.refetch()} />
    );
  }
  const { data } = process;
  const channels: LogSource["channel"][] = [];
  if (data.hasStdoutLog) channels.push("stdout");
  if (data.hasStderrLog) channels.push("stderr");
  const end = DOWN.has(data.state) ? lastEnd(history.data?.pages[0]?.items ?? []) : null;
  const shown = params.get("log") ?? opening;
  const channel = channels.find((each) => each === shown) ?? channels[0];
  return (
    <div className={classes.page}>
      <PageHead
        steps={[
          { word: "Instances", to: links.instances() },
          { word: instance, to: links.instance(instance) },
        ]}
        title={
          <>
            {group !== name && <span className={classes.group}>{group}:</span>}
            {name}
          </>
        }
        mark={<StateBadge state={data.state} stale={data.liveness !== "live"} size="lg" />}
        actions={<ProcessActions process={data} />}
      />
      {data.liveness !== "live" && (
        <Alert color={data.liveness === "lost" ? "red" : "orange"} variant="light" role="status">
          {instance} is {data.liveness}: this is what was last known. <Link to={links.instance(instance)}>Why</Link>
        </Alert>
      )}
      {DOWN.has(data.state) && <LastEnd process={data} end={end} skewMs={skewMs} />}
      <Panel title="States and use" actions={<SpanChoice />}>
        <div className={classes.use}>
          <Timeline process={data} heardAtMs={host.data?.lastHeardAtMs ?? null} skewMs={skewMs} />
          <Metrics of={{ instance, group, name }} kinds={["cpu", "memory"]} />
        </div>
      </Panel>
      <div className={classes.columns}>
        <Panel label="Facts" className={classes.facts}>
          <Facts facts={processFacts(data, skewMs)} />
        </Panel>
        <Panel title="Log" flush className={classes.log}>
          {channel === undefined ? (
            <Empty icon={IconNotes} title="No log is kept">
              Both stdout_logfile and stderr_logfile of this program are NONE.
            </Empty>
          ) : (
            <LogViewer
              key={`${data.target} ${channel}`}
              source={{ instance, group, name, channel }}
              channels={channels}
              onChannel={(log) =>
                setParams(
                  (old) => {
                    old.set("log", log);
                    return old;
                  },
                  { replace: true },
                )
              }
            />
          )}
        </Panel>
        <Past filter={filter} skewMs={skewMs} className={classes.history} />
      </div>
    </div>
  );
}

// One process: state, why it is down, facts, what may be done, its log, its history, its configuration.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Alert } from "@mantine/core";
import { IconLock, IconNotes, IconZoomQuestion } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import type { LogSource } from "../../api/log-follow.js";
import { useHistory, useInstance, useProcess } from "../../api/queries.js";
import { ConfigPanel } from "../../components/config/config-panel.js";
import { Facts } from "../../components/facts.js";
import { type Jump, LogViewer } from "../../components/log/log-viewer.js";
import { Metrics } from "../../components/metrics/metrics.js";
import { PageHead } from "../../components/page-head.js";
import { Panel } from "../../components/panel.js";
import { ProcessActions } from "../../components/process-actions.js";
import { useSession } from "../../components/session.js";
import { SpanChoice } from "../../components/span-choice.js";
import { StateBadge } from "../../components/state-badge.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { usePageTitle } from "../../lib/page-title.js";
import { useSkew } from "../../lib/skew.js";
import { needlesOf, sameAfter } from "../../model/exit-place.js";
import { channelOfLastWords, lastEnd, recoveredFrom } from "../../model/history.js";
import { links } from "../../model/links.js";
import { mayDo } from "../../model/may.js";
import { groupSelector } from "../../model/selector.js";
import { LIVENESS_LOOKS } from "../../model/states.js";
import { LastEnd } from "./last-end.js";
import { Past } from "./past.js";
import { processFacts } from "./process-facts.js";
import classes from "./process-page.module.css";
import { Stdin } from "./stdin.js";
import { Timeline } from "./timeline.js";

const DOWN = new Set(["FATAL", "BACKOFF", "EXITED", "UNKNOWN"]);

type Channel = LogSource["channel"];

export function ProcessPage() {
  const { instance = "", group = "", name = "" } = useParams();
  return <OneProcess key={`${instance}/${group}:${name}`} {...{ instance, group, name }} />;
}

function OneProcess({ instance, group, name }: Readonly<Record<"instance" | "group" | "name", string>>) {
  usePageTitle(t("process:title", { name: group === name ? name : `${group}:${name}`, instance }));
  const process = useProcess(instance, group, name);
  const filter = { instance, group, name };
  const history = useHistory(filter);
  const skewMs = useSkew()(instance);
  const host = useInstance(instance);
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const [jump, setJump] = useState<(Jump & { readonly channel: Channel }) | null>(null);
  // Chosen once: a program that fails again and again must not swap the log under its reader.
  const [opening, setOpening] = useState<Channel | null>(null);
  if (opening === null && process.data !== undefined && history.data !== undefined) {
    const end = DOWN.has(process.data.state) ? lastEnd(history.data.pages[0]?.items ?? []) : null;
    setOpening(channelOfLastWords(end) ?? "stdout");
  }
  if (process.data === undefined) {
    if (!process.isError) return <Loading rows={10} />;
    return FleetError.from(process.error).kind === "not-found" ? (
      <Empty icon={IconZoomQuestion} title={t("process:noProcess", { instance, name: `${group}:${name}` })}>
        <Link to={links.instance(instance)}>{t("process:processesOf", { instance })}</Link>
      </Empty>
    ) : (
      <Failed error={process.error} what={t("process:failed")} retry={() => void process.refetch()} />
    );
  }
  const { data } = process;
  const channels: Channel[] = [];
  if (data.hasStdoutLog) channels.push("stdout");
  if (data.hasStderrLog) channels.push("stderr");
  const events = history.data?.pages.flatMap(({ items }) => items) ?? [];
  const isDown = DOWN.has(data.state);
  const end = isDown ? lastEnd(events) : recoveredFrom(data.state, events, Date.now() + skewMs);
  const shown = params.get("log") ?? opening;
  const channel = channels.find((each) => each === shown) ?? channels[0];
  const mayRead = mayDo(data, session, "logs");
  const showChannel = (log: Channel) =>
    setParams(
      (old) => {
        old.set("log", log);
        return old;
      },
      { replace: true },
    );
  const onJump = (ended: HistoryEvent, log: Channel) => {
    const needles = needlesOf((log === "stdout" ? ended.stdoutTail : ended.stderrTail) ?? "");
    setJump({ channel: log, place: { needles, passed: sameAfter(events, ended, log) } });
    if (log !== channel) showChannel(log);
    document.getElementById(LOG_ID)?.scrollIntoView({ block: "nearest" });
  };
  const jumpWhereAllowed = mayRead && channel !== undefined ? onJump : null;
  return (
    <div className={classes.page}>
      <PageHead
        steps={[
          { word: t("process:instances"), to: links.instances() },
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
          {t("process:stale", { instance, liveness: LIVENESS_LOOKS[data.liveness].word.toLowerCase() })}{" "}
          <Link to={links.instance(instance)}>{t("process:staleWhy")}</Link>
        </Alert>
      )}
      {(isDown || end !== null) && <LastEnd process={data} end={end} skewMs={skewMs} onJump={jumpWhereAllowed} />}
      <Panel title={t("process:use")} actions={<SpanChoice />}>
        <div className={classes.use}>
          <Timeline process={data} host={host.data} skewMs={skewMs} />
          <Metrics of={{ instance, group, name }} kinds={["cpu", "memory"]} />
        </div>
      </Panel>
      <div className={classes.columns}>
        <Panel label={t("process:facts")} className={classes.facts}>
          <Facts facts={processFacts(data, skewMs)} />
        </Panel>
        <div id={LOG_ID} className={classes.log}>
          <Panel
            title={t("process:log")}
            flush
            actions={
              mayRead &&
              channel !== undefined && (
                <Link to={links.logs({ selector: groupSelector(instance, group), channel })}>
                  {t("process:logsOfGroup")}
                </Link>
              )
            }
          >
            {channel === undefined ? (
              <Empty icon={IconNotes} title={t("process:noLog")}>
                {t("process:noLogWhy")}
              </Empty>
            ) : !mayRead ? (
              <Empty icon={IconLock} title={t("process:logForbidden")}>
                <p>{t("process:logForbiddenMore", { target: data.target })}</p>
                <Link to={links.access("explain")}>{t("process:logForbiddenWhy")}</Link>
              </Empty>
            ) : (
              <LogViewer
                key={`${data.target} ${channel}`}
                source={{ instance, group, name, channel }}
                channels={channels}
                onChannel={showChannel}
                jump={jump?.channel === channel ? jump : null}
              />
            )}
          </Panel>
        </div>
        <Past filter={filter} skewMs={skewMs} className={classes.history} onJump={jumpWhereAllowed} />
      </div>
      <ConfigPanel of={filter} />
      {mayDo(data, session, "stdin") && <Stdin process={data} />}
    </div>
  );
}

const LOG_ID = "log";

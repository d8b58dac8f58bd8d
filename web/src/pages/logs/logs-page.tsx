// Logs of several processes on one timeline, live: whose they are by a selector, which lines by a search. The URL says both.
import { Button, SegmentedControl } from "@mantine/core";
import { IconFilterOff, IconNotes } from "@tabler/icons-react";
import { useSearchParams } from "react-router";
import { SelectorBox } from "../../components/selector-box.js";
import { Empty } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { usePageTitle } from "../../lib/page-title.js";
import { LOGS_CHANNELS, type LogsView, logsViewParams, parseLogsView } from "../../model/logs-view.js";
import classes from "./logs-page.module.css";
import { MergedLogs } from "./merged-logs.js";
import { useLogs } from "./use-logs.js";

export function LogsPage() {
  usePageTitle(t("logs:page.title"));
  const [params, setParams] = useSearchParams();
  const view = parseLogsView(params);
  const show = (part: Partial<LogsView>) => setParams(logsViewParams({ ...view, ...part }), { replace: true });
  const logs = useLogs(view.selector === "" ? null : view);
  const problem = logs.view.problem;
  const badSelector = problem?.kind === "invalid-argument" ? problem.message : null;
  return (
    <div className={classes.page}>
      <h1 className="sr-only">{t("logs:page.title")}</h1>
      <search className={classes.whose}>
        <SelectorBox
          className={classes.selector}
          placeholder={t("logs:page.selectorHint")}
          value={view.selector}
          error={badSelector}
          onValue={(selector) => show({ selector })}
        />
        <SegmentedControl
          aria-label={t("logs:channel")}
          data={LOGS_CHANNELS.map((channel) => ({ value: channel, label: t(`logs:page.channels.${channel}`) }))}
          value={view.channel}
          onChange={(value) => show({ channel: LOGS_CHANNELS.find((each) => each === value) ?? "stdout" })}
        />
      </search>
      {view.selector === "" ? (
        <Empty icon={IconNotes} title={t("logs:page.choose")}>
          <p>{t("logs:page.chooseMore")}</p>
          <Button variant="default" size="xs" onClick={() => show({ selector: "*/*" })}>
            {t("logs:page.chooseEvery")}
          </Button>
        </Empty>
      ) : problem !== null ? (
        <Refused
          title={
            badSelector !== null
              ? t("logs:page.badSelector")
              : problem.kind === "not-found"
                ? t("logs:page.noMatch")
                : t("logs:page.failed")
          }
          words={problem.kind === "not-found" ? t("logs:page.noMatchMore") : problem.message}
          onAgain={problem.kind === "not-found" || badSelector !== null ? null : logs.again}
        />
      ) : logs.view.logs !== null && logs.view.logs.length === 0 ? (
        <Empty icon={IconNotes} title={t("logs:page.noLogs")}>
          {t("logs:page.noLogsMore", { channel: view.channel })}
        </Empty>
      ) : (
        <MergedLogs
          key={`${view.selector} ${view.channel}`}
          logs={logs}
          wanted={view.wanted}
          only={view.only}
          onSearch={show}
        />
      )}
    </div>
  );
}

interface RefusedProps {
  readonly title: string;
  readonly words: string;
  /** Null where asking again cannot help. */
  readonly onAgain: (() => void) | null;
}

function Refused({ title, words, onAgain }: RefusedProps) {
  return (
    <div role="alert">
      <Empty icon={IconFilterOff} title={title}>
        <p className="sentence any-break">{words}</p>
        {onAgain !== null && (
          <Button variant="default" size="xs" onClick={onAgain}>
            {t("logs:tryNow")}
          </Button>
        )}
      </Empty>
    </div>
  );
}

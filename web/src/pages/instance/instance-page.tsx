// One instance: how it is, facts, labels, use of its host, its programs. What is old is greyed and says how old.
import type { Instance } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Alert } from "@mantine/core";
import { IconServerOff, IconStack2 } from "@tabler/icons-react";
import { Trans } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import { useInstance } from "../../api/queries.js";
import { ConfigPanel } from "../../components/config/config-panel.js";
import { Facts } from "../../components/facts.js";
import { Labels } from "../../components/labels.js";
import { LatestChanges } from "../../components/latest-changes.js";
import { Metrics } from "../../components/metrics/metrics.js";
import { PageHead } from "../../components/page-head.js";
import { Panel } from "../../components/panel.js";
import { ProcessList } from "../../components/process-list.js";
import { useSession } from "../../components/session.js";
import { SpanChoice } from "../../components/span-choice.js";
import { LivenessBadge } from "../../components/state-badge.js";
import { StateBar } from "../../components/state-bar.js";
import { StateChips } from "../../components/state-chips.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { Ago } from "../../lib/clock.js";
import { usePageTitle } from "../../lib/page-title.js";
import { buildInstancePage } from "../../model/instances.js";
import { links, type ProcessView, parseProcessView, processViewParams } from "../../model/links.js";
import { mayDo } from "../../model/may.js";
import { toggleState } from "../../model/processes.js";
import { instanceSelector } from "../../model/selector.js";
import { LIVENESS_LOOKS } from "../../model/states.js";
import { instanceFacts } from "./instance-facts.js";
import classes from "./instance-page.module.css";
import { RemoveInstance } from "./remove-instance.js";

export function InstancePage() {
  const { instance: name = "" } = useParams();
  usePageTitle(name);
  const instance = useInstance(name);
  if (instance.data !== undefined) return <OneInstance instance={instance.data} />;
  if (!instance.isError) return <Loading rows={10} />;
  return FleetError.from(instance.error).kind === "not-found" ? (
    <Empty icon={IconServerOff} title={t("instances:unknown", { name })}>
      <Link to={links.instances()}>{t("instances:all")}</Link>
    </Empty>
  ) : (
    <Failed error={instance.error} what={t("instances:oneFailed")} retry={() => void instance.refetch()} />
  );
}

function OneInstance({ instance }: { readonly instance: Instance }) {
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const { name, liveness, livenessReason, lastHeardAtMs, warning } = instance;
  const view = { ...parseProcessView(params), selector: instanceSelector(name) };
  const { labels, chips, counts, stale } = buildInstancePage(instance, view.states);
  const show = (part: Partial<ProcessView>) => {
    const next = processViewParams({ ...view, ...part, selector: "" });
    const span = params.get("span");
    if (span !== null) next.set("span", span);
    setParams(next);
  };
  const asOf = stale && (
    <span className={classes.asOf}>
      <Trans ns="instances" i18nKey="asOf" components={{ ago: <Ago atMs={lastHeardAtMs} /> }} />
    </span>
  );
  return (
    <div className={classes.page}>
      <PageHead
        steps={[{ word: t("instances:title"), to: links.instances() }]}
        title={name}
        mark={<LivenessBadge liveness={liveness} size="lg" />}
        more={<Labels labels={labels} />}
        actions={<Link to={links.events({ selector: instanceSelector(name) })}>{t("instances:events")}</Link>}
      />
      {warning != null && (
        <Alert color="red" variant="light" role="status">
          <span className="sentence any-break">{warning}</span>
        </Alert>
      )}
      {stale && (
        <Alert color={LIVENESS_LOOKS[liveness].colour} variant="light" role="status">
          <span className="any-break">
            <Trans
              ns="instances"
              i18nKey={livenessReason === null ? "stale" : "staleWhy"}
              values={{ reason: livenessReason }}
              components={{ ago: <Ago atMs={lastHeardAtMs} /> }}
            />
          </span>
        </Alert>
      )}
      <Panel title={t("instances:facts.title")} actions={asOf} className={classes.dated}>
        <div data-stale={stale || undefined}>
          <Facts facts={instanceFacts(instance)} />
        </div>
      </Panel>
      <Panel
        title={t("instances:use")}
        className={classes.dated}
        actions={
          <>
            {asOf}
            <SpanChoice />
          </>
        }
      >
        <div data-stale={stale || undefined}>
          <Metrics of={{ instance: name }} kinds={["cpu", "memory", "load"]} />
        </div>
      </Panel>
      <LatestChanges instance={name} most={5} />
      <section className={`${classes.page} ${classes.dated}`} aria-label={t("instances:programs")}>
        <div className={classes.programs}>
          <h2 className={classes.title}>{t("instances:programs")}</h2>
          {asOf}
        </div>
        <div data-stale={stale || undefined}>
          <StateBar counts={counts} />
        </div>
        <ProcessList
          label={t("instances:processesOf", { name })}
          view={view}
          onSort={(sort) => show({ sort })}
          withInstance={false}
          tools={
            <StateChips
              disabled={false}
              chips={chips}
              onToggle={(state) => show({ states: toggleState(view.states, state) })}
            />
          }
          empty={
            <Empty
              icon={IconStack2}
              title={t(view.states.length > 0 ? "instances:noneInStates" : "instances:noPrograms")}
            >
              {view.states.length > 0 ? (
                <Link to={links.instance(name)}>{t("instances:everyProcess")}</Link>
              ) : (
                t("instances:noProgramsMore")
              )}
            </Empty>
          }
        />
      </section>
      <ConfigPanel of={{ instance: name }} />
      {mayDo(instance, session, "administer") && <RemoveInstance instance={instance} />}
    </div>
  );
}

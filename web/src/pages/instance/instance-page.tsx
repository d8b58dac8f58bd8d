// One instance: how it is, facts, labels, its processes.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Alert } from "@mantine/core";
import { IconServerOff, IconStack2 } from "@tabler/icons-react";
import { Link, useParams, useSearchParams } from "react-router";
import { useInstance } from "../../api/queries.js";
import { Facts } from "../../components/facts.js";
import { Labels } from "../../components/labels.js";
import { Metrics } from "../../components/metrics/metrics.js";
import { PageHead } from "../../components/page-head.js";
import { Panel } from "../../components/panel.js";
import { ProcessList } from "../../components/process-list.js";
import { useSession } from "../../components/session.js";
import { SpanChoice } from "../../components/span-choice.js";
import { LivenessBadge } from "../../components/state-badge.js";
import { StateChips } from "../../components/state-chips.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { Ago } from "../../lib/clock.js";
import { usePageTitle } from "../../lib/page-title.js";
import { labelWords } from "../../model/instances.js";
import { links, type ProcessView, parseProcessView, processViewParams } from "../../model/links.js";
import { mayDo } from "../../model/may.js";
import { toggleState } from "../../model/processes.js";
import { instanceSelector } from "../../model/selector.js";
import { countOf, LIVENESS_LOOKS, STATES_WORST_FIRST } from "../../model/states.js";
import { instanceFacts } from "./instance-facts.js";
import classes from "./instance-page.module.css";
import { RemoveInstance } from "./remove-instance.js";

export function InstancePage() {
  const { instance: name = "" } = useParams();
  usePageTitle(name);
  const instance = useInstance(name);
  const session = useSession();
  const [params, setParams] = useSearchParams();
  if (instance.data === undefined) {
    if (!instance.isError) return <Loading rows={10} />;
    return FleetError.from(instance.error).kind === "not-found" ? (
      <Empty icon={IconServerOff} title={`No instance is called ${name}`}>
        <Link to={links.instances()}>All instances</Link>
      </Empty>
    ) : (
      <Failed error={instance.error} what="The instance cannot be shown" retry={() => void instance.refetch()} />
    );
  }
  const { data } = instance;
  const view = { ...parseProcessView(params), selector: instanceSelector(name) };
  const show = (part: Partial<ProcessView>) => {
    const next = processViewParams({ ...view, ...part, selector: "" });
    const span = params.get("span");
    if (span !== null) next.set("span", span);
    setParams(next);
  };
  return (
    <div className={classes.page}>
      <PageHead
        steps={[{ word: "Instances", to: links.instances() }]}
        title={data.name}
        mark={<LivenessBadge liveness={data.liveness} size="lg" />}
        more={<Labels labels={labelWords(data.labels)} />}
      />
      {data.warning != null && (
        <Alert color="red" variant="light" role="status">
          <span className="sentence any-break">{data.warning}</span>
        </Alert>
      )}
      {data.liveness !== "live" && (
        <Alert color={LIVENESS_LOOKS[data.liveness].colour} variant="light" role="status">
          Last heard <Ago atMs={data.lastHeardAtMs} />
          {data.livenessReason !== null && `: ${data.livenessReason}`}. What is shown below is as of then; programs on
          the host go on without the controller.
        </Alert>
      )}
      <Panel label="Facts">
        <Facts facts={instanceFacts(data)} />
      </Panel>
      <Panel title="Use of the host" actions={<SpanChoice />}>
        <Metrics of={{ instance: name }} kinds={["cpu", "memory", "load"]} />
      </Panel>
      <ProcessList
        label={`Processes of ${name}`}
        view={view}
        onSort={(sort) => show({ sort })}
        withInstance={false}
        tools={
          <StateChips
            disabled={false}
            chips={STATES_WORST_FIRST.filter(
              (state) => countOf(data.counts, state) > 0 || view.states.includes(state),
            ).map((state) => ({ state, on: view.states.includes(state), count: countOf(data.counts, state) }))}
            onToggle={(state) => show({ states: toggleState(view.states, state) })}
          />
        }
        empty={
          <Empty icon={IconStack2} title={view.states.length > 0 ? "None is in these states" : "No programs"}>
            {view.states.length > 0 ? (
              <Link to={links.instance(name)}>Show every process</Link>
            ) : (
              "Its supervisord.conf has no [program:x] section."
            )}
          </Empty>
        }
      />
      {mayDo(data, session, "administer") && <RemoveInstance instance={data} />}
    </div>
  );
}

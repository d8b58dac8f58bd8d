// The controller itself: alarms, its figures for who may see the whole fleet, versions and clocks of its agents.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { callText } from "../../api/client.js";
import { useLive } from "../../api/live-context.js";
import { useFleet, useInstances } from "../../api/queries.js";
import { Alarms } from "../../components/alarms.js";
import { AskedList } from "../../components/asked-list.js";
import { Facts } from "../../components/facts.js";
import { Panel } from "../../components/panel.js";
import type { Column } from "../../components/table.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { usePageTitle } from "../../lib/page-title.js";
import {
  buildClocks,
  buildFigures,
  buildVersions,
  type ClockRow,
  readFigures,
  type VersionRow,
} from "../../model/controller.js";
import { links } from "../../model/links.js";
import classes from "./controller-page.module.css";

const REFRESH_MS = 15_000;

const VERSIONS: readonly Column<VersionRow>[] = [
  { key: "version", head: "Version", title: true, cell: ({ version }) => <strong>{version}</strong> },
  { key: "count", head: "Agents", end: true, cell: ({ count }) => <Link to={links.instances()}>{count}</Link> },
  {
    key: "which",
    head: "Which",
    grow: true,
    cell: ({ instances, count }) => (
      <>
        {instances.map(({ name, href }) => (
          <span key={name}>
            <Link to={href}>{name}</Link>{" "}
          </span>
        ))}
        {count > instances.length && <span className="dim">and {count - instances.length} more</span>}
      </>
    ),
  },
];

const CLOCKS: readonly Column<ClockRow>[] = [
  { key: "name", head: "Host of", title: true, grow: true, cell: ({ name, href }) => <Link to={href}>{name}</Link> },
  { key: "words", head: "Its clock is", cell: ({ words }) => words },
];

export function ControllerPage() {
  usePageTitle("Controller");
  const fleet = useFleet();
  const instances = useInstances();
  const items = instances.data?.items ?? [];
  const alarms = fleet.data?.alarms ?? [];
  return (
    <div className={classes.page}>
      <h1 className="sr-only">Controller</h1>
      {alarms.length > 0 ? (
        <Alarms alarms={alarms} />
      ) : (
        <Panel label="Alarms">
          <span className={classes.well}>
            <IconCircleCheck size={18} aria-hidden /> No alarm: history is written, and nobody speaks for another's
            instance.
          </span>
        </Panel>
      )}
      <Panel title="Its own health">
        <Health />
      </Panel>
      <Panel title="Versions of its agents" flush>
        <AskedList
          asked={instances}
          rows={buildVersions(items)}
          label="Versions"
          empty="No agent has joined yet"
          columns={VERSIONS}
          keyOf={({ version }) => version}
        />
      </Panel>
      <Panel title="Clocks that are wrong" flush>
        <AskedList
          asked={instances}
          rows={buildClocks(items)}
          label="Clocks"
          empty="Every host's clock is right to two seconds"
          columns={CLOCKS}
          keyOf={({ name }) => name}
        />
      </Panel>
    </div>
  );
}

function Health() {
  const { state } = useLive();
  const metrics = useQuery({
    queryKey: ["own-metrics"],
    queryFn: ({ signal }) => callText("/metrics", { signal }),
    refetchInterval: REFRESH_MS,
  });
  if (metrics.data !== undefined) {
    return <Facts facts={buildFigures(readFigures(metrics.data), Date.now() + state.clockOffsetMs)} />;
  }
  if (metrics.isPending) return <Loading rows={3} />;
  return FleetError.from(metrics.error).kind === "forbidden" ? (
    <Empty title="Not for you">
      <p>The controller's own figures are for who may see the whole fleet.</p>
    </Empty>
  ) : (
    <Failed error={metrics.error} what="Its figures cannot be shown" retry={() => void metrics.refetch()} />
  );
}

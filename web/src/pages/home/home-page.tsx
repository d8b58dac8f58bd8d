// The fleet at a glance: verdict, what is wrong first, counts of states, instances worst first, latest changes.
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useFleet, useInstances } from "../../api/queries.js";
import { Alarms } from "../../components/alarms.js";
import { Panel } from "../../components/panel.js";
import { useSession } from "../../components/session.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { usePageTitle } from "../../lib/page-title.js";
import { buildHome } from "../../model/home.js";
import { AddHost } from "./add-host.js";
import { Counts } from "./counts.js";
import classes from "./home-page.module.css";
import { HomeInstances } from "./instances.js";
import { LastHour } from "./last-hour.js";
import { LatestChanges } from "./latest-changes.js";
import { Trouble } from "./trouble.js";
import { Verdict } from "./verdict.js";

export function HomePage() {
  usePageTitle("Fleet");
  const fleet = useFleet();
  const instances = useInstances();
  const { administers = true } = useSession();
  const [adding, setAdding] = useState(false);
  const home = useMemo(
    () => (fleet.data === undefined ? null : buildHome(fleet.data, instances.data?.items ?? [])),
    [fleet.data, instances.data],
  );
  if (home === null) {
    return fleet.isError ? (
      <Failed error={fleet.error} what="The fleet cannot be shown" retry={() => void fleet.refetch()} />
    ) : (
      <Loading rows={10} />
    );
  }
  if (home.tone === "empty") {
    return (
      <div className={classes.empty}>
        <Verdict home={home} />
        {administers ? (
          <Panel title="Add a host">
            <AddHost />
          </Panel>
        ) : (
          <Empty title="Nothing is shown to you">Who administers the fleet can grant you some of it.</Empty>
        )}
      </div>
    );
  }
  return (
    <div className={classes.page}>
      <Alarms alarms={fleet.data?.alarms ?? []} />
      <div className={classes.top}>
        <Verdict home={home} />
        {administers && (
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setAdding(!adding)}>
            Add a host
          </Button>
        )}
      </div>
      {adding && (
        <Panel
          title="Add a host"
          actions={
            <Button variant="subtle" size="compact-sm" color="gray" onClick={() => setAdding(false)}>
              Close
            </Button>
          }
        >
          <AddHost />
        </Panel>
      )}
      <Counts states={home.states} livenesses={home.livenesses} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Trouble home={home} />
          <LastHour />
          <LatestChanges />
        </div>
        <HomeInstances
          rows={home.instances}
          more={home.moreInstances}
          loading={instances.isPending}
          error={instances.error}
        />
      </div>
    </div>
  );
}

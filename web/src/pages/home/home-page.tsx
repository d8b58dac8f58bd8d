// The fleet at a glance: verdict, counts of states, what is wrong first, the last hour, every instance, latest changes.
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useLive } from "../../api/live-context.js";
import { useLastHour } from "../../api/measures.js";
import { useFleet, useInstances } from "../../api/queries.js";
import { AddHost } from "../../components/add-host/add-host.js";
import { LatestChanges } from "../../components/latest-changes.js";
import { Panel } from "../../components/panel.js";
import { useSession } from "../../components/session.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { usePageTitle } from "../../lib/page-title.js";
import { buildHome } from "../../model/home.js";
import { buildRestless } from "../../model/restless.js";
import { Counts } from "./counts.js";
import classes from "./home-page.module.css";
import { HomeInstances } from "./instances.js";
import { LastHour } from "./last-hour.js";
import { StripPanel } from "./strip-panel.js";
import { Trouble } from "./trouble.js";
import { Verdict } from "./verdict.js";

export function HomePage() {
  usePageTitle(t("shell:places.fleet.word"));
  const fleet = useFleet();
  const instances = useInstances();
  const { administers = true } = useSession();
  const [adding, setAdding] = useState(false);
  const hour = useLastHour();
  const { state } = useLive();
  const restless = useMemo(
    () => buildRestless(hour.data?.items ?? [], hour.data?.nextCursor == null, Date.now() + state.clockOffsetMs),
    [hour.data, state],
  );
  const home = useMemo(
    () => (fleet.data === undefined ? null : buildHome(fleet.data, instances.data?.items ?? [], restless)),
    [fleet.data, instances.data, restless],
  );
  if (home === null) {
    return fleet.isError ? (
      <Failed error={fleet.error} what={t("home:failed")} retry={() => void fleet.refetch()} />
    ) : (
      <Loading rows={10} />
    );
  }
  if (home.tone === "empty") {
    return (
      <div className={classes.empty}>
        {administers ? (
          <>
            <Verdict home={home} />
            <Panel title={t("home:add.title")} flush>
              <AddHost many={false} />
            </Panel>
          </>
        ) : (
          <Empty title={t("home:nothingGranted")}>{t("home:nothingGrantedMore")}</Empty>
        )}
      </div>
    );
  }
  return (
    <div className={classes.page}>
      <div className={classes.top}>
        <Verdict home={home} />
        {administers && (
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            aria-expanded={adding}
            onClick={() => setAdding(!adding)}
          >
            {t("home:add.title")}
          </Button>
        )}
      </div>
      {adding && (
        <Panel
          title={t("home:add.title")}
          flush
          actions={
            <Button variant="subtle" size="compact-sm" color="gray" onClick={() => setAdding(false)}>
              {t("close")}
            </Button>
          }
        >
          <AddHost many={false} />
        </Panel>
      )}
      <Counts states={home.states} livenesses={home.livenesses} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Trouble home={home} />
          <LastHour events={hour} />
          <LatestChanges instance={null} most={12} />
        </div>
        <div className={classes.column}>
          <StripPanel
            instances={instances.data?.items}
            error={instances.error}
            retry={() => void instances.refetch()}
          />
          <HomeInstances home={home} />
        </div>
      </div>
    </div>
  );
}

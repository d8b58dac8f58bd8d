// The controller itself: alarms; its figures and what it keeps, for who may see the whole fleet; versions and clocks of its agents.
import { IconCircleCheck } from "@tabler/icons-react";
import { useFleet } from "../../api/queries.js";
import { Alarms } from "../../components/alarms.js";
import { Panel } from "../../components/panel.js";
import { t } from "../../i18n/i18n.js";
import { usePageTitle } from "../../lib/page-title.js";
import { Agents } from "./agents.js";
import classes from "./controller-page.module.css";
import { Health } from "./health.js";
import { Stored } from "./stored.js";

export function ControllerPage() {
  usePageTitle(t("controller:title"));
  const alarms = useFleet().data?.alarms ?? [];
  return (
    <div className={classes.page}>
      <h1 className="sr-only">{t("controller:title")}</h1>
      {alarms.length > 0 ? (
        <Alarms alarms={alarms} />
      ) : (
        <Panel label={t("controller:alarms")}>
          <span className={classes.well}>
            <IconCircleCheck size={18} aria-hidden /> {t("controller:noAlarm")}
          </span>
        </Panel>
      )}
      <Panel title={t("controller:health.title")}>
        <Health />
      </Panel>
      <Stored />
      <Agents />
    </div>
  );
}

// Says across the page what is wrong with the controller itself, or with who speaks for an instance, for as long as it is so.
import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useAlarms } from "../api/queries.js";
import { Since } from "../lib/clock.js";
import { alarmLines } from "../model/alarms.js";
import classes from "./link-banner.module.css";

export function AlarmBanner() {
  const lines = alarmLines(useAlarms().data ?? []);
  return (
    <div role="alert">
      {lines.map(({ key, title, message, sinceMs }) => (
        <Alert
          key={key}
          className={classes.banner ?? ""}
          color="red"
          variant="light"
          title={title}
          icon={<IconAlertTriangle size={18} />}
        >
          {message} (for <Since atMs={sinceMs} />)
        </Alert>
      ))}
    </div>
  );
}

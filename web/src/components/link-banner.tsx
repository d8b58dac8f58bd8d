// Says across the page that the controller is not heard, once that has lasted long enough to matter.
import { Alert } from "@mantine/core";
import { IconCloudOff } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Trans } from "react-i18next";
import { useLive, useLiveStatus } from "../api/live-context.js";
import { Since } from "../lib/clock.js";
import classes from "./link-banner.module.css";

/** A connection that comes back within this time is nobody's concern. */
const PATIENCE_MS = 1_500;

export function LinkBanner() {
  const away = useLiveStatus() === "reconnecting";
  const { state } = useLive();
  const [sinceMs, setSinceMs] = useState<number | null>(null);
  useEffect(() => {
    setSinceMs(null);
    if (!away) return;
    const atMs = Date.now() + state.clockOffsetMs;
    const timer = setTimeout(() => setSinceMs(atMs), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [away, state]);
  return (
    <div role="alert">
      {sinceMs !== null && (
        <Alert className={classes.banner ?? ""} color="orange" variant="light" icon={<IconCloudOff size={18} />}>
          <Trans ns="shell" i18nKey="away" components={{ since: <Since atMs={sinceMs} /> }} />
        </Alert>
      )}
    </div>
  );
}

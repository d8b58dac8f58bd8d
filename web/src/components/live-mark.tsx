// Says whether what is on the screen is live.
import { Tooltip } from "@mantine/core";
import { useLiveStatus } from "../api/live-context.js";
import { t } from "../i18n/i18n.js";
import classes from "./live-mark.module.css";

export function LiveMark() {
  const status = useLiveStatus();
  return (
    <Tooltip label={t(`shell:live.${status}.more`)}>
      <span className={classes.mark} data-status={status} role="status">
        <span className={classes.dot} aria-hidden />
        <span className={classes.word}>{t(`shell:live.${status}.word`)}</span>
      </span>
    </Tooltip>
  );
}

// Whether the chain of the audit holds: checked part by part, by itself unless it is very long.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Button, Progress } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconShieldSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useAuditCheck } from "../../api/access.js";
import { Panel } from "../../components/panel.js";
import { Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { buildCheck, CHECKED_UNASKED } from "../../model/audit.js";
import classes from "./access-page.module.css";

const ICONS = { good: IconCircleCheck, bad: IconAlertTriangle, running: IconShieldSearch, waiting: IconShieldSearch };

export function AuditCheck() {
  const check = useAuditCheck();
  const [asked, setAsked] = useState(false);
  const reached = check.parts.at(-1)?.rows ?? 0;
  const stopped = !asked && reached >= CHECKED_UNASKED;
  const { under, hasMore, next, error } = check;
  useEffect(() => {
    if (hasMore && !under && !stopped && error === null) next();
  });
  const state = buildCheck(check.parts, stopped);
  return (
    <Panel
      title={t("access:check.title")}
      actions={
        !under && (
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => {
              if (stopped && hasMore) setAsked(true);
              else check.again();
            }}
          >
            {stopped && hasMore ? t("access:check.rest") : t("access:check.again")}
          </Button>
        )
      }
    >
      {state === null ? (
        error === null ? (
          <Loading rows={1} />
        ) : (
          <Failed error={error} what={t("access:check.failed")} retry={check.again} />
        )
      ) : (
        <Found state={state} error={error} />
      )}
    </Panel>
  );
}

interface FoundProps {
  readonly state: NonNullable<ReturnType<typeof buildCheck>>;
  /** Why it does not go on. */
  readonly error: Error | null;
}

function Found({ state: { tone, title, more, rows, total }, error }: FoundProps) {
  const Icon = ICONS[tone];
  return (
    <div className={classes.check} data-tone={tone} role={tone === "bad" ? "alert" : "status"}>
      <Icon size={20} aria-hidden />
      <div className={classes.found}>
        <p className={classes.answer}>
          <strong>{title}</strong>
        </p>
        <p className={`${classes.answer} dim any-break`}>
          {error === null ? more : `${t("access:check.failed")}: ${FleetError.from(error).message}`}
        </p>
        {tone === "running" ? (
          <Progress value={total === 0 ? 0 : (rows / total) * 100} size="sm" aria-label={t("access:check.progress")} />
        ) : (
          <p className={`${classes.answer} dim`}>{t("access:check.meaning")}</p>
        )}
      </div>
    </div>
  );
}

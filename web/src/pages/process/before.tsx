// What changed on the host shortly before a life ended: the first question of whoever asks why.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Link } from "react-router";
import { useBefore } from "../../api/measures.js";
import { t } from "../../i18n/i18n.js";
import { buildBefore } from "../../model/before.js";
import classes from "./before.module.css";

interface BeforeProps {
  readonly end: HistoryEvent;
  readonly skewMs: number;
}

export function Before({ end, skewMs }: BeforeProps) {
  const { data, error } = useBefore(end, skewMs);
  if (data === undefined) {
    // As high as the least that can come.
    if (error === null) return <p className={classes.title}>&nbsp;</p>;
    const reason = FleetError.from(error).message;
    return <p className={classes.title}>{t("process:before.failed", { reason })}</p>;
  }
  const rows = buildBefore(end, data);
  if (rows.length === 0) return <p className={classes.title}>{t("process:before.nothing")}</p>;
  return (
    <>
      <p className={classes.title}>{t("process:before.title")}</p>
      <ul className={`plain-list ${classes.list}`} aria-label={t("process:before.title")}>
        {rows.map(({ key, words, subject, subjectHref, operationHref, when }) => (
          <li key={key} className="any-break">
            <span className="num dim">{when}</span> <Link to={subjectHref}>{subject}</Link> {words}
            {operationHref !== null && (
              <>
                {" "}
                <Link to={operationHref}>{t("process:before.show")}</Link>
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

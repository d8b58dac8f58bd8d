// The line beside a process that says why it is where it is, or what runs there.
import type { Process } from "@fleetvisor/proto/api/v1";
import { t } from "../i18n/i18n.js";
import { isBadEnd, reasonOf } from "../model/reason.js";
import { STATE_LOOKS } from "../model/states.js";
import classes from "./reason.module.css";

export function Reason({ process }: { readonly process: Process }) {
  if (process.state === "RUNNING" || process.state === "STARTING") {
    return (
      <span className={classes.running} data-quiet title={process.command}>
        {process.pid !== null && <span className="num">{t("reason.pid", { pid: process.pid })}</span>}
        <span className={`mono ${classes.command}`}>{process.command}</span>
      </span>
    );
  }
  const reason = reasonOf(process);
  return (
    <span className={`any-break ${classes.reason}`} data-bad={isBadEnd(process) || undefined}>
      {reason === "" ? <span className="dim">{STATE_LOOKS[process.state].word.toLowerCase()}</span> : reason}
    </span>
  );
}

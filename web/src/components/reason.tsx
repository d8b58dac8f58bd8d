// The line beside a process that says why it is where it is, or what runs there.
import type { Process } from "@fleetvisor/proto/api/v1";
import { isBadEnd, reasonOf } from "../model/reason.js";
import classes from "./reason.module.css";

export function Reason({ process }: { readonly process: Process }) {
  if (process.state === "RUNNING" || process.state === "STARTING") {
    return (
      <span className={classes.running} data-quiet title={process.command}>
        {process.pid !== null && <span className="num">pid {process.pid}</span>}
        <span className={`mono ${classes.command}`}>{process.command}</span>
      </span>
    );
  }
  const reason = reasonOf(process);
  return (
    <span className={`any-break ${classes.reason}`} data-bad={isBadEnd(process) || undefined}>
      {reason === "" ? <span className="dim">{process.state.toLowerCase()}</span> : reason}
    </span>
  );
}

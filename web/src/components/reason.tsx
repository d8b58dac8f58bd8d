// The line beside a process that says why it is where it is, or how long it has been up.
import type { Process } from "@fleetvisor/proto/api/v1";
import { Ago, Since } from "../lib/clock.js";
import { reasonOf } from "../model/reason.js";

interface ReasonProps {
  readonly process: Process;
  readonly skewMs: number;
}

export function Reason({ process, skewMs }: ReasonProps) {
  if (process.state === "RUNNING" || process.state === "STARTING") {
    return (
      <span className="dim num">
        {process.pid !== null && `pid ${process.pid}`}
        {process.startedAtMs !== null && (
          <>
            , up <Since atMs={process.startedAtMs} skewMs={skewMs} />
          </>
        )}
      </span>
    );
  }
  const reason = reasonOf(process);
  return (
    <span className="any-break">
      {reason === "" ? <span className="dim">{process.state.toLowerCase()}</span> : reason}
    </span>
  );
}

/** Last known, and since when: beside everything of an instance that is not live. */
export function Stale({ liveness, sinceMs }: { readonly liveness: string; readonly sinceMs: number }) {
  return (
    <span className="dim">
      {liveness}, last heard <Ago atMs={sinceMs} />
    </span>
  );
}

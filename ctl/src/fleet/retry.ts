// Keeps a stream coming: opens it again after a break, with longer and longer pauses, until it is refused or interrupted.
import { setTimeout as sleep } from "node:timers/promises";
import { type ErrorKind, FleetError } from "@fleetvisor/proto/vocabulary/errors";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** One connection that is being made. */
export interface Attempt {
  /** False for the very first. */
  readonly isAgain: boolean;
  /** Says that it works: what was waited for has come. */
  works(): void;
}

/** How a connection ended that did not fail: for good, or to be made again, with a word about it or without. */
export type Ending = "over" | "again" | "quietly again";

const PASSING: ReadonlySet<ErrorKind> = new Set(["unavailable", "deadline-exceeded"]);

/** Whether it may pass by itself. */
export function isPassing({ kind }: FleetError): boolean {
  return PASSING.has(kind);
}

/**
 * Makes connections until one is over, `signal` aborts, or one fails for good: with what will not pass by itself, or with
 * anything before any of them has worked. `onBroken` is called when one breaks that had worked, not for vain attempts.
 */
export async function keepConnected(
  connect: (attempt: Attempt) => Promise<Ending>,
  { signal, onBroken }: { signal: AbortSignal; onBroken: (error: FleetError | null) => Promise<void> },
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  let hasEverWorked = false;
  for (let isAgain = false; !signal.aborted; isAgain = true) {
    let failure: FleetError | null = null;
    let ending: Ending = "again";
    let hasWorked = false;
    const works = () => {
      hasWorked = true;
      hasEverWorked = true;
    };
    try {
      ending = await connect({ isAgain, works });
    } catch (thrown) {
      failure = FleetError.from(thrown);
    }
    if (signal.aborted || ending === "over") return;
    if (failure !== null && !(hasEverWorked && isPassing(failure))) throw failure;
    if (hasWorked) {
      pauseMs = FIRST_PAUSE_MS;
      if (ending !== "quietly again") await onBroken(failure);
    }
    await sleep(pauseMs * (0.5 + Math.random() / 2), null, { signal }).catch(() => null);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

// Keeps a stream coming: opens it again after a break, with longer and longer pauses, until it is refused or interrupted.
import { setTimeout as sleep } from "node:timers/promises";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** How one connection ended: for good, or to be tried again; `heard` when it had brought something. */
export type Connection = { readonly isOver: true } | { readonly isOver: false; readonly heard: boolean };

/**
 * Runs `connect` (with false the first time, then true) until it says that all is over, `signal` aborts, or it throws:
 * anything but `unavailable` at once, and that too on the very first attempt. `onBroken` is called once a break.
 */
export async function keepConnected(
  connect: (isAgain: boolean) => Promise<Connection>,
  { signal, onBroken }: { signal: AbortSignal; onBroken: (error: FleetError | null) => Promise<void> },
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  for (let isAgain = false; !signal.aborted; isAgain = true) {
    let failure: FleetError | null = null;
    let heard = false;
    try {
      const connection = await connect(isAgain);
      if (connection.isOver) return;
      ({ heard } = connection);
    } catch (thrown) {
      if (signal.aborted) return;
      failure = FleetError.from(thrown);
      if (failure.kind !== "unavailable" || !isAgain) throw failure;
    }
    if (signal.aborted) return;
    if (heard) pauseMs = FIRST_PAUSE_MS;
    if (heard || failure === null) await onBroken(failure);
    await sleep(pauseMs * (0.5 + Math.random() / 2), null, { signal }).catch(() => null);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

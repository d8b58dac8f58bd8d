// Exit statuses of supervisorctl (supervisor-compat.md 7) and what a fault does to them.
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";

export const CTL_EXIT = {
  ok: 0,
  general: 1,
  badUsage: 2,
  noNamespace: 3,
  refused: 4,
  otherApiVersion: 5,
  notRunning: 7,
} as const;

export const STATUS_EXIT = { notRunning: 3, unknown: 4 } as const;

const DEAD: ReadonlySet<number> = new Set([FAULTS.SPAWN_ERROR, FAULTS.ABNORMAL_TERMINATION, FAULTS.NOT_RUNNING]);

/** The status that a result sets, or null when it leaves it as it is: success, and the one fault that is no failure. */
export function exitOfFault(code: number, harmless: number | null = null): number | null {
  if (code === FAULTS.SUCCESS || code === harmless) return null;
  return DEAD.has(code) ? CTL_EXIT.notRunning : CTL_EXIT.general;
}

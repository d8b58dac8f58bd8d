// The same done with the real supervisord and with fvagent, and what was seen of each.
import { without } from "./needs.js";
import type { DaemonKind } from "./supervisord.js";

const KINDS: readonly DaemonKind[] = ["supervisord", "fvagent"];

export const NEEDS_BOTH = without("supervisord");
export const NEEDS_BOTH_AND_ROOT = NEEDS_BOTH || (process.getuid?.() === 0 ? false : "needs root");

/** At once, since each waits more than it works. */
export async function onBoth<T>(see: (kind: DaemonKind) => Promise<T>): Promise<[theirs: T, ours: T]> {
  const [theirs, ours] = await Promise.all(KINDS.map(see));
  if (theirs === undefined || ours === undefined) throw new Error("nothing seen");
  return [theirs, ours];
}

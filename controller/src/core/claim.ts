// Whether a start of an agent that says hello may speak for the agent, or is a copy of it: decided by who spoke for it before. Pure;
// times are monotonic ms given by the caller.
//
// A start of an agent is one process with a boot id of its own, which ends before the next one begins. So two that are there at the same
// time are copies of each other: a state_dir was copied, a machine cloned or set back. Which of them is the real one nobody here can
// know. The one that speaks for the agent keeps doing so: orders go on reaching the host that they have been reaching, and whoever
// copies a directory takes no host out of supervision. The other one is refused with the reason for as long as both are there.

/** One that was here speaks for the agent for so long after it left, before another start that was here earlier may. */
const HELD_MS = 300_000;
/** After one connection of a start has replaced another, or a copy was refused, the next newcomer is looked at for so long. */
const WATCHED_MS = 300_000;
const EARLIER_BOOTS = 8;

/** What a hello says of the start that sends it, and what is kept of it. */
export interface Claim {
  readonly bootId: string;
  /** Highest report it says it has numbered. */
  readonly lastSeq: number;
  /** Highest report of it that is kept. */
  readonly committedSeq: number;
}

/** Who speaks for an agent, or did last. */
export interface Holding {
  readonly bootId: string;
  /** Other starts that spoke for it before, the latest last. */
  readonly earlier: readonly string[];
  /** When its last connection ended; null while it has one. */
  readonly leftMs: number | null;
  /** When a connection of it last replaced another one, or a copy was refused; null for never. */
  readonly doubtedMs: number | null;
}

/**
 * "ask": let in unless the one that is connected shows that it is there. "set-back": it has forgotten what it told. "followed": it was
 * here before the one that is here now.
 */
export type Verdict = "let-in" | "ask" | "set-back" | "followed";

export function judgeClaim(claim: Claim, holding: Holding | null, nowMs: number): Verdict {
  // Reports that it numbered anew would be taken for those that are kept, and be lost.
  if (claim.lastSeq < claim.committedSeq) return "set-back";
  if (holding === null) return "let-in";
  const { bootId, earlier, leftMs, doubtedMs } = holding;
  if (leftMs === null) {
    // The same start is back before its old connection was seen to break: that is so after every cut of a cable.
    const trusted = bootId === claim.bootId && (doubtedMs === null || nowMs - doubtedMs > WATCHED_MS);
    return trusted ? "let-in" : "ask";
  }
  const followed = bootId !== claim.bootId && earlier.includes(claim.bootId);
  return followed && nowMs - leftMs < HELD_MS ? "followed" : "let-in";
}

/** The start speaks for the agent from now on; `replaced` when another connection did a moment ago. */
export function takeHold(holding: Holding | null, bootId: string, replaced: boolean, nowMs: number): Holding {
  if (holding === null) return { bootId, earlier: [], leftMs: null, doubtedMs: null };
  const doubtedMs = replaced ? nowMs : holding.doubtedMs;
  if (holding.bootId === bootId) return { ...holding, leftMs: null, doubtedMs };
  const earlier = [...holding.earlier.filter((one) => one !== bootId), holding.bootId].slice(-EARLIER_BOOTS);
  return { bootId, earlier, leftMs: null, doubtedMs };
}

/** Its connection ended. */
export function leaveHold(holding: Holding, nowMs: number): Holding {
  return { ...holding, leftMs: nowMs };
}

/** A copy was refused. */
export function doubtHold(holding: Holding, nowMs: number): Holding {
  return { ...holding, doubtedMs: nowMs };
}

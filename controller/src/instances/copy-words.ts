// How a start of an agent that is refused as a copy is told so, and how whoever looks at the instance is. Pure.
import type { ClaimOutcome } from "./claims.js";

export interface CopyWords {
  /** For the one refused. */
  readonly reason: string;
  /** For people who look at the instance. */
  readonly warning: string;
}

/** `from` is the one refused: host and address. `other` is the host of the one that is there. */
export function copyWords(
  claim: Exclude<ClaimOutcome, "let-in">,
  { from, other }: { readonly from: string; readonly other: string },
): CopyWords {
  const copied = "one of the two runs on a copied state_dir: give this one its own, and a new join token";
  const either = "one of the two runs on a copy of the other's state_dir";
  switch (claim) {
    case "copy":
      return {
        reason: `another agent with this identity is connected, from host ${other}; ${copied}`,
        warning: `another agent with its identity (${from}) is refused: ${either}`,
      };
    case "followed":
      return {
        reason: `an agent with this identity that was started later was here a moment ago, from host ${other}; ${copied}`,
        warning: `an earlier start of its agent (${from}) is back and refused: ${either}`,
      };
    case "set-back":
      return {
        reason:
          "this start of the agent has forgotten what it reported: its host was set back to an earlier moment; restart it",
        warning: `its agent (${from}) is refused, for it has forgotten what it reported: its host was set back; restart the agent`,
      };
  }
}

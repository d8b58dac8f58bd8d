// How many calls somebody may have under way at a time.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

/** Of one user, over all instances; one that waits for a program counts as long as it waits. */
const MOST_CALLS = 64;

export class CallLimits {
  readonly #underWay = new Map<string, number>();

  /** Counts a call; the result, to be called once, says that it is over. Throws `rate-limited`. */
  begin(user: string): () => void {
    const count = this.#underWay.get(user) ?? 0;
    if (count >= MOST_CALLS) throw new FleetError("rate-limited", `${user} has ${MOST_CALLS} calls under way already`);
    this.#underWay.set(user, count + 1);
    return () => {
      const left = (this.#underWay.get(user) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(user);
      else this.#underWay.set(user, left);
    };
  }
}

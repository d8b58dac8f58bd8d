// Long work among others: a step, then everybody else's turn, then the next.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Steps } from "../core/steps.js";

/** Rejects with what a step throws. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await nextTurn();
  }
}

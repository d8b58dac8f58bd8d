// Work in steps: a generator that yields where others may have their turn, and returns what it is for.

export type Steps<T> = Generator<void, T>;

/** All steps without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

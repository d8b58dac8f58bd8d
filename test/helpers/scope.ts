// The clean-ups of one test, done in reverse order of their asking whatever the test's outcome.
import type { TestContext } from "node:test";

/** What a helper needs of a test: a place to leave its clean-up. Both `test()` and `t.test()` contexts fit. */
export type Scope = Pick<TestContext, "after" | "name">;

type CleanUp = () => unknown;
const pending = new WeakMap<Scope, CleanUp[]>();

/**
 * Runs `cleanUp` after the test, later ones first (node:test alone would run them in order of asking, so a folder would go
 * before the daemon that lives in it). Every clean-up runs; the first failure fails the test.
 */
export function defer(t: Scope, cleanUp: CleanUp): void {
  const known = pending.get(t);
  if (known !== undefined) {
    known.push(cleanUp);
    return;
  }
  const stack = [cleanUp];
  pending.set(t, stack);
  t.after(async () => {
    const failures: unknown[] = [];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      try {
        await next();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  });
}

/** A scope outside any test, for programs that use the same helpers: its clean-ups run when `body` is done or has failed. */
export async function withScope<T>(name: string, body: (scope: Scope) => Promise<T>): Promise<T> {
  const after: CleanUp[] = [];
  try {
    return await body({ name, after: (hook) => void after.push(hook as CleanUp) });
  } finally {
    for (const hook of after) await hook();
  }
}

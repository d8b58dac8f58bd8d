// The real supervisorctl for tests that run it hundreds of times: its modules are loaded once, each run is a fork.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cleanEnv } from "./environment.js";
import { ROOT } from "./paths.js";
import type { Finished } from "./processes.js";
import { defer, type Scope } from "./scope.js";

/** The interpreter that Debian's supervisorctl names in its first line. */
const PYTHON = "/usr/bin/python3";

/** Answers how to run supervisorctl, one run after another; it ends with the test. */
export function forkedSupervisorctl(t: Scope): (args: readonly string[], cwd: string) => Promise<Finished> {
  const child = spawn(PYTHON, [join(ROOT, "test/fixtures/python/supervisorctl_forks.py")], {
    env: cleanEnv(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  defer(t, async () => {
    child.stdin.end();
    await ended;
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (args, cwd) => {
    child.stdin.write(`${JSON.stringify({ args, cwd })}\n`);
    const { value, done } = await answers.next();
    if (done === true) throw new Error("supervisorctl's forks are gone");
    return { signal: null, ...JSON.parse(value) };
  };
}

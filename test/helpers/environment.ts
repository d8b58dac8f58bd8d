// What a started program inherits from a test: a plain environment and the marker of the test run, nothing of the runner's.

const KEPT = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "FLEETVISOR_TEST_RUN"];

/**
 * The environment for a child. node:test, tsx and npm leave variables that would change how a started `node` behaves, and
 * FLEETVISOR_* of the developer's shell would point fvctl elsewhere; the marker stays, so that what a test leaves is found.
 */
export function cleanEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env: Record<string, string> = { LC_ALL: "C.UTF-8" };
  for (const name of KEPT) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return { ...env, ...extra };
}
